"""``behavtest schema``: what editors need, with the scorers that are there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def folder(folder):
    """A folder whose `conftest.py` offers a scorer."""
    (folder / "conftest.py").write_text(
        "def shouts(arguments):\n    '''Count capitals.'''\n"
        "shouts.arguments_schema = {'type': 'number'}\n"
        "def pytest_behavtest_scorers():\n    return {'shouts': shouts}\n"
    )
    return folder


def test_scorers_of_plugins_are_in_it(command):
    schema = json.loads(command("schema").out)
    scorers = schema["definitions"]["score"]["anyOf"][-1]["properties"]
    assert scorers["shouts"] == {"description": "Count capitals.", "type": "number"}
    assert {"contains", "not", "weighted"} <= scorers.keys()
    assert "xstest" in schema["definitions"]["source"]["properties"]


def test_what_cannot_be_asked(command, folder):
    assert "the plugins could not be loaded" in command("schema", "-p", "nope", status=4).err
    (folder / "conftest.py").write_text(
        "def pytest_behavtest_scorers():\n    return {'json': print}\n"
    )
    said = command("schema", status=4)
    assert "two plugins offer a scorer named 'json'" in said.err


def test_of_results(command):
    schema = json.loads(command("schema", "--result").out)
    layouts = [one["properties"]["schema"]["const"] for one in schema["oneOf"]]
    assert layouts == [1, 2]
    assert "BehaviorResult" in schema["$defs"]
    assert "unknown argument" in command("schema", "--result", "suites", status=4).err


@pytest.mark.parametrize("name", ["decision", "sign-off", "acceptances"])
def test_of_what_a_release_leaves(name: str, command):
    published = Path(__file__).parents[2] / "docs" / f"{name}.schema.json"
    assert command("schema", f"--{name}").out == published.read_text(encoding="utf-8")


def test_of_one_thing_at_a_time(command):
    assert "not allowed with" in command("schema", "--result", "--decision", status=4).err
