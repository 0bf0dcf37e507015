"""``datasets``: any table of the Hugging Face ``datasets`` library, and any file of records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.core import Row
from behavtest.scoring.hints import did_you_mean, listed
from behavtest.scoring.shapes import TEXT, about, takes
from behavtest.scoring.templates import TemplateProblemError, TextTemplate
from behavtest.suite.sources.selection import read_selection, selection_shape, text_option

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from behavtest.suite.sources.record import Record


@takes(selection_shape({"prompt": about("The field that is the prompt, or a template.", TEXT)}))
def datasets(arguments: object, folder: Path) -> Iterator[Row]:
    """Yield the rows of a folder that ``datasets.Dataset.save_to_disk`` made, or of files.

    A path is that of such a folder, of a ``.parquet``, ``.arrow``, ``.jsonl``, ``.json`` or
    ``.csv`` file, or of a folder of them as a data set on the Hugging Face hub is laid out.
    Nothing is downloaded, and no code of a data set is run. Columns that are neither text nor
    numbers, nor lists or mappings of those, are left out. An error about a row of a table names
    its number as the line.

    ``prompt`` is the field that is asked, or a template over the fields (a text with ``{{``). It
    can be left out if a record has ``prompt`` or ``messages``, or the behavior a ``template``.

    Args:
        arguments: A path, or ``{path, split, prompt, where, limit}``.
        folder: Folder of the suite.

    Raises:
        ValueError: The arguments are wrong, or the library is missing.
        SuiteError: A record is.
    """
    selection = read_selection(arguments, source="datasets", known=("prompt",))
    asked = text_option(selection.options, "prompt", source="datasets")
    template = TextTemplate.read(asked) if "{{" in asked else None
    for record in selection.records(folder):
        if not asked:
            yield Row(record.fields, record.place)
        else:
            text = _rendered(template, record) if template else _field(record, asked)
            fields = {name: value for name, value in record.fields.items() if name != "messages"}
            yield Row({**fields, "prompt": text}, record.place)


def _field(record: Record, name: str) -> str:
    if name not in record:
        raise record.place.error(
            f"the record has no field {name!r} to ask{did_you_mean(name, record.fields)} (fields: "
            f"{listed(record.fields)}); prompt is the name of a field, or a template with {{{{ }}}}"
        )
    return record.text(name)


def _rendered(template: TextTemplate, record: Record) -> str:
    try:
        return template.render(record.fields)
    except TemplateProblemError as error:
        raise record.place.error(f"prompt: {error}") from None
