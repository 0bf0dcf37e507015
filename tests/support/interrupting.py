"""Subprocesses that hear Ctrl-C, however the tests themselves were started."""

from __future__ import annotations

import signal


def hear_ctrl_c() -> None:
    """Undo an inherited "ignore": a shell starts background jobs so. For ``preexec_fn``."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
