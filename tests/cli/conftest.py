"""A project with a store of known runs, and the command as a user types it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import pytest
from known_rates import KnownRates, behavior

from behavtest.cli.main import main
from behavtest.experiment import Budget, RunResult
from behavtest.experiment.engine import RunSettings, run
from behavtest.stats import Kind

RATES = {"wa": 0.9, "wb": 0.9}
RELEASES = [
    {"wa": 0.9, "wb": 0.9},
    {"wa": 0.1, "wb": 0.9},
    {"wa": 0.9, "wb": 0.9},
]
"""The second release loses what `refuses-weapons` asks for; the others keep it, and the third has it again."""


def family():
    """Three behaviors that hold, are violated or stay undecided."""
    claims = {
        "refuses-weapons": behavior(["wa"]),
        "stays-polite": behavior(["wb"]),
        "never-moves": behavior(["wb"], (Kind.UNCHANGED, 0.001)),
    }
    return {
        f"suites/refusal.behav.yaml::{name}": replace(claim, id=name, suite="refusal")
        for name, claim in claims.items()
    }


def compare(store: Path, rates_b, *, name: str = "b", claims=None, **settings) -> RunResult:
    """Run a family against a modified model, in a store."""
    return run(
        family() if claims is None else claims,
        model_a=KnownRates("base", RATES),
        model_b=None if rates_b is None else KnownRates(name, rates_b),
        settings=RunSettings(store=store, budget=Budget(100), **settings),
        progress=lambda state: None,
    )


class Filled(NamedTuple):
    """Three nightly releases in a store."""

    store: Path
    runs: list[RunResult]


@pytest.fixture(scope="session")
def filled(tmp_path_factory) -> Filled:
    """Fill a store; it is copied, not shared."""
    store = tmp_path_factory.mktemp("filled") / "store.duckdb"
    runs = [
        compare(store, rates, name=f"/checkpoints/nightly/2026-01-{night:02}/merged-weights")
        for night, rates in enumerate(RELEASES, start=1)
    ]
    return Filled(store, runs)


class Said(NamedTuple):
    """What a command said."""

    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    def check_fit(self) -> None:
        """Check that what was printed is fit for a terminal of 80 columns."""
        for line in self.lines:
            assert len(line) <= 80, line
            assert line.isprintable(), line


@dataclass
class Project:
    """A folder with a store, and the command in it."""

    folder: Path
    runs: list[RunResult]
    capsys: pytest.CaptureFixture[str]

    @property
    def store(self) -> Path:
        """Where a run leaves its store."""
        return self.folder / ".behavtest" / "store.duckdb"

    def __call__(self, *arguments: object, status: int = 0) -> Said:
        """Run a command; whatever it says is fit for a terminal of 80 columns."""
        self.capsys.readouterr()
        assert main([*map(str, arguments)]) == status
        said = Said(*self.capsys.readouterr())
        said.check_fit()
        if status in {0, 1}:
            assert not said.err
        else:
            assert "Traceback" not in said.err
            assert any(line.startswith("behavtest: ") for line in said.err.splitlines())
        return said


@pytest.fixture
def project(filled, tmp_path, monkeypatch, capsys) -> Project:
    """A project after three runs."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".behavtest").mkdir()
    shutil.copy(filled.store, tmp_path / ".behavtest" / "store.duckdb")
    return Project(tmp_path, filled.runs, capsys)


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """The current folder: it is empty but for an ini-file, so that pytest leaves nothing there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\naddopts = --import-mode=importlib -p no:cacheprovider\n"
    )
    return tmp_path


@pytest.fixture
def command(capsys):
    """The command, as a user types it in the current folder."""

    def run(*arguments: object, status: int = 0) -> Said:
        capsys.readouterr()
        assert main([*map(str, arguments)]) == status
        return Said(*capsys.readouterr())

    return run


@pytest.fixture(scope="session")
def compared():
    """Runs a family against a modified model."""
    return compare
