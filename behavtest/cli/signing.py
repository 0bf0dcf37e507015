"""Who signs, for commands that write a name down."""

from __future__ import annotations

import shutil
import subprocess

from behavtest.cli.failing import CommandError

_SECONDS = 10


def signer(given: str | None) -> str:
    """Return who signs: as given, else as git would write it into a commit.

    Raises:
        CommandError: Neither is known.
    """
    if given is not None:
        return given
    git = shutil.which("git")
    if git is not None:
        done = subprocess.run(  # noqa: S603 -- git's own path, fixed arguments
            [git, "config", "user.name"],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        if done.stdout.strip():
            return done.stdout.strip()
    raise CommandError("who is it? Give a name with --by, or set git's user.name")
