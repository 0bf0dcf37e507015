"""A report that a release is decided from, with the hash of its file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from behavtest.errors import SettingsError
from behavtest.models.labels import model_labels
from behavtest.report.jsonfile import read_json

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from behavtest.experiment.result import RunResult


@dataclass(frozen=True, slots=True)
class Report:
    """A run's report.

    Args:
        path: The JSON file, as the user knows it.
        run: What it says, of one modified model.
        label: What sets the modified model apart from others that are decided on with it; empty
            if there is none.
    """

    path: Path
    run: RunResult
    label: str = ""

    @property
    def look(self) -> str:
        """Where to look for the run: the file, and the model if the file is of several."""
        return f"{self.path} [{self.label}]" if self.label else str(self.path)

    @property
    def shown(self) -> Path:
        """What a person opens: the HTML report of the same name beside it, if there is one."""
        page = self.path.with_suffix(".html")
        return page if page.is_file() else self.path

    @property
    def models(self) -> tuple[str, str | None]:
        """The fingerprints of the models that were compared."""
        modified = self.run.model_b
        return self.run.model_a.fingerprint, None if modified is None else modified.fingerprint

    def is_called(self, model: str) -> bool:
        """Whether a name is the modified model's, whole or as its label."""
        modified = self.run.model_b
        return modified is not None and model in {
            self.label,
            modified.name,
            *model_labels([modified.name]),
        }


def read_reports(paths: Iterable[Path]) -> tuple[Report, ...]:
    """Read reports, one of each modified model in a file.

    Raises:
        SettingsError: One is missing, damaged, or of a newer behavtest.
    """
    reports = [Report(path, run) for path in paths for run in read_json(path)]
    names = [None if one.run.model_b is None else one.run.model_b.name for one in reports]
    known = list(dict.fromkeys(name for name in names if name is not None))
    if len(known) < 2:  # noqa: PLR2004 -- one model needs no label
        return tuple(reports)
    labels = {None: ""} | dict(zip(known, model_labels(known), strict=True))
    return tuple(
        replace(report, label=labels[name]) for report, name in zip(reports, names, strict=True)
    )


def sha256(path: Path) -> str:
    """Hash a file.

    Returns:
        64 hex digits, as ``sha256sum`` prints them.

    Raises:
        SettingsError: It cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror or error})") from error
