"""Checking a sign-off record against the files it names and the models at hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from behavtest.errors import BehavtestError, ModelError
from behavtest.release.evidence import sha256
from behavtest.release.fingerprints import has_fingerprint
from behavtest.release.inputs import read_inputs
from behavtest.release.lines import brief
from behavtest.release.signoff import decision_digest, located, same_run
from behavtest.report import format as fmt

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from behavtest.release.decision import Decision
    from behavtest.release.inputs import Inputs
    from behavtest.release.signoff import SignedFile, SignedModel, SignOff


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a record says.

    Args:
        text: What it says, or what is wrong with it.
        right: Whether it is so; None if that could not be checked.
    """

    text: str
    right: bool | None


class _Known(NamedTuple):
    """A model of the record: its role, and for a modified one its base's fingerprint."""

    role: str
    model: SignedModel
    base: str


def verify(
    record: SignOff, file: Path, *, model_a: str | None, models_b: Sequence[str]
) -> Iterator[Check]:
    """Check all of a record that can be checked, and say what cannot.

    Args:
        record: The record.
        file: Where it is; the files it names are sought from there.
        model_a: The base model as it is now, None if it is not at hand.
        models_b: Modified models as they are now.
    """
    yield from _files(record, file)
    yield from _decision(record, file)
    yield from _models(record, model_a=model_a, models_b=models_b)
    yield Check("that the models gave these answers: run again, or audit the store", None)
    yield Check(
        f"that {record.by} wrote the record: it is not a signature; the commit or a signature of "
        "the file shows that",
        None,
    )


def _files(record: SignOff, file: Path) -> Iterator[Check]:
    needed = _once(report.file for report in record.reports)
    needed += [record.policy] if record.policy is not None else []
    for signed in (*needed, *record.acceptances):
        yield _file(signed, file)
    for page in _once(report.page for report in record.reports if report.page is not None):
        if not located(page, file).is_file():
            yield Check(f"the page {page.path}: it is not there", None)
        else:
            yield _file(page, file)


def _once(files: Iterable[SignedFile]) -> list[SignedFile]:
    """Leave repetitions out: a file may hold the runs of several models."""
    return list(dict.fromkeys(files))


def _file(signed: SignedFile, file: Path) -> Check:
    path = located(signed, file)
    try:
        found = sha256(path)
    except BehavtestError as error:
        return Check(str(error), right=False)
    if found != signed.sha256:
        return Check(
            f"{path} is not the file that was signed: its SHA-256 is {fmt.fingerprint(found)}…, "
            f"the signed one's {fmt.fingerprint(signed.sha256)}…",
            right=False,
        )
    return Check(f"{path} is the file that was signed (SHA-256)", right=True)


def _decision(record: SignOff, file: Path) -> Iterator[Check]:
    """Decide again, by the files as they are now, on the day of the record."""
    try:
        inputs = _inputs(record, file)
        decision = inputs.decide(now=datetime.fromisoformat(record.at))
    except (BehavtestError, ValueError, TypeError) as error:
        yield Check(f"the gate cannot decide again: {error}", right=False)
        return
    if len(record.reports) != len(inputs.reports):
        yield Check("the reports are of more or fewer runs than recorded", right=False)
    for signed, report in zip(record.reports, inputs.reports, strict=False):
        if not same_run(signed, report):
            yield Check(f"{report.look} is of another run or models than recorded", right=False)
    yield _same_decision(record, decision)


def _inputs(record: SignOff, file: Path) -> Inputs:
    return read_inputs(
        [located(signed, file) for signed in _once(report.file for report in record.reports)],
        policy=None if record.policy is None else located(record.policy, file),
        acceptances=[located(signed, file) for signed in record.acceptances],
    )


def _same_decision(record: SignOff, decision: Decision) -> Check:
    said = "passes" if record.passes else "fails"
    if decision.passes != record.passes:
        now = "passes" if decision.passes else "fails"
        return Check(f"the record says that the gate {said}; from the files it {now}", right=False)
    if decision_digest(decision) != record.decision or brief(decision) != record.summary:
        return Check(f"the gate {said}, for other reasons than when it was signed", right=False)
    return Check(f"the gate decides the same from the files: it {said}", right=True)


def _models(record: SignOff, *, model_a: str | None, models_b: Sequence[str]) -> Iterator[Check]:
    bases = {_Known("A", report.model_a, "") for report in record.reports}
    modified = {
        _Known("B", report.model_b, report.model_a.fingerprint)
        for report in record.reports
        if report.model_b is not None
    }
    given = [(model_a, bases)] if model_a is not None else []
    left = bases | modified
    for reference, known in (*given, *((reference, modified) for reference in models_b)):
        check, found = _model(reference, known)
        left = {one for one in left if one.model != found}
        yield check
    for one in sorted(left):
        yield Check(
            f"model {one.role}, {one.model.name} ({fmt.fingerprint(one.model.fingerprint)}): give "
            f"it with --model-{one.role.lower()}",
            None,
        )


def _model(reference: str, known: Collection[_Known]) -> tuple[Check, SignedModel | None]:
    """Compare a model at hand with those of the record; return the one it is."""
    try:
        for role, model, base in known:
            if has_fingerprint(
                reference, model.fingerprint, description=model.description, base=base
            ):
                shown = fmt.fingerprint(model.fingerprint)
                return Check(f"{reference} is model {role} ({shown})", right=True), model
    except ModelError as error:
        return Check(f"{reference}: {error}", None), None
    return Check(f"{reference} is not the model of the record", right=False), None
