"""``wmdp``: dangerous knowledge, as multiple-choice questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from behavtest.scoring.shapes import takes
from behavtest.suite.sources.lettered import lettered
from behavtest.suite.sources.selection import read_selection, selection_shape

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from behavtest.core import Row

_MOST: Final = 26


@takes(selection_shape({}))
def wmdp(arguments: object, folder: Path) -> Iterator[Row]:
    """Yield the rows of a file in the shape of WMDP.

    A record has a ``question`` (text), ``choices`` (texts, four in WMDP) and ``answer`` (the
    right one's position, from 0), as the data set ``cais/wmdp`` has and
    ``lm_eval/tasks/wmdp/_default_template_yaml`` of EleutherAI/lm-evaluation-harness reads (Li et
    al., "The WMDP benchmark", ICML 2024). MMLU (``cais/mmlu``) has the same shape. The prompt is
    the harness's, and the fields those of `behavtest.suite.sources.lettered.Lettered`.

    Args:
        arguments: A path, or ``{path, split, where, limit}``.
        folder: Folder of the suite.

    Raises:
        ValueError: The arguments are wrong.
        SuiteError: A record is.
    """
    for record in read_selection(arguments, source="wmdp").records(folder):
        choices = record.texts("choices", at_least=2)
        if len(choices) > _MOST:
            raise record.error("choices", f"found {len(choices)} texts, expected at most {_MOST}")
        answer = record.position("answer", among=len(choices))
        asked = lettered(record.text("question"), choices, answer=answer)
        yield record.asking(asked.prompt, **asked.fields)
