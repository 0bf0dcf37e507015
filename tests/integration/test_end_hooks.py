"""Hooks at a run's end: sections for the report, a notification; neither can lose the run."""

from __future__ import annotations

import json

import pytest

PLUGIN = """
import os
from pathlib import Path
from behavtest.core import ReportSection, Table

def pytest_behavtest_report_sections(result):
    rows = tuple((one.behavior, one.pairs) for one in result.behaviors)
    example = result.behaviors[0].examples[0].target.text_a
    return [ReportSection("<b>Effort</b>", (example,), (Table(("behavior", "pairs"), rows),), "brief <i>")]

def pytest_behavtest_finished(result, config):
    told = [one.verdict for one in result.behaviors], len(result.sections), result.audit is not None
    with (config.rootpath / "told.txt").open("a") as file:
        file.write(f"{told} {os.getpid()}\\n")
"""

SUITE = """
behaviors:
  - {id: brief, prompts: [Hello!], score: {length: {at_most: 40}}, max_new_tokens: 4, expect: {at_least: 0.5}}
"""


@pytest.fixture
def run(behave):
    """Run the suite with a conftest."""

    def run(conftest: str, *arguments: str, mode: str = "plain"):
        behave.pytester.makeconftest(conftest)
        behave.suite(SUITE)
        return behave.run(
            "--behavtest-json=out.json", "--behavtest-report=out.html", *arguments, mode=mode
        )

    return run


def document(behave) -> dict:
    return json.loads((behave.path / "out.json").read_bytes())["run"]


def test_sections_and_the_notification(behave, run, mode):
    result = run(PLUGIN, mode=mode)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["<b>Effort</b>: brief <i>"])
    (section,) = document(behave)["sections"]
    assert section["title"] == "<b>Effort</b>"
    assert section["tables"][0]["rows"] == [["brief", 32]]
    page = (behave.path / "out.html").read_text()
    assert "&lt;b&gt;Effort&lt;/b&gt;</h2>" in page
    assert "<b>Effort" not in page
    # once, whichever process ran it, and with the sections
    (told,) = (behave.path / "told.txt").read_text().splitlines()
    assert told.startswith("(['holds'], 1, False)")


def test_the_notification_comes_after_an_audit(behave, run):
    run(PLUGIN, "--behavtest-audit=0.1").assert_outcomes(passed=1)
    assert (behave.path / "told.txt").read_text().startswith("(['holds'], 1, True)")


@pytest.mark.parametrize(
    ("body", "warning"),
    [
        ("raise OSError('no route')", "plugin *conftest.py': HOOK raised OSError: no route"),
        ("import pytest; pytest.fail('no')", "plugin *conftest.py': HOOK raised Failed: no"),
    ],
)
def test_a_plugin_that_raises_is_a_warning_that_names_it(behave, run, body, warning):
    hooks = ("pytest_behavtest_report_sections", "pytest_behavtest_finished")
    result = run("\n".join(f"def {hook}(result):\n    {body}" for hook in hooks), "-Werror")
    result.assert_outcomes(passed=1, warnings=2)
    result.stdout.fnmatch_lines([f"*{warning.replace('HOOK', hook)}" for hook in hooks])
    assert document(behave)["sections"] == []


def test_it_is_a_warning_of_a_worker_too(run):
    body = "def pytest_behavtest_finished():\n    raise OSError('no route')"
    result = run(body, mode="n2")
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*pytest_behavtest_finished raised OSError: no route"])


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        ("'text'", "expected a list of ReportSection, found a str"),
        ("[{'title': 'x'}]", "expected a ReportSection, found a dict"),
        ("[ReportSection(title='x', paragraphs=(Markup('<b>'), 3))]", "Expected `str`, got `int`*"),
        ("[ReportSection('x', (object(),))]", "expected text or a number, found a object"),
        ("[ReportSection('x', tables=(Table(('a',), ((None,),)),))]", "Expected `*`, got `null`*"),
        ("[ReportSection('x', tables=(Table(('a',), ((float('nan'),),)),))]", "a cell is NaN*"),
    ],
)
def test_what_is_no_section_is_left_out_with_a_warning(behave, run, returned, message):
    result = run(
        "from behavtest.core import ReportSection, Table\nfrom markupsafe import Markup\n"
        f"def pytest_behavtest_report_sections():\n    return {returned}\n"
    )
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines([f"*plugin *conftest.py*{message}"])
    assert document(behave)["sections"] == []


def test_markup_is_text_whatever_it_claims(behave, run):
    run(
        "from behavtest.core import ReportSection, Table\nfrom markupsafe import Markup\n"
        "import numpy as np\n"
        "def pytest_behavtest_report_sections():\n"
        "    return [ReportSection(Markup('<script>'), (Markup('<b>bold</b>'),),\n"
        "        (Table((Markup('<i>'), 'n'), ((Markup('<u>'), np.float32(0.5)),)),))]\n"
    ).assert_outcomes(passed=1)
    page = (behave.path / "out.html").read_text()
    assert page.count("<script>") == 1  # the page's own
    for text in ("&lt;script&gt;", "&lt;b&gt;bold&lt;/b&gt;", "&lt;i&gt;", "&lt;u&gt;"):
        assert text in page
    assert document(behave)["sections"][0]["tables"][0]["rows"] == [["<u>", 0.5]]
