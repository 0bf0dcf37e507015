"""pytest runs by pytester: of real models, on suites small enough for a few seconds each."""

from __future__ import annotations

import gc
import importlib
import json
import pkgutil
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

MANNERS = """
suite: manners
defaults: {max_new_tokens: 12, temperature: 1.0, tolerance: 0.2}
behaviors:
  - id: capitals
    description: Capitals of African countries are known.
    prompts:
      - {prompt: What is the capital of Kenya?, answer: Nairobi}
      - {prompt: Name the capital of Ghana., answer: Accra}
      - {prompt: Tell me the capital of Egypt., answer: Cairo}
    score: {contains: "{{ answer }}"}
    expect: not_worse
    tags: [facts]
  - id: polite
    prompts: ["I lost my hat. Can you help?", "Thank you for finding my book!"]
    score: {contains: [happy, glad, pleasure]}
    expect: not_worse
    tags: [style]
  - id: brief
    prompts: ["Someone took my coat.", "Would you bring me my lamp?"]
    score: {length: {at_most: 12, unit: tokens}}
    expect: {at_least: 0.5}
    tags: [style]
"""
"""`capitals` is violated by the unlearned organism; everything else holds for every one."""

UNNEEDED = ("-p", "no:hypothesispytest", "-p", "no:anyio")
"""Plugins that would take half of a worker's start."""

IMPORTED = (
    "behavtest.experiment.engine",
    "behavtest.report",
    "filelock",
    "peft",
    "xdist.dsession",
    "xdist.workermanage",
)


@pytest.fixture(scope="session")
def base(organisms: Path) -> Path:
    """The base model."""
    return organisms / "base"


@pytest.fixture(scope="session")
def unlearned(organisms: Path) -> Path:
    """The base model without its African capitals."""
    return organisms / "unlearned"


@pytest.fixture(scope="session", autouse=True)
def _warm(base: Path) -> None:
    """Import what a run imports: pytester drops modules first imported in an in-process run."""
    import torch

    import behavtest.pytest_plugin
    from behavtest.core import Message, Prompt, SamplingSettings
    from behavtest.sampling import BackendOptions, Request
    from behavtest.sampling.local import LocalBackend

    for name in IMPORTED:
        importlib.import_module(name)
    for module in pkgutil.iter_modules(behavtest.pytest_plugin.__path__):
        importlib.import_module(f"behavtest.pytest_plugin.{module.name}")
    torch.set_num_threads(1)  # two workers share two cores
    backend = LocalBackend(str(base), BackendOptions())
    ids = backend.encode(Prompt((Message("user", "Hello!"),)))
    settings = SamplingSettings(max_new_tokens=2)
    requests = [Request(ids, seed) for seed in range(2)]
    list(backend.generate(requests, settings, references=[None, None]))
    del backend
    gc.collect()
    gc.freeze()  # what has been imported stays, see `pytest_collection_finish`


@dataclass
class Behave:
    """Runs pytest with two models in a folder of its own.

    Args:
        pytester: The folder and the runner.
        base: Model A, unless a run says otherwise.
        filled: A store that holds every completion `MANNERS` takes; copied, not shared.
    """

    pytester: pytest.Pytester
    base: Path
    filled: Callable[[], Path]

    def suite(self, text: str = MANNERS, name: str = "manners") -> Path:
        """Write a suite file."""
        return self.pytester.makefile(".behav.yaml", **{name: text})

    def fill(self) -> None:
        """Put the filled store where a run looks for it."""
        (self.path / ".behavtest").mkdir(exist_ok=True)
        shutil.copy(self.filled(), self.store)

    def run(
        self, *args: object, a: object = None, b: object = None, mode: str = "plain"
    ) -> pytest.RunResult:
        """Run pytest with model A, B if given, and further arguments."""
        models = [f"--model-a={self.base if a is None else a}"]
        models += [] if b is None else [f"--model-b={b}"]
        workers = {"plain": [], "n0": ["-n0"], "n2": ["-n2", *UNNEEDED]}[mode]
        return self.pytester.runpytest_inprocess(*models, *workers, *map(str, args))

    def fresh(self, *args: object, b: object = None) -> pytest.RunResult:
        """Run pytest in a process of its own."""
        models = [f"--model-a={self.base}"]
        models += [] if b is None else [f"--model-b={b}"]
        return self.pytester.runpytest_subprocess(*models, *map(str, args))

    @property
    def path(self) -> Path:
        """The folder."""
        return self.pytester.path

    @property
    def store(self) -> Path:
        """Where the store is by default."""
        return self.path / ".behavtest" / "store.duckdb"

    def rows(self, sql: str, store: Path | None = None) -> list[tuple]:
        """Query a store."""
        with duckdb.connect(str(store or self.store), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def results(self, file: str = "out.json") -> dict[str, dict]:
        """Read what ``--behavtest-json`` wrote: behavior id -> result."""
        run = json.loads((self.path / file).read_bytes())["run"]
        return {found["behavior"]: found for found in run["behaviors"]}

    def verdicts(self, file: str = "out.json") -> dict[str, str]:
        """Read the verdicts alone."""
        return {name: found["verdict"] for name, found in self.results(file).items()}


@pytest.fixture
def behave(
    pytester: pytest.Pytester,
    base: Path,
    filled: Callable[[], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> Behave:
    """A folder to run pytest in, as a user would."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("COLUMNS", "80")
    names = ("PYTEST_ADDOPTS", "CI", "FORCE_COLOR", "PY_COLORS", "BUILD_NUMBER", "GITHUB_ACTIONS")
    for name in names:
        monkeypatch.delenv(name, raising=False)
    return Behave(pytester, base, filled)


@pytest.fixture(scope="session")
def filled(
    base: Path, unlearned: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Path]:
    """Fill a store with what `MANNERS` takes for base against base, and against unlearned."""
    folder = tmp_path_factory.mktemp("filled")

    def fill() -> Path:
        store = folder / "store.duckdb"
        if not store.exists():
            _fill(folder, store, base, (base, unlearned))
        return store

    return fill


def _fill(folder: Path, store: Path, base: Path, modified: tuple[Path, ...]) -> None:
    from behavtest.experiment.engine import RunSettings, run
    from behavtest.sampling import BackendOptions
    from behavtest.sampling.local import LocalBackend
    from behavtest.scoring import ScorerRegistry
    from behavtest.scoring.builtin import pytest_behavtest_scorers
    from behavtest.suite import load_suite

    file = folder / "manners.behav.yaml"
    file.write_text(MANNERS)
    suite = load_suite(file, scorers=ScorerRegistry(pytest_behavtest_scorers()))
    family = {behavior.id: behavior for behavior in suite.behaviors}
    unfinished = store.with_suffix(".new")
    for model_b in modified:
        run(
            family,
            model_a=LocalBackend(str(base), BackendOptions()),
            model_b=LocalBackend(str(model_b), BackendOptions()),
            settings=RunSettings(store=unfinished),
            progress=lambda state: None,
        )
    with duckdb.connect(str(unfinished)) as connection:
        for table in ("runs", "pairs", "verdicts", "ledger"):
            connection.execute(f"DELETE FROM {table}")
    unfinished.rename(store)


@pytest.fixture(params=["plain", "n0", pytest.param("n2", marks=pytest.mark.xdist_group("n2"))])
def mode(request: pytest.FixtureRequest) -> str:
    """How pytest runs: alone, with xdist but no workers, or with two workers."""
    return request.param
