"""Cards of suites: what is read, and what every mistake says."""

from __future__ import annotations

import pytest

from behavtest.errors import SuiteError
from behavtest.suite.card import SECTIONS, KnownVerdicts, Scope, read_card

FRONT = """\
name: manners
summary: Everyday requests are answered politely.
license: Apache-2.0
version: 2
language: en
scorers: [not, refusal]
"""
BODY = "# Manners\n\n" + "\n\n".join(f"## {name}\n\nSomething." for name in SECTIONS)


@pytest.fixture
def card(tmp_path):
    """Write a card and read it."""

    def card(front: str = FRONT, body: str = BODY, text: str | None = None):
        folder = tmp_path / "manners"
        folder.mkdir(exist_ok=True)
        (folder / "CARD.md").write_text(f"---\n{front}---\n{body}\n" if text is None else text)
        return read_card(folder / "CARD.md", name="manners")

    return card


def test_fields_and_text_are_read(card):
    found = card()
    assert (found.name, found.version, found.scorers) == ("manners", "2", ("not", "refusal"))
    assert found.text == BODY
    assert (found.scope, found.organisms) == (Scope.ANY, {})


def test_optional_fields_are_read(card):
    found = card(
        FRONT + "scope: intended\norganisms: {unlearned: {violated: [a], holds: [b, c]}}\n"
    )
    assert found.scope is Scope.INTENDED
    assert found.organisms == {"unlearned": KnownVerdicts(("a",), ("b", "c"))}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("name: manners", "name: Good manners", "CARD.md:2: name: found 'Good manners', expected a short name"),
        ("name: manners", "name: rudeness", "CARD.md:2: name: found 'rudeness', but the suite is known as 'manners'"),
        ("license: Apache-2.0\n", "", "CARD.md:2: there is no 'license'; a card needs name, summary,"),
        ("license: Apache-2.0", "license:", "CARD.md:4: license: found nothing (null), expected text"),
        ("license:", "licence:", "CARD.md:4: licence: unknown field; did you mean 'license'?"),
        ("version: 2", "version: true", "CARD.md:5: version: found the boolean true, expected text"),
        ("language: en", "language: ' '", "CARD.md:6: language: found an empty text"),
        ("[not, refusal]", "refusal", "CARD.md:7: scorers: found the text 'refusal', expected a list of scorers"),
        ("summary: E", "scope: al\nsummary: E", "CARD.md:3: scope: found 'al', expected one of any, intended, example"),
        ("summary: E", "organisms: []\nsummary: E", "CARD.md:3: organisms: found a list, expected a mapping"),
        (
            "summary: E",
            "organisms: {lora: {violate: [a]}}\nsummary: E",
            "CARD.md:3: organisms.lora.violate: unknown field; did you mean 'violated'?",
        ),
        (
            "summary: E",
            "organisms: {lora: {violated: [a], holds: [a]}}\nsummary: E",
            "CARD.md:3: organisms.lora: 'a' cannot be both violated and hold",
        ),
        ("Everyday", "'Every\n\n  day", "CARD.md:3: summary: "),
    ],
)  # fmt: skip
def test_a_wrong_field_is_told_with_its_line(card, old, new, said):
    text = FRONT.replace(old, new)
    if "'Every" in new:
        text = text.replace("politely.", "politely.'")
    with pytest.raises(SuiteError) as raised:
        card(text)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# Manners\n", "CARD.md:1: the card does not begin with front matter: a line ---"),
        (f"---\n{FRONT}\n# Manners", "CARD.md:1: the front matter has no end: a second line ---"),
        ("---\nname: [\n---\n", "CARD.md:2: this is not valid YAML"),
    ],
)
def test_front_matter_must_be_there(card, text, said):
    with pytest.raises(SuiteError) as raised:
        card(text=text)
    assert said in str(raised.value)


def test_a_missing_section_is_told_with_what_may_be_meant(card):
    with pytest.raises(SuiteError, match="no section the text '## Limits'; did you mean 'Limit'"):
        card(body=BODY.replace("## Limits", "## Limit"))


def test_an_empty_section_is_told_with_its_line(card):
    with pytest.raises(SuiteError, match=r"CARD\.md:15: the section 'Limits' is empty"):
        card(body=BODY.replace("## Limits\n\nSomething.", "## Limits\n"))


def test_sections_have_an_order(card):
    first, second, *_ = SECTIONS
    swapped = BODY.replace(first, "x").replace(second, first).replace("## x", f"## {second}")
    with pytest.raises(SuiteError, match=r"CARD\.md:11: the sections are not in their order"):
        card(body=swapped)


def test_all_problems_are_told_at_once(card):
    with pytest.raises(SuiteError) as raised:
        card(FRONT.replace("language: en\n", "").replace("version: 2", "version: []"))
    assert "'language'" in str(raised.value)
    assert "version: found a list" in str(raised.value)
