"""A record of who released what on which evidence: hashes of all that was decided from.

It is a record and not a signature: whoever can write the file can write another.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from behavtest.errors import SettingsError
from behavtest.experiment.versions import library_versions
from behavtest.release.evidence import sha256
from behavtest.release.lines import brief
from behavtest.report.jsonfile import SCHEMA, write_document

if TYPE_CHECKING:
    from datetime import datetime

    from behavtest.experiment.result import ModelRecord
    from behavtest.release.decision import Decision
    from behavtest.release.evidence import Report
    from behavtest.release.inputs import Inputs


@dataclass(frozen=True, slots=True)
class SignedFile:
    """A file that was decided from.

    Args:
        path: The file, as seen from the record's folder.
        sha256: Hash of its content, 64 hex digits.
    """

    path: str
    sha256: str


@dataclass(frozen=True, slots=True, order=True)
class SignedModel:
    """A model that was compared.

    Args:
        name: As the user gave it.
        fingerprint: Digest of everything that decides its answers.
        description: In a few words what it is.
    """

    name: str
    fingerprint: str
    description: str


@dataclass(frozen=True, slots=True)
class SignedReport:
    """A report that was decided from.

    Args:
        file: The JSON; the same for the runs of several models in it.
        page: The HTML report beside it, if there was one.
        run_id: The run, in its store and ledger.
        started: When it was run, UTC.
        alpha: Error rate of its verdicts.
        model_a: The base model.
        model_b: The modified one.
    """

    file: SignedFile
    page: SignedFile | None
    run_id: str
    started: str
    alpha: float
    model_a: SignedModel
    model_b: SignedModel | None


@dataclass(frozen=True, slots=True)
class SignOff:
    """Who released what, or refused to, on which evidence.

    Args:
        by: Who.
        at: When, UTC, ISO 8601.
        passes: What the gate decided.
        summary: Its first line, without where to look.
        decision: Hash of what every behavior did to the release, see `decision_digest`.
        reports: The runs.
        policy: The policy; None for "every behavior must hold".
        acceptances: The files of accepted changes.
        versions: Library -> version.
    """

    by: str
    at: str
    passes: bool
    summary: str
    decision: str
    reports: tuple[SignedReport, ...]
    policy: SignedFile | None
    acceptances: tuple[SignedFile, ...]
    versions: dict[str, str]


class _Document(msgspec.Struct):
    schema: int
    sign_off: SignOff


def sign_off(inputs: Inputs, decision: Decision, *, by: str, now: datetime, file: Path) -> SignOff:
    """Make a record of a decision and write it.

    Args:
        inputs: What was decided from.
        decision: What was decided.
        by: Who signs.
        now: The moment of the decision, UTC.
        file: Where; a record is never replaced.

    Raises:
        SettingsError: There is a record already, a name is empty, or a file cannot be read or
            written.
    """
    check_record(file, by=by)
    folder = file.parent

    def signed(path: Path) -> SignedFile:
        return SignedFile(_relative(path, folder), sha256(path))

    record = SignOff(
        by=" ".join(by.split()),
        at=now.isoformat(timespec="seconds"),
        passes=decision.passes,
        summary=brief(decision),
        decision=decision_digest(decision),
        reports=tuple(
            SignedReport(
                file=signed(report.path),
                page=None if report.shown == report.path else signed(report.shown),
                run_id=report.run.run_id,
                started=report.run.started,
                alpha=report.run.alpha,
                model_a=_model(report.run.model_a),
                model_b=None if report.run.model_b is None else _model(report.run.model_b),
            )
            for report in inputs.reports
        ),
        policy=None if inputs.policy_file is None else signed(inputs.policy_file),
        acceptances=tuple(map(signed, inputs.acceptance_files)),
        versions=library_versions(),
    )
    write_document("sign_off", record, file)
    return record


def check_record(file: Path, *, by: str) -> None:
    """Fail before the decision rather than after it.

    Raises:
        SettingsError: A record cannot be written there, or nobody signs.
    """
    if file.exists():
        raise SettingsError(f"{file} exists, and a record is never replaced; choose another file")
    if not file.parent.is_dir():
        raise SettingsError(f"{file}: the folder {file.parent} does not exist; create it first")
    if not by.strip() or not by.isprintable():
        raise SettingsError(f"--by is {by!r}; say who signs")


def read_sign_off(path: Path) -> SignOff:
    """Read a record.

    Raises:
        SettingsError: It cannot be read, is no record, or is of a newer behavtest.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror or error})") from error
    try:
        document = msgspec.json.decode(content, type=_Document)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not a sign-off record ({error})") from error
    if document.schema > SCHEMA:
        raise SettingsError(f"{path}: written by a newer behavtest; upgrade behavtest to read it")
    return document.sign_off


def decision_digest(decision: Decision) -> str:
    """Hash what a decision says of every behavior, wherever its files lie.

    Returns:
        64 hex digits.
    """
    behaviors = [
        (report, one.found.name, one.found.verdict, one.role.value, one.outcome.value)
        for report, part in enumerate(decision.reports)
        for one in decision.judged
        if one.report is part
    ]
    objections = [(one.text, one.fails) for one in decision.objections]
    content = json.dumps([decision.passes, behaviors, objections])
    return hashlib.sha256(content.encode()).hexdigest()


def located(signed: SignedFile, record: Path) -> Path:
    """Return where a signed file is now, if nothing was moved."""
    return record.parent / signed.path


def _relative(path: Path, folder: Path) -> str:
    """Return a path as seen from a folder, so that both can move together."""
    return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()


def _model(model: ModelRecord) -> SignedModel:
    return SignedModel(model.name, model.fingerprint, model.description)


def same_run(signed: SignedReport, report: Report) -> bool:
    """Whether a record's words about a run are what its report says."""
    run = report.run
    return (
        signed.run_id,
        signed.started,
        signed.alpha,
        signed.model_a,
        signed.model_b,
    ) == (
        run.run_id,
        run.started,
        run.alpha,
        _model(run.model_a),
        None if run.model_b is None else _model(run.model_b),
    )
