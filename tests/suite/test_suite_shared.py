"""What behaviors share: versions, included files, defaults and named variables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from behavtest.errors import SuiteError
from behavtest.suite import Suite
from behavtest.suite.declared_tags import declared_tags

Load = Callable[[str], Suite]

_COMMON = """\
version: 3
description: What all suites of the project share.
defaults: {tolerance: 0.2, max_new_tokens: 7, tags: [shared]}
variables:
  country: [France, Peru]
  line: lines.txt
"""


def _write(**files: str) -> None:
    for name, text in files.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(f"{name}.yaml").write_text(dedent(text), encoding="utf-8")


def _asks(suite: Suite, place: int = 0) -> list[str]:
    prompts = suite.behaviors[place].prompts
    return [prompts[index].target.messages[-1].content for index in range(len(prompts))]


_BODY = """
behaviors:
  - {id: a, template: "Go to {{ country }}!", score: refusal, expect: not_worse}
"""


def test_defaults_and_variables_of_an_included_file(load: Load) -> None:
    """A behavior gets the included defaults, and those variables alone that it names."""
    _write(common=_COMMON)
    suite = load("include: [common.yaml]\n" + _BODY)
    (behavior,) = suite.behaviors
    assert _asks(suite) == ["Go to France!", "Go to Peru!"]
    assert behavior.expectation.margin == 0.2
    assert behavior.settings.max_new_tokens == 7
    assert behavior.tags == ("shared",)


def test_the_nearest_wins(load: Load) -> None:
    """The behavior's own come before the suite's, those before the later included file's."""
    _write(first=_COMMON, second="defaults: {tolerance: 0.3}\nvariables: {country: [Chad, Mali]}\n")
    suite = load("""
        include: [first.yaml, second.yaml]
        defaults: {max_new_tokens: 9, tags: [own]}
        variables: {city: [Lima]}
        behaviors:
          - {id: a, template: "{{ country }}", score: refusal, expect: not_worse}
          - {id: b, template: "{{ country }} {{ city }}", variables: {country: [Cuba]}, score: refusal,
             expect: not_worse, tolerance: 0.1}
        """)
    assert _asks(suite) == ["Chad", "Mali"]
    assert _asks(suite, 1) == ["Cuba Lima"]
    a, b = suite.behaviors
    assert (a.expectation.margin, b.expectation.margin) == (0.3, 0.1)
    assert a.settings.max_new_tokens == 9
    assert a.tags == ("own",)


def test_included_files_include(load: Load) -> None:
    """Paths are relative to the file they are written in; a file met twice is read once."""
    Path("deep").mkdir()
    Path("deep/words.txt").write_text("up\ndown\n")
    Path("deep/a.yaml").write_text("include: [b.yaml, ../c.yaml]\n")
    Path("deep/b.yaml").write_text("include: [../c.yaml]\nvariables: {way: words.txt}\n")
    Path("c.yaml").write_text("variables: {who: [I]}\n")
    suite = load("""
        include: [deep/a.yaml]
        behaviors:
          - {id: a, template: "{{ who }} go {{ way }}", score: refusal, expect: not_worse}
        """)
    assert _asks(suite) == ["I go up", "I go down"]


def test_the_system_message_names_variables_too(load: Load) -> None:
    _write(common=_COMMON)
    suite = load("""
        include: [common.yaml]
        behaviors:
          - {id: a, template: Hi, system: "You are in {{ country }}.", score: refusal, expect: not_worse}
        """)
    assert len(suite.behaviors[0].prompts) == 2


@pytest.mark.parametrize(
    ("written", "read"),
    [("2", "2"), ("1.25", "1.25"), ("2026-11-28", "2026-11-28"), ("'1.10'", "1.10")],
)
def test_versions_are_text_or_numbers(load: Load, written: str, read: str) -> None:
    suite = load(
        f"version: {written}\ndescription: Travel.\n" + _BODY.replace("{{ country }}", "x")
    )
    assert (suite.version, suite.description) == (read, "Travel.")
    assert suite.behaviors[0].suite_version == read


