"""Models and settings every test may use."""

from __future__ import annotations

import gc
import os
from pathlib import Path

# No test may reach for the hub; set before anything imports huggingface_hub.
os.environ["HF_HUB_OFFLINE"] = "1"

import pytest
from hypothesis import settings

ORGANISMS = Path(__file__).parent.parent / "examples" / "organisms"

# A busy machine is no failure: no property here is about speed.
settings.register_profile("behavtest", deadline=None)
settings.load_profile("behavtest")


@pytest.fixture(scope="session")
def organisms() -> Path:
    """The folder of the trained example models."""
    return ORGANISMS


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what stays: a session that ends calls it ten times.

    Hundreds of tests run pytest in this process, whose thousands of items would be looked through
    each time; that took most of these tests' time.
    """
    gc.freeze()
