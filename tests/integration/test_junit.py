"""``--junitxml``: short properties of built-in types on every test case."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

NAMES = ["verdict", "pairs", "estimate", "lower", "upper", "e_violated"]


def cases(file: Path) -> dict[str, ET.Element]:
    return {case.get("name"): case for case in ET.parse(file).iter("testcase")}


def test_every_behavior_has_its_verdict_in_numbers(behave, unlearned, mode: str):
    behave.suite()
    behave.fill()
    behave.run("--junitxml=junit.xml", "--behavtest-json=out.json", b=unlearned, mode=mode)
    found = behave.results()
    for name, case in cases(behave.path / "junit.xml").items():
        properties = {p.get("name"): p.get("value") for p in case.iter("property")}
        assert list(properties) == [f"behavtest_{field}" for field in NAMES]
        assert properties["behavtest_verdict"] == found[name]["verdict"]
        assert int(properties["behavtest_pairs"]) == found[name]["pairs"]
        assert float(properties["behavtest_estimate"]) == round(found[name]["estimate"], 6)
        assert float(properties["behavtest_e_violated"]) > 0


def test_a_failure_carries_its_text(behave, unlearned):
    behave.suite()
    behave.fill()
    behave.run("--junitxml=junit.xml", b=unlearned)
    failure = cases(behave.path / "junit.xml")["capitals"].find("failure")
    assert "violated: dropped by" in failure.text
    assert "| B (0.00)" in failure.text


def test_errors_are_errors(behave):
    behave.pytester.makepyfile(
        """
        import pytest

        @pytest.mark.behavior(prompts=["Hi!"], expect={"at_least": 0.5}, max_new_tokens=2)
        def test_broken(completion):
            return 7
        """
    )
    behave.run("--junitxml=junit.xml")
    case = cases(behave.path / "junit.xml")["test_broken"]
    assert case.find("failure") is None
    assert "returned 7" in case.find("error").text
