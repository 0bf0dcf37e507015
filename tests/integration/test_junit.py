"""``--junitxml``: short properties of built-in types on every test case."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from report_samples import HOSTILE

XSD = Path(__file__).parent.parent / "data" / "junit-10.xsd"
NAMES = ["run", "verdict", "pairs", "estimate", "lower", "upper", "e_violated"]


def cases(file: Path) -> dict[str, ET.Element]:
    return {case.get("name"): case for case in ET.parse(file).iter("testcase")}


@pytest.mark.parametrize("mode", ["plain", "n0"])
def test_every_behavior_has_its_verdict_in_numbers(behave, unlearned, mode: str):
    behave.suite()
    behave.fill()
    behave.run("--junitxml=junit.xml", "--behavtest-json=out.json", b=unlearned, mode=mode)
    found = behave.results()
    for name, case in cases(behave.path / "junit.xml").items():
        properties = {p.get("name"): p.get("value") for p in case.iter("property")}
        assert list(properties) == [f"behavtest_{field}" for field in NAMES]
        assert behave.rows("SELECT run_id FROM runs") == [(properties["behavtest_run"],)]
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


@pytest.fixture(scope="module")
def xsd() -> xmlschema.XMLSchema:
    """Read the schema of the Jenkins xUnit plugin."""
    return xmlschema.XMLSchema(XSD)


def without_properties(file: Path) -> ET.Element:
    """Read a file without what pytest's `record_property` adds to test cases.

    pytest's documentation says that it "will break the schema", and every plugin that records
    properties does: the schema knows them of a suite alone. CI servers read or ignore them.
    """
    root = ET.parse(file).getroot()
    for case in root.iter("testcase"):
        for properties in case.findall("properties"):
            case.remove(properties)
    return root


def test_the_file_is_valid(behave, unlearned, xsd, mode: str):
    behave.suite()
    behave.fill()
    behave.run("--junitxml=junit.xml", "--behavtest-json=out.json", b=unlearned, mode=mode)
    xsd.validate(without_properties(behave.path / "junit.xml"))
    wrong = [str(error.path) for error in xsd.iter_errors(behave.path / "junit.xml")]
    assert len(wrong) == 3
    assert all("testcase" in path for path in wrong)


def test_hostile_texts_keep_it_valid(behave, xsd):
    """An error's message has what the scorer saw in it; pairs have prompts and answers."""
    attack = "".join(text[:300] for name, text in HOSTILE.items() if name != "surrogate")
    behave.pytester.makepyfile(
        f"""
        import pytest

        ATTACK = {attack!a} + "\\n::error::x ##[error]y"

        @pytest.mark.behavior(prompts=[ATTACK[:90]], expect={{"at_least": 0.9}}, max_new_tokens=2)
        def test_fails(completion):
            return 0.0

        @pytest.mark.behavior(prompts=["Hi!"], expect={{"at_least": 0.5}}, max_new_tokens=2)
        def test_breaks(completion):
            raise ValueError(ATTACK)
        """
    )
    result = behave.run("--junitxml=junit.xml", "--behavtest-max-pairs=40")
    root = without_properties(behave.path / "junit.xml")
    xsd.validate(root)
    (error,) = root.findall(".//error")
    assert "\\x9b" in error.text
    assert "<script>alert(1)</script>" in root.find(".//failure").text
    # Nor does any of it act on the terminal, or on a runner that reads the log.
    text = result.stdout.str()
    assert "\x1b" not in text
    assert "\n::error" not in text
    assert "##[error]" not in text
