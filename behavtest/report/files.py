"""Writing a report file so that it is either whole or not there."""

from __future__ import annotations

import os
from pathlib import Path

from behavtest.errors import SettingsError


def write_whole(path: Path, content: bytes, *, what: str = "report") -> None:
    """Write a file in one step: readers see the old content or the new, never a part.

    Args:
        path: The file, replaced if it exists.
        content: Its new content.
        what: What it is, for messages.

    Raises:
        SettingsError: The file cannot be written there.
    """
    # A link is followed, so that the file it names is replaced and not the link.
    target = Path(os.path.realpath(path))
    # Not tempfile: its files are readable by their owner alone, and a report is made to be shared.
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        _check_place(path, target, what)
        unfinished.write_bytes(content)
        unfinished.replace(target)
    except OSError as error:
        raise SettingsError(
            f"{path}: the {what} cannot be written ({error.strerror or error}); "
            "choose another path or free this one"
        ) from error
    finally:
        _discard(unfinished)


def _check_place(path: Path, target: Path, what: str) -> None:
    if not target.parent.is_dir():
        raise SettingsError(
            f"{path}: the folder {target.parent} does not exist; "
            f"create it or choose another path for the {what}"
        )
    if target.exists() and not target.is_file():
        # Replacing would swap a folder or a device such as /dev/null for a report.
        raise SettingsError(f"{path}: not a regular file; choose another path for the {what}")


def _discard(unfinished: Path) -> None:
    try:
        unfinished.unlink(missing_ok=True)
    except OSError:
        # The write itself already failed and says so; a leftover must not hide that.
        return
