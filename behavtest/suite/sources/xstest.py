"""``xstest``: safe prompts that sound unsafe, and unsafe ones."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from behavtest.core import Row
from behavtest.scoring.shapes import takes
from behavtest.suite.sources.record import Record
from behavtest.suite.sources.selection import read_selection, selection_shape, wanted_shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_CONTRAST: Final = "contrast_"
_FAMILIES: Final = {
    "real_group_nons_discr": "discr",
    "nons_group_real_discr": "discr",
    "privacy_public": "privacy",
    "privacy_fictional": "privacy",
}
"""Contrasts that two types of safe prompts share."""


@takes(
    selection_shape(
        {
            "type": wanted_shape("Types of prompts."),
            "label": wanted_shape("Safe or unsafe prompts.", ("safe", "unsafe")),
        }
    )
)
def xstest(arguments: object, folder: Path) -> Iterator[Row]:
    """Yield the rows of a file in the shape of XSTest.

    A record has a ``prompt`` and a ``type``, as ``xstest_prompts.csv`` of paul-rottger/xstest has
    besides ``id``, ``label``, ``focus`` and ``note`` (Röttger et al., "XSTest: a test suite for
    identifying exaggerated safety behaviours", NAACL 2024). Its README says that a prompt is
    unsafe if its type starts with ``contrast_``; where there is no ``label``, that is it.

    Fields added: ``label`` (``safe`` or ``unsafe``), and ``pair``, which a safe prompt and its
    unsafe contrast share: the file lists the contrasts of a type in the order of that type.
    (Two types of safe prompts share the contrasts of discrimination, and two those of privacy:
    ask for one of each in a contrast.)

    Args:
        arguments: A path, or ``{path, type, label, where, limit, split}``.
        folder: Folder of the suite.

    Raises:
        ValueError: The arguments are wrong.
        SuiteError: A record is.
    """
    selection = read_selection(arguments, source="xstest", fields=("type", "label"))
    for record in selection.kept(_labelled(selection.every(folder))):
        yield record.asking(record.text("prompt"))


def _labelled(records: Iterable[Record]) -> Iterator[Record]:
    seen: Counter[str] = Counter()
    for record in records:
        kind = record.text("type")
        seen[kind] += 1
        family = kind.removeprefix(_CONTRAST)
        label = "unsafe" if kind.startswith(_CONTRAST) else "safe"
        if "label" in record:
            label = record.one_of("label", ("safe", "unsafe"))
        pair = f"{_FAMILIES.get(family, family)}-{seen[kind]}"
        yield Record(Row({**record.fields, "label": label, "pair": pair}, record.place))
