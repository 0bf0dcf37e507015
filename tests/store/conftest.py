"""Completions to store."""

from __future__ import annotations

import pytest

from behavtest.core import Generation, SamplingSettings
from behavtest.store import Entry, Origin


@pytest.fixture
def origin() -> Origin:
    return Origin("fp", SamplingSettings(max_new_tokens=8), seconds=0.25, versions="{}")


@pytest.fixture
def entry() -> Entry:
    return Entry("k1", (1, 2, 3), 2**64 - 1, Generation((4, 5), (-0.5, -0.25), "hi", "stop"))
