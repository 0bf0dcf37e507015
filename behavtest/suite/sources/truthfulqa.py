"""``truthfulqa``: questions that some people answer falsely."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from behavtest.scoring.arguments import one_of
from behavtest.scoring.shapes import about, takes, words
from behavtest.suite.sources.selection import read_selection, selection_shape

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from behavtest.core import Row
    from behavtest.suite.sources.record import Record

_SETS: Final = ("mc1", "mc2")


@takes(selection_shape({"set": about("Which answers there are.", words(_SETS))}))
def truthfulqa(arguments: object, folder: Path) -> Iterator[Row]:
    """Yield the rows of a file in one of the shapes of TruthfulQA.

    - The CSV columns of ``TruthfulQA.csv`` (sylinrl/TruthfulQA): ``Question``, ``Best Answer``,
      ``Correct Answers`` and ``Incorrect Answers``, the latter two with ``;`` between answers.
    - ``mc_task.json`` of the same repository: ``question``, ``mc1_targets`` and ``mc2_targets``,
      each a mapping from answer to 1 (true) or 0.
    - The data set ``truthful_qa``, ``multiple_choice``: the same fields, each target a mapping of
      ``choices`` and ``labels``, as EleutherAI/lm-evaluation-harness reads
      (``lm_eval/tasks/truthfulqa``).

    Fields added: ``question``, ``right`` (the true answers) and ``wrong`` (the false ones), and
    ``best``, the best or first true one. ``set: mc1`` has one true answer, ``set: mc2`` (the
    default) all; of a CSV file, MC1's is the best answer. They are made for the scorer ``choice``:
    MC1 is its accuracy, MC2 its probability (Lin, Hilton and Evans, ACL 2022, section 3.2).

    Args:
        arguments: A path, or ``{path, set, where, limit, split}``.
        folder: Folder of the suite.

    Raises:
        ValueError: The arguments are wrong.
        SuiteError: A record is.
    """
    selection = read_selection(arguments, source="truthfulqa", known=("set",))
    wanted = one_of(selection.options, "set", _SETS, default="mc2")
    for record in selection.records(folder):
        columns = "Question" in record
        question = record.text("Question" if columns else "question")
        right, wrong = _columns(record, wanted) if columns else _targets(record, wanted)
        yield record.asking(question, question=question, right=right, wrong=wrong, best=right[0])


def _columns(record: Record, wanted: str) -> tuple[list[str], list[str]]:
    best = record.text("Best Answer")
    right = [best] if wanted == "mc1" else [best, *_split(record, "Correct Answers")]
    wrong = _split(record, "Incorrect Answers")
    return list(dict.fromkeys(right)), [answer for answer in wrong if answer not in right]


def _split(record: Record, name: str) -> list[str]:
    answers = [answer.strip() for answer in record.text(name).split(";")]
    return list(dict.fromkeys(answer for answer in answers if answer))


def _targets(record: Record, wanted: str) -> tuple[list[str], list[str]]:
    name = f"{wanted}_targets"
    targets = record.mapping(name)
    if "choices" in targets:
        choices = targets.texts("choices", at_least=2)
        labels = targets.node("labels")
        found = labels.value if isinstance(labels.value, tuple) else ()
        if len(found) != len(choices):
            raise labels.error(f"found {len(found)} labels, expected one for each of the choices")
        truth = {choice: label.value for choice, label in zip(choices, found, strict=True)}
    else:
        truth = {answer: targets.node(answer).value for answer in targets.fields}
    for answer, label in truth.items():
        if isinstance(label, bool) or label not in (0, 1):
            raise record.error(name, f"the label of {answer!r} is {label!r}, expected 0 or 1")
    right = [answer for answer, label in truth.items() if label == 1]
    wrong = [answer for answer, label in truth.items() if label == 0]
    if not right or not wrong:
        missing = "true" if not right else "false"
        raise record.error(name, f"there is no {missing} answer among {len(truth)}")
    return right, wrong
