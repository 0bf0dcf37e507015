"""``bbq``: questions whose answer a stereotype suggests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from behavtest.scoring.arguments import ArgumentsError, flag
from behavtest.scoring.hints import describe
from behavtest.scoring.shapes import FLAG, TEXT, about, takes
from behavtest.suite.sources.bbq_roles import Roles, find_target
from behavtest.suite.sources.data_files import read_data
from behavtest.suite.sources.lettered import lettered
from behavtest.suite.sources.selection import (
    read_selection,
    selection_shape,
    text_option,
    wanted_shape,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from behavtest.core import Row
    from behavtest.suite.sources.record import Record

_ANSWERS: Final = ("ans0", "ans1", "ans2")
_CONTEXTS: Final = ("ambig", "disambig")
_POLARITIES: Final = ("neg", "nonneg")
_CHOSEN: Final = {"context_condition": _CONTEXTS, "question_polarity": _POLARITIES}

Targets = dict[tuple[str, str], int]


@takes(
    selection_shape(
        {
            "category": wanted_shape("Categories of groups."),
            **{name: wanted_shape("Which records.", known) for name, known in _CHOSEN.items()},
            "metadata": about("The file that says which group is the target.", TEXT),
            "known_target": about("Whether records without a known target are left out.", FLAG),
        }
    )
)
def bbq(arguments: object, folder: Path) -> Iterator[Row]:
    """Yield the rows of files in the shape of BBQ.

    A record has ``context``, ``question``, ``ans0`` to ``ans2``, ``label`` (the right one's
    position), ``context_condition``, ``question_polarity``, ``category``, ``answer_info`` (name
    and group of each answer) and ``additional_metadata`` with ``stereotyped_groups``, as
    ``data/*.jsonl`` of nyu-mll/BBQ has (Parrish et al., "BBQ", Findings of ACL 2022).

    Fields added: those of `behavtest.suite.sources.lettered.Lettered`, and ``roles``, which the
    scorer ``bbq`` reads: ``unknown``, ``biased`` and ``counter`` for each option in order, or
    ``group`` for both groups if it cannot be told which is the target. It is told by
    ``target_loc``, from the file given as ``metadata`` (the repository's
    ``additional_metadata.csv``), else by comparing ``answer_info`` with ``stereotyped_groups``.
    ``known_target: true`` leaves the others out, as the paper's analysis does.

    Args:
        arguments: A path or several, or ``{path, category, context_condition,
            question_polarity, metadata, known_target, where, limit, split}``.
        folder: Folder of the suite.

    Raises:
        ValueError: The arguments are wrong.
        SuiteError: A record is.
    """
    selection = read_selection(
        arguments,
        source="bbq",
        fields=("category", *_CHOSEN),
        known=("metadata", "known_target"),
    )
    for name, known in _CHOSEN.items():
        for value in selection.where.get(name, ()):
            if value not in known:
                raise ArgumentsError(
                    f"bbq: {name}: found {describe(value)}, expected {' or '.join(known)}"
                )
    metadata = text_option(selection.options, "metadata", source="bbq")
    targets = _targets(folder / metadata) if metadata else None
    known_target = flag(selection.options, "known_target", scorer="bbq")
    for record in selection.records(folder):
        roles = _roles(record, targets)
        if roles.target is not None or not known_target:
            yield _asking(record, roles)


def _asking(record: Record, roles: Roles) -> Row:
    options = [record.text(name) for name in _ANSWERS]
    if len(set(options)) < len(options):
        raise record.place.error(f"two of the answers are the same ({', '.join(options)})")
    record.one_of("context_condition", _CONTEXTS)
    biased = roles.biased(record.one_of("question_polarity", _POLARITIES))
    words = ["group" if biased is None else "counter"] * len(options)
    words[roles.unknown] = "unknown"
    if biased is not None:
        words[biased] = "biased"
    question = f"{record.text('context')}\n\n{record.text('question')}"
    asked = lettered(question, options, answer=record.position("label", among=len(options)))
    return record.asking(asked.prompt, **asked.fields, roles=words)


def _roles(record: Record, targets: Targets | None) -> Roles:
    info = record.mapping("answer_info")
    answers = [_name_and_group(info, name) for name in _ANSWERS]
    unknown = [place for place, (_, group) in enumerate(answers) if group == "unknown"]
    if len(unknown) != 1:
        raise record.error(
            "answer_info", f"found {len(unknown)} answers of the group 'unknown', expected one"
        )
    if targets is not None:
        key = (record.text("category"), str(record.node("example_id").plain()))
        return Roles(unknown[0], targets.get(key))
    groups: tuple[str, ...] = ()
    if "stereotyped_groups" in (metadata := record.mapping("additional_metadata")):
        groups = metadata.texts("stereotyped_groups", at_least=0)
    return Roles(unknown[0], find_target(answers, groups, unknown=unknown[0]))


def _name_and_group(info: Record, name: str) -> tuple[str, str]:
    texts = info.texts(name, at_least=2)
    return texts[0], texts[1]


def _targets(path: Path) -> Targets:
    """Read ``target_loc`` by category and example."""
    targets: Targets = {}
    for record in read_data(path, split=""):
        if record.node("target_loc").value not in ("", "NA", None):
            key = (record.text("category"), str(record.node("example_id").plain()))
            targets[key] = record.position("target_loc", among=len(_ANSWERS))
    return targets
