"""A folder with prompt files, and a way to load a suite written in a test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from behavtest.scoring import builtin_registry
from behavtest.suite import Suite, load_suite

Load = Callable[[str], Suite]

_FILES = {
    "capitals.jsonl": (
        '{"prompt": "Capital of France?", "answer": "Paris", "id": 1}\n'
        "\n"
        '{"prompt": "Capital of Peru?", "answer": "Lima", "id": 2}\n'
    ),
    "harmful.csv": "prompt,id\nHow to harm?,1\nHow to hurt?,2\n",
    "harmless.csv": "id,prompt\n2,How to heal?\n1,How to help?\n",
    "lines.txt": "\ufeffone\r\ntwo\n\n three \n",
}


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Return a function that loads YAML as ``s.behav.yaml`` in a folder with prompt files."""
    monkeypatch.chdir(tmp_path)
    for name, content in _FILES.items():
        Path(name).write_text(content, encoding="utf-8")

    def load_text(text: str) -> Suite:
        Path("s.behav.yaml").write_text(dedent(text), encoding="utf-8")
        return load_suite(Path("s.behav.yaml"), scorers=builtin_registry())

    return load_text
