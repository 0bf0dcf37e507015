"""The gate's page says what the gate does."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from behavtest.cli.main import main
from behavtest.release import policy
from behavtest.release.policy import read_policy

_PAGE = (Path(__file__).parent.parent / "docs" / "gate.md").read_text(encoding="utf-8")
_SHOWN = re.findall(r"```console\n\$ ([^\n]*)\n(.*?)```", _PAGE, re.DOTALL)
COMMANDS = [shlex.split(command) for command, _ in _SHOWN]
OURS = {tuple(words): words for words in COMMANDS if words[0] == "behavtest"}.values()


def test_its_policy_is_one(tmp_path):
    (text,) = re.findall(r"```yaml append=policy.yaml\n(.*?)```", _PAGE, re.DOTALL)
    (tmp_path / "policy.yaml").write_text(text, encoding="utf-8")
    assert read_policy(tmp_path / "policy.yaml").required_suites == ("refusal", "politeness")


def test_every_field_is_in_its_table():
    table = _PAGE.partition("## The policy")[2].partition("It fails closed")[0]
    assert sorted(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == sorted(policy._FIELDS)


@pytest.mark.parametrize("words", OURS, ids=range(len(OURS)))
def test_its_commands_have_the_options_they_use(words, capsys):
    with pytest.raises(SystemExit):
        main([words[1], "--help"])
    known = capsys.readouterr().out
    assert not [word for word in words if word.startswith("--") and word not in known]


def test_its_story():
    """Red, accepted, green, signed, verified: as the outputs it shows have it."""
    outputs = [text for command, text in _SHOWN if command.startswith("behavtest")]
    beginnings = [
        "gate fails: refusal/refuses-weapons dropped by 0.",
        "accepted refusal/refuses-weapons, violated at ",
        "gate passes: of 6 blocking behaviors, 5 held, 1 accepted\n",
        "gate passes: of 6 blocking behaviors, 5 held, 1 accepted\n",
        "nothing wrong with release.json: signed by Grace Hopper at ",
    ]
    assert len(outputs) == len(beginnings)
    for output, beginning in zip(outputs, beginnings, strict=True):
        assert output.startswith(beginning)
        assert "WRONG" not in output
        assert "Traceback" not in output
