"""pytest-html's ``--html``: the pairs stand in its report too."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

from html_outline import outline


def shown(file: Path) -> dict[str, list[dict]]:
    """Read what pytest-html's script shows: node id -> its extras of every test."""
    page = file.read_text(encoding="utf-8")
    blob = json.loads(html.unescape(re.search(r'data-jsonblob="([^"]*)"', page)[1]))
    return {
        name: [extra for test in tests for extra in test["extras"]]
        for name, tests in blob["tests"].items()
    }


def test_pairs_are_in_it(behave, unlearned, mode: str):
    behave.suite()
    behave.fill()
    behave.run("--html=report.html", "--self-contained-html", b=unlearned, mode=mode)
    found = shown(behave.path / "report.html")
    assert set(found) == {f"manners.behav.yaml::{name}" for name in ("capitals", "polite", "brief")}
    (extra,) = found["manners.behav.yaml::capitals"]
    piece = outline(extra["content"])
    assert extra["format_type"] == "html"
    assert "Tell me the capital of" in piece.text
    assert "log-probability gap" in piece.text
    assert piece.all("del")


def test_without_it_nothing_is_added(behave, unlearned):
    behave.pytester.makeconftest(
        """
        def pytest_runtest_logreport(report):
            assert not getattr(report, "extras", [])
        """
    )
    behave.suite()
    behave.fill()
    behave.run(b=unlearned).assert_outcomes(passed=2, failed=1)
