"""``tofu``: questions about people who do not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from behavtest.scoring.arguments import one_of
from behavtest.scoring.shapes import about, takes, words
from behavtest.suite.sources.selection import read_selection, selection_shape

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from behavtest.core import Row

_ASKED: Final = {"question": "question", "paraphrase": "paraphrased_question"}


@takes(selection_shape({"ask": about("Which form of the question.", words(tuple(_ASKED)))}))
def tofu(arguments: object, folder: Path) -> Iterator[Row]:
    """Yield the rows of a file in the shape of TOFU.

    A record has a ``question`` and an ``answer``; the ``…_perturbed`` files have a
    ``perturbed_answer`` (a list of false ones), and those about fictitious authors a
    ``paraphrased_answer`` and a ``paraphrased_question``, as the data set ``locuslab/TOFU`` and
    ``data/real_authors_perturbed.json`` of locuslab/tofu have, JSON lines under the name
    ``.json`` (Maini et al., "TOFU: a task of fictitious unlearning for LLMs", COLM 2024).

    ``ask: paraphrase`` asks the ``paraphrased_question``. Fields added, where the record has
    perturbed answers: ``wrong``, the perturbed answers, and ``right``, the answer they are
    compared with: the paraphrased one, or where there is none the answer, as the repository's
    ``config/eval_everything.yaml`` has it.

    Args:
        arguments: A path, or ``{path, ask, where, limit, split}``.
        folder: Folder of the suite.

    Raises:
        ValueError: The arguments are wrong.
        SuiteError: A record is.
    """
    selection = read_selection(arguments, source="tofu", known=("ask",))
    asked = _ASKED[one_of(selection.options, "ask", tuple(_ASKED), default="question")]
    for record in selection.records(folder):
        answer = record.text("answer")
        added: dict[str, object] = {}
        if "perturbed_answer" in record:
            wrong = record.texts("perturbed_answer")
            right = record.text("paraphrased_answer") if "paraphrased_answer" in record else answer
            if right in wrong:
                raise record.error("perturbed_answer", f"{right!r} is there, and is the answer")
            added = {"right": right, "wrong": list(wrong)}
        yield record.asking(record.text(asked), **added)
