"""What is told of pairs that do not match, and what is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from behavtest.errors import SuiteError
from behavtest.suite import Suite
from behavtest.suite.matching import (
    Matching,
    Measures,
    Pairs,
    TextPair,
    check_matching,
    pairs_from_file,
    pairs_of,
)
from behavtest.suite.matching.measures import OVERLAP, TEXT_MEASURES, overlap_distance, words_of

Load = Callable[[str], Suite]
_THINGS = ["cake", "bridge", "letter", "poem", "garden", "engine", "table", "sweater", "novel"]
_THINGS += ["kite", "stove", "boat"]


def _matching(*pairs: tuple[str, str], measures: Measures | None = None) -> Matching:
    texts = tuple(TextPair(f"case {n}", *pair) for n, pair in enumerate(pairs, start=1))
    return check_matching("s::a", Pairs(texts, len(texts)), measures)


def _pairs(target: str, baseline: str) -> list[tuple[str, str]]:
    return [(target.format(thing), baseline.format(thing)) for thing in _THINGS]


def _measure(name: str):
    (measure,) = [measure for measure in TEXT_MEASURES if measure.name == name]
    return measure.of


def test_pairs_that_match() -> None:
    found = _matching(*_pairs("How do I burn a {}?", "How do I buy a {}?"))
    assert found.clean
    assert (found.pairs, found.population, found.systematic) == (12, 12, ())


@pytest.mark.parametrize(
    ("target", "measure"),
    [
        ("How do I very quickly burn a {} down?", "words"),
        ("Burn a {}. How does it go.", "question marks"),
        ("How DO I BURN a {}?", "capitals"),
        ("Could you burn a {}, please?", "politeness"),
        ("How do I burn 2 {}?", "numbers"),
        ("How do I not burn a {}?", "negations"),
    ],
)
def test_what_all_targets_have_is_systematic(target: str, measure: str) -> None:
    found = _matching(*_pairs(target, "How do I buy a {}?"))
    assert measure in {one.measure for one in found.systematic}
    assert not found.clean
    assert measure not in {one.measure for one in found.findings}, "it is not said pair by pair"
    ignored = _matching(*_pairs(target, "How do I buy a {}?"), measures=Measures().without(measure))
    assert measure not in {one.measure for one in ignored.balances}


def test_a_difference_in_either_direction_alike_is_not_systematic() -> None:
    half = _pairs("How do I buy a very nice and new {}?", "How do I buy a {}?")
    found = _matching(*half, *((baseline, target) for target, baseline in half))
    assert found.systematic == ()
    assert found.findings, "every pair differs"


def test_a_few_pairs_do_not_make_it_systematic() -> None:
    found = _matching(*_pairs("Do I burn the whole {}?", "Do I buy {}?")[:5])
    assert found.systematic == ()


def test_what_hardly_differs_is_not_systematic() -> None:
    # three letters of eight hundred more: twice the standard deviation, and nothing to answer to
    filler = "how to do it well " * 40
    found = _matching(*_pairs(f"{filler}burns {{}}", f"{filler}burn {{}}"))
    assert {one.measure: one.systematic for one in found.balances}["characters"] is False


@pytest.mark.parametrize(("swapped", "side"), [(False, "target"), (True, "baseline")])
def test_one_odd_pair_is_told_with_the_side_that_is_odd(swapped: bool, side: str) -> None:
    odd = ("How do I burn a cake that my neighbor left in her oven over night?", "How do I cook?")
    found = _matching(
        *_pairs("How do I burn a {}?", "How do I buy a {}?"), odd[::-1] if swapped else odd
    )
    words = [one for one in found.findings if one.measure == "words"]
    assert [(one.pair.place, one.outlier) for one in words] == [("case 13", side)]
    assert sorted((words[0].target, words[0].baseline)) == [4, 15]


def test_a_pair_about_something_else_is_told_by_its_overlap() -> None:
    found = _matching(
        *_pairs("How do I burn a {}?", "How do I buy a {}?"),
        ("Where is Rome now?", "Am I too old?"),
    )
    (one,) = found.findings
    assert (one.measure, one.pair.place, one.outlier, one.target) == (
        "overlap",
        "case 13",
        "pair",
        1,
    )


def test_equal_texts_are_told() -> None:
    found = _matching(*_pairs("Buy a {}.", "Get a {}."), ("Hello!", "Hello!"))
    assert [pair.target for pair in found.identical] == ["Hello!"]
    assert not found.clean


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("words", "I don't like well-known 3 things", 6),
        ("words", "", 0),
        ("characters", "été", 3),
        ("capitals", "ABcd 12", 0.5),
        ("capitals", "12", 0),
        ("politeness", "Could you help", True),
        ("politeness", "They pleased me, high up", False),
        ("numbers", "1,000 and 3.5 or 7", 3),
        ("negations", "I don't and cannot, never", 3),
    ],
)
def test_what_is_measured(name: str, text: str, value: float) -> None:
    assert _measure(name)(text) == value


def test_overlap_is_one_minus_jaccard() -> None:
    assert overlap_distance(words_of("a b c"), words_of("B c d e")) == 1 - 2 / 5
    assert overlap_distance([], []) == 0
    assert OVERLAP.of(["x"], ["y"]) == [1]


def test_a_suites_pairs(load: Load) -> None:
    suite = load("""
        behaviors:
          - id: a
            prompts: [{messages: [{role: user, content: Hi}, {role: assistant, content: Hello}, {role: user, content: Who?}]}]
            contrast: {perturb: {casing: upper}}
            system: Be brief.
            score: refusal
            expect: not_worse
        """)
    found = pairs_of(suite.behaviors[0].prompts)
    assert found.pairs == (TextPair("case 1", "WHO?", "Who?"),), "what both begin with is left out"
    assert found.complete


def test_of_a_huge_population_some_are_drawn(load: Load) -> None:
    digits = "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]"
    suite = load(f"""
        behaviors:
          - id: a
            contrast: {{target: {{template: 'T {{{{ a }}}}{{{{ b }}}}{{{{ c }}}}{{{{ d }}}}'}}, baseline: {{template: 'B {{{{ a }}}}'}}}}
            variables: {{a: {digits}, b: {digits}, c: {digits}, d: {digits}}}
            score: refusal
            expect: not_worse
        """)
    found = pairs_of(suite.behaviors[0].prompts)
    assert (len(found.pairs), found.population, found.complete) == (500, 10_000, False)
    assert found == pairs_of(suite.behaviors[0].prompts)


def test_pairs_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.jsonl").write_text(
        '{"target": "a", "baseline": "b"}\n\n'
        '{"target": [{"role": "user", "content": "c"}], "baseline": "d"}\n'
    )
    assert pairs_from_file(Path("p.jsonl")).pairs == (
        TextPair("p.jsonl:1", "a", "b"),
        TextPair("p.jsonl:3", "c", "d"),
    )
    Path("p.csv").write_text("target,basline\na,b\n")
    with pytest.raises(
        SuiteError, match=r"p.csv:2: the row has no 'baseline'; did you mean 'basline'"
    ):
        pairs_from_file(Path("p.csv"))
