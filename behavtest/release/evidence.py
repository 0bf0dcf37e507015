"""A report that a release is decided from, with the hash of its file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from behavtest.errors import SettingsError
from behavtest.report.jsonfile import read_json

if TYPE_CHECKING:
    from pathlib import Path

    from behavtest.experiment.result import RunResult


@dataclass(frozen=True, slots=True)
class Report:
    """A run's report.

    Args:
        path: The JSON file, as the user knows it.
        run: What it says.
    """

    path: Path
    run: RunResult

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


def read_report(path: Path) -> Report:
    """Read a report.

    Raises:
        SettingsError: It is missing, damaged, of a newer behavtest, or of several models.
    """
    run, *others = read_json(path)
    if others:
        raise SettingsError(f"{path} is of several modified models; write a report of each")
    return Report(path, run)


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
