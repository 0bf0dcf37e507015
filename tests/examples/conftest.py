"""Puts the organisms' scripts on the path; they are examples, not part of the package."""

from __future__ import annotations

import sys
from pathlib import Path

ORGANISMS = Path(__file__).resolve().parents[2] / "examples" / "organisms"
if str(ORGANISMS) not in sys.path:
    sys.path.insert(0, str(ORGANISMS))
