"""``ifeval``: prompts with instructions that a program can check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from behavtest.scoring.arguments import one_of
from behavtest.scoring.hints import describe
from behavtest.scoring.shapes import about, takes, words
from behavtest.suite.sources.selection import read_selection, selection_shape

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from behavtest.core import Row


_PER: Final = ("prompt", "instruction")


@takes(selection_shape({"per": about("What a row is.", words(_PER))}))
def ifeval(arguments: object, folder: Path) -> Iterator[Row]:
    """Yield the rows of a file in the shape of IFEval.

    A record has a ``prompt``, an ``instruction_id_list`` and ``kwargs``, a mapping for each
    instruction, as ``instruction_following_eval/data/input_data.jsonl`` of
    google-research/google-research has besides ``key`` (Zhou et al., "Instruction-following
    evaluation for large language models", arXiv 2311.07911). In the data set ``google/IFEval``
    each mapping has all arguments of all instructions, those of others null. The scorer
    ``ifeval`` checks the instructions.

    ``per: instruction`` makes a row of each instruction of a prompt, so that the mean over rows
    is the instruction-level accuracy; the rows of a prompt share its answers.

    Args:
        arguments: A path, or ``{path, per, where, limit, split}``; ``limit`` counts records.
        folder: Folder of the suite.

    Raises:
        ValueError: The arguments are wrong.
        SuiteError: A record is.
    """
    selection = read_selection(arguments, source="ifeval", known=("per",))
    per = one_of(selection.options, "per", _PER, default="prompt")
    for record in selection.records(folder):
        names = record.texts("instruction_id_list")
        kwargs = record.node("kwargs")
        found = kwargs.value if isinstance(kwargs.value, tuple) else ()
        if len(found) != len(names):
            what = f"{len(found)} mappings" if found else describe(kwargs.plain())
            raise kwargs.error(f"found {what}, expected one for each of {len(names)} instructions")
        prompt = record.text("prompt")
        if per == "prompt":
            yield record.asking(prompt)
            continue
        for name, values in zip(names, found, strict=True):
            yield record.asking(prompt, instruction_id_list=[name], kwargs=[values.plain()])
