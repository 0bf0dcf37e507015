"""The examples of docs/scorers.md load, and its tables are those of the code."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent

import pytest

from behavtest.scoring import builtin_registry
from behavtest.scoring.code.catalog import PATTERNS
from behavtest.scoring.language import USUAL
from behavtest.suite import load_suite

_PAGE = (Path(__file__).parents[2] / "docs" / "scorers.md").read_text(encoding="utf-8")
_EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", _PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("example", _EXAMPLES, ids=lambda example: example.splitlines()[0])
def test_examples_load(example: str, tmp_path: Path) -> None:
    file = tmp_path / "page.behav.yaml"
    file.write_text(f"behaviors:\n{indent(example, '  ')}", encoding="utf-8")
    assert load_suite(file, scorers=builtin_registry()).behaviors


def test_every_scorer_is_on_the_page() -> None:
    for name in builtin_registry().names:
        assert f"`{name}`" in _PAGE, name


def test_every_pattern_is_on_the_page_with_its_weakness() -> None:
    for pattern in PATTERNS.values():
        row = f"| `{pattern.name}` | {pattern.what} |"
        if pattern.cwe:
            row += (
                f" [CWE-{pattern.cwe}](https://cwe.mitre.org/data/definitions/{pattern.cwe}.html) |"
            )
        assert row in _PAGE


def test_the_number_of_usual_languages_is_the_real_one() -> None:
    assert f"among {len(USUAL)} widely" in _PAGE
