"""What the tests of every plugin use: the example models, and pytest runs of them."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
from pathlib import Path

# No test may reach for the hub; set before anything imports huggingface_hub.
os.environ["HF_HUB_OFFLINE"] = "1"

import pytest
from hypothesis import settings

ORGANISMS = Path(__file__).parent.parent / "examples" / "organisms"

# A busy machine is no failure: no property here is about speed.
settings.register_profile("plugins", deadline=None)
settings.load_profile("plugins")


@pytest.fixture(scope="session")
def organisms() -> Path:
    """The folder of the trained example models."""
    return ORGANISMS


@pytest.fixture(scope="session")
def warm(organisms: Path) -> None:
    """Import what a run imports: pytester drops modules first imported in an in-process run."""
    import torch

    import behavtest.pytest_plugin
    from behavtest.core import Message, Prompt, SamplingSettings
    from behavtest.sampling import BackendOptions, Request
    from behavtest.sampling.local import LocalBackend

    for name in ("behavtest.experiment.engine", "behavtest.report", "filelock"):
        importlib.import_module(name)
    for module in pkgutil.iter_modules(behavtest.pytest_plugin.__path__):
        importlib.import_module(f"behavtest.pytest_plugin.{module.name}")
    torch.set_num_threads(1)
    backend = LocalBackend(str(organisms / "base"), BackendOptions())
    asked = Request(backend.encode(Prompt((Message("user", "Hello!"),))), 0)
    list(backend.generate([asked], SamplingSettings(max_new_tokens=1)))


@pytest.fixture
def audit(pytester: pytest.Pytester, organisms: Path, warm: None, monkeypatch: pytest.MonkeyPatch):
    """Run pytest on a suite, with organisms as models; returns the run and its results."""
    for name in ("PYTEST_ADDOPTS", "CI", "FORCE_COLOR", "PY_COLORS", "BUILD_NUMBER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")

    def audit(suite: str, *arguments: str, a: str = "base", b: str | None = None):
        (pytester.path / "s.behav.yaml").write_text(suite, encoding="utf-8")
        models = [f"--model-a={organisms / a}"] + ([f"--model-b={organisms / b}"] if b else [])
        run = pytester.runpytest_inprocess(*models, "--behavtest-json=out.json", *arguments)
        file = pytester.path / "out.json"
        found = json.loads(file.read_bytes())["run"] if file.exists() else {"behaviors": []}
        return run, {one["behavior"]: one for one in found["behaviors"]}

    return audit
