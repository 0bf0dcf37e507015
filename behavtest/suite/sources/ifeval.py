"""``ifeval``: prompts with instructions that a program can check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.scoring.hints import describe
from behavtest.suite.sources.selection import read_selection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from behavtest.core import Row


def ifeval(arguments: object, folder: Path) -> Iterator[Row]:
    """Yield the rows of a file in the shape of IFEval.

    A record has a ``prompt``, an ``instruction_id_list`` and ``kwargs``, a mapping for each
    instruction, as ``instruction_following_eval/data/input_data.jsonl`` of
    google-research/google-research has besides ``key`` (Zhou et al., "Instruction-following
    evaluation for large language models", arXiv 2311.07911). In the data set ``google/IFEval``
    each mapping has all arguments of all instructions, those of others null. The scorer
    ``ifeval`` checks the instructions.

    Args:
        arguments: A path, or ``{path, where, limit, split}``.
        folder: Folder of the suite.

    Raises:
        ValueError: The arguments are wrong.
        SuiteError: A record is.
    """
    for record in read_selection(arguments, source="ifeval").records(folder):
        names = record.texts("instruction_id_list")
        kwargs = record.node("kwargs")
        found = kwargs.value if isinstance(kwargs.value, tuple) else ()
        if len(found) != len(names):
            what = f"{len(found)} mappings" if found else describe(kwargs.plain())
            raise kwargs.error(f"found {what}, expected one for each of {len(names)} instructions")
        yield record.asking(record.text("prompt"))
