"""Servers for the tests of a judge."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpcore  # noqa: F401 -- httpx imports it late, and pytester would drop it and import a second
import pytest
from judge_server import Says, Server


@pytest.fixture
def serve() -> Iterator[Callable[[Says], Server]]:
    """Start servers that say what they are told."""
    started: list[Server] = []

    def serve(says: Says) -> Server:
        started.append(Server(says))
        return started[-1]

    yield serve
    for server in started:
        server.close()


@pytest.fixture(scope="session")
def reader(organisms: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The base organism, made to read the length of what a judge is shown."""
    folder = tmp_path_factory.mktemp("reader") / "reader"
    shutil.copytree(organisms / "base", folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"max_position_embeddings": 2048}))
    return folder


@pytest.fixture(autouse=True)
def _no_judge_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MODEL", "ENDPOINT", "API_KEY"):
        monkeypatch.delenv(f"BEHAVTEST_JUDGE_{name}", raising=False)
