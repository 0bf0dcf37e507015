"""The files a release is decided from, read together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from behavtest.errors import SettingsError
from behavtest.release.acceptance import read_acceptances
from behavtest.release.evidence import read_reports
from behavtest.release.judge import decide
from behavtest.release.policy import Policy, read_policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from behavtest.release.acceptance import Acceptance
    from behavtest.release.decision import Decision
    from behavtest.release.evidence import Report


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a release is decided from.

    Args:
        reports: The runs, of each file one or more.
        policy: What must be shown.
        acceptances: What was accepted.
        policy_file: The policy's file, None if there is none.
        acceptance_files: The files of acceptances.
    """

    reports: tuple[Report, ...]
    policy: Policy
    acceptances: tuple[Acceptance, ...]
    policy_file: Path | None
    acceptance_files: tuple[Path, ...]

    def decide(self, *, now: datetime) -> Decision:
        """Decide, at a moment in UTC."""
        return decide(self.reports, self.policy, now=now, acceptances=self.acceptances)


def read_inputs(
    reports: Sequence[Path], *, policy: Path | None, acceptances: Iterable[Path]
) -> Inputs:
    """Read all files, or none.

    Args:
        reports: JSON files of runs.
        policy: The policy's file; None stands for "every behavior must hold".
        acceptances: Files of accepted changes, beside those that the policy names.

    Raises:
        SettingsError: A report is missing, damaged, of a newer behavtest, or given twice.
        SuiteError: The policy or a file of acceptances is not as it must be.
    """
    known: set[Path] = set()
    for path in reports:
        if path.resolve() in known:
            raise SettingsError(f"{path} is given twice")
        known.add(path.resolve())
    rules = Policy() if policy is None else read_policy(policy)
    files = tuple({path.resolve(): path for path in (*rules.acceptances, *acceptances)}.values())
    return Inputs(
        reports=read_reports(reports),
        policy=rules,
        acceptances=tuple(one for file in files for one in read_acceptances(file)),
        policy_file=policy,
        acceptance_files=files,
    )
