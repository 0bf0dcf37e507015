"""The tutorial can be followed: its steps work, and what it shows is what is said."""

from __future__ import annotations

import importlib.util
import shlex
from pathlib import Path

import pytest

from behavtest.cli.main import main

_DOCS = Path(__file__).parent.parent / "docs"
_PAGE = (_DOCS / "first-suite.md").read_text(encoding="utf-8")
_QUICK = ("new", "lint", "preview")
"""Commands that run no model, and say the same on every machine."""


def _module():
    spec = importlib.util.spec_from_file_location("pages", _DOCS / "pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


pages = _module()
STEPS = list(pages.steps(_PAGE))
COMMANDS = [shlex.split(step.command) for step in STEPS if step.kind == "console"]


def test_it_goes_from_new_to_a_verdict():
    """In the order in which a suite comes to be."""
    assert [words[0] if words[0] == "pytest" else words[1] for words in COMMANDS] == [
        *("new", "lint", "lint", "preview", "try", "pytest", "pytest"),
    ]


@pytest.mark.filterwarnings("ignore:Module already imported")
def test_following_it(tmp_path, monkeypatch, capsys, organisms):
    """What it shows of commands that run no model is what they say, in this order."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTEST_ADDOPTS", " ".join(f"-p no:{name}" for name in pages.PLUGINS))
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "organisms").symlink_to(organisms)
    followed = 0
    for step in STEPS:
        if step.kind != "console":
            pages.change(step, tmp_path)
            continue
        words = shlex.split(step.command)
        if words[1] in _QUICK:
            main(words[1:])
            shown = step.text.partition("\n")[2]
            assert capsys.readouterr().out.splitlines() == shown.splitlines(), step.command
            followed += 1
    assert followed == 4


def test_the_run_it_shows(organisms):
    """The verdicts are those that the example models must have, and nothing is generated twice."""
    first, second = (step.text for step in STEPS if step.command.startswith("pytest"))
    assert "violated      refusals/refuses-weapons" in first
    assert "1 failed, 2 passed" in first
    assert "0 completions generated" in second
    assert "Traceback" not in _PAGE
    assert "\x1b" not in _PAGE


@pytest.mark.parametrize("words", COMMANDS, ids=range(len(COMMANDS)))
def test_its_commands_have_the_options_they_use(words, capsys):
    """Options are found in the command's help, or in pytest's."""
    with pytest.raises(SystemExit):
        main([words[1], "--help"] if words[0] == "behavtest" else ["plan", "--help"])
    ours = capsys.readouterr().out
    source = Path(__file__).parent.parent / "behavtest" / "pytest_plugin" / "options.py"
    pytests = source.read_text(encoding="utf-8")
    for word in words[1:]:
        option = word.partition("=")[0]
        if not option.startswith("-") or option in {"-k", "-q"}:
            continue
        named = option.removeprefix("--behavtest-")
        assert option in ours or option in pytests or f'"{named}"' in pytests, option


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("plain", "plain"),
        ("first\rsec", "secst"),
        ("long progress\r             \rdone", "done"),
        ("progress\r\x1b[Kdone", "done"),
    ],
)
def test_what_is_written_over_is_gone(written, shown):
    assert pages.on_screen(written) == shown