WRONG = [
    ("include: common.yaml", {}, 1, "include", "found the text 'common.yaml', expected a list of files: [common.yaml]"),
    ("include: []", {}, 1, "include", "found an empty list, expected at least one of files"),
    ("include: [3]", {}, 1, "include[0]", "found the number 3, expected text"),
    ("include: [comon.yaml]", {"common": _COMMON}, 1, "include[0]", "comon.yaml: there is no such file; did you mean 'common.yaml'?"),
    ("\ninclude: [no/c.yaml]", {}, 2, "include[0]", "no/c.yaml: there is no such file, nor a folder 'no'"),
    ("include: [s.behav.yaml]", {}, 1, "include[0]", "the files include each other in a circle: s.behav.yaml, which includes s.behav.yaml"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "files", "line", "field", "message"), WRONG)
def test_an_include_that_is_wrong(  # noqa: PLR0917 - a table's columns
    load: Load, text: str, files: dict[str, str], line: int, field: str, message: str
) -> None:
    _write(**files)
    with pytest.raises(SuiteError) as caught:
        load(text + "\n" + _BODY)
    error = caught.value
    assert (error.file, error.line, error.field) == ("s.behav.yaml", line, field)
    assert message in error.message
    assert "\n" not in str(error), "behaviors that lack what is included are not complained about"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("defalts: {}", "c.yaml:1: defalts: unknown field; did you mean 'defaults'? (fields: version, description, include, defaults, variables) (included at s.behav.yaml:1)"),
        ("behaviors: []", "c.yaml:1: behaviors: a file that is included gives defaults and variables and has no 'behaviors' (included at s.behav.yaml:1)"),
        ("suite: x", "c.yaml:1: suite: a file that is included gives defaults and variables and has no 'suite' (included at s.behav.yaml:1)"),
        ("- x", "c.yaml:1: found a list, expected a mapping"),
        ("x: [", "c.yaml:1: this is not valid YAML"),
        ("defaults: {top_p: 3}\nvariables: {x-y: [1]}", "c.yaml:1: defaults.top_p: top_p is 3.0"),
        ("defaults: {top_p: 3}\nvariables: {x-y: [1]}", "\nc.yaml:2: variables.x-y: found 'x-y', expected a name"),
        ("version: [1]", "c.yaml:1: version: found a list, expected text"),
        ("description: 3", "c.yaml:1: description: found the number 3, expected text"),
        ("variables: {w: words.txt}", "c.yaml:1: variables.w: words.txt: there is no such file"),
        ("include: [d.yaml]", "d.yaml:1: include[0]: the files include each other in a circle: s.behav.yaml, which includes c.yaml, which includes d.yaml, which includes c.yaml"),
    ],
)  # fmt: skip
def test_an_included_file_that_is_wrong(load: Load, text: str, message: str) -> None:
    _write(c=text, d="include: [c.yaml]\n")
    with pytest.raises(SuiteError) as caught:
        load("include: [c.yaml]\n" + _BODY)
    assert message in str(caught.value)


def test_files_without_end(load: Load) -> None:
    """A chain of files is bounded, as all that a hostile suite could blow up."""
    for number in range(120):
        Path(f"c{number}.yaml").write_text(f"include: [c{number + 1}.yaml]\n")
    Path("c120.yaml").write_text("version: 1\n")
    with pytest.raises(SuiteError, match="the suite includes more than 100 files"):
        load("include: [c0.yaml]\n" + _BODY)


def test_tags_are_known_before_a_suite_is_checked(tmp_path: Path) -> None:
    """What is wrong elsewhere in the file hides none of them."""
    (tmp_path / "c.yaml").write_text("defaults: {tags: [shared]}\n")
    suite = tmp_path / "s.behav.yaml"
    suite.write_text(
        "include: [c.yaml]\nbehaviors: [{id: a b, tags: [one, two]}, {tags: [no way]}, 3, {tags: [two]}]\n"
    )
    assert declared_tags(suite) == ("shared", "one", "two")
    suite.write_text("include: [d.yaml]\nbehaviors: [{tags: [one]}]\n")
    assert declared_tags(suite) == ("one",)
    for text in ("[", "- a", "behaviors: 3", ""):
        suite.write_text(text)
        assert declared_tags(suite) == ()
