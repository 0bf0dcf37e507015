"""``behavtest new``: a suite that runs as it is, and never at the cost of another."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from behavtest.suite.card import read_card
from behavtest.suite.yaml_reader import read_yaml

pytestmark = pytest.mark.usefixtures("folder")


def test_a_new_suite_is_without_fault(command, folder, organisms):
    """It is named, checked, read as a card and answered by a model, as it is."""
    said = command("new", "good.manners-2")
    assert sorted(path.name for path in (folder / "good.manners-2").iterdir()) == [
        "CARD.md",
        "good.manners-2.behav.yaml",
        "prompts.jsonl",
        "suite.schema.json",
    ]
    said.check_fit()
    assert command("lint", "good.manners-2").out == "2 behaviors, no errors\n"
    suite = folder / "good.manners-2" / "good.manners-2.behav.yaml"
    schema = re.match(r"# yaml-language-server: \$schema=(.*)", suite.read_text())[1]
    validator = Draft7Validator(json.loads((suite.parent / schema).read_text()))
    assert validator.is_valid(read_yaml(suite).plain())
    card = read_card(Path("good.manners-2/CARD.md"), name="good.manners-2")
    assert card.name == "good.manners-2"
    said = command("try", "good.manners-2", "-n1", "--model-a", organisms / "base")
    assert said.lines[0].startswith("good.manners-2/knows-capitals  1 draw from 24 prompts")


def test_it_says_what_to_do_next(command, organisms):
    """Both commands can be run as printed, but for the model's name."""
    said = command("new", "manners", "--dir", "my suites")
    commands = [line.strip() for line in said.lines if line.startswith("  behavtest ")]
    assert commands == [
        "behavtest lint 'my suites/manners'",
        "behavtest try 'my suites/manners' --model-a MODEL",
    ]
    command(*shlex.split(commands[0])[1:])


def test_nothing_is_overwritten(command, folder):
    """Not even one file of the three, nor what a link points to."""
    command("new", "manners")
    (folder / "manners" / "manners.behav.yaml").write_text("mine")
    said = command("new", "manners", status=4)
    assert (
        "manners has manners.behav.yaml, prompts.jsonl, CARD.md, suite.schema.json already"
        in said.err
    )
    assert (folder / "manners" / "manners.behav.yaml").read_text() == "mine"
    (folder / "other").mkdir()
    (folder / "other" / "CARD.md").symlink_to(folder / "elsewhere.md")
    assert "other has CARD.md already" in command("new", "other", status=4).err
    assert [path.name for path in (folder / "other").iterdir()] == ["CARD.md"]


def test_a_folder_that_holds_other_things(command, folder):
    (folder / "manners").mkdir()
    (folder / "manners" / "notes.txt").write_text("mine")
    command("new", "manners")
    assert (folder / "manners" / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: NAME"),
        (["two words"], "the name: found 'two words', expected a short name"),
        (["../up"], "the name: found '../up', expected a short name"),
        ([""], "the name: found an empty text"),
        (["a", "b"], "unknown argument 'b'; see --help"),
        (["a", "--dir", "file.txt"], "cannot be written"),
    ],
)
def test_what_cannot_be_begun(command, folder, arguments, message):
    (folder / "file.txt").write_text("a file")
    said = command("new", *arguments, status=4)
    assert message in said.err
    assert "Traceback" not in said.err
    assert {path.name for path in folder.iterdir()} == {"file.txt", "pytest.ini"}
