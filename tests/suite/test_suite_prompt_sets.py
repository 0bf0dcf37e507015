"""Populations: templates count without expanding, and digests tell contents apart."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.core import Message, Prompt
from behavtest.errors import SuiteError
from behavtest.suite import Case, Source, Suite
from behavtest.suite.chat import read_turns
from behavtest.suite.contrast import matched_rows
from behavtest.suite.node import Node, from_python
from behavtest.suite.perturbations import builtin_perturbations
from behavtest.suite.prompt_sets import FixedPrompts, TemplatePrompts
from behavtest.suite.sources import builtin_sources
from behavtest.suite.surroundings import Surroundings

Load = Callable[[str], Suite]

_HERE = Source("s.behav.yaml", 1)
_WORDS = st.lists(st.text("abcdef", min_size=1), min_size=1, max_size=5)


def _template(source: str, variables: dict[str, list[str]]) -> TemplatePrompts:
    return TemplatePrompts(read_turns(Node(source, _HERE)), variables)


def _fixed(*texts: str, **fields: object) -> FixedPrompts:
    return FixedPrompts(tuple(Case(Prompt((Message("user", t),), fields)) for t in texts))


@given(st.dictionaries(st.sampled_from("abcd"), _WORDS))
def test_indices_cover_the_product_exactly(variables: dict[str, list[str]]) -> None:
    names = list(variables)
    source = "(" + "|".join(f"{{{{ {name} }}}}" for name in names) + ")"
    population = _template(source, variables)
    texts = [population[index].target.messages[0].content for index in range(len(population))]
    assert texts == [f"({'|'.join(chosen)})" for chosen in itertools.product(*variables.values())]
    assert population[-1] == population[len(population) - 1]
    assert list(population) == [population[index] for index in range(len(population))]


@pytest.mark.parametrize("index", [4, -5])
def test_indices_end(index: int) -> None:
    with pytest.raises(IndexError):
        _template("{{ a }}{{ b }}", {"a": ["x", "y"], "b": ["x", "y"]})[index]


def test_a_huge_template_is_counted_and_indexed_without_being_expanded() -> None:
    letters = list("abcdefghij")
    names = [f"v{number}" for number in range(18)]
    population = _template("".join(f"{{{{ {n} }}}}" for n in names), dict.fromkeys(names, letters))
    assert len(population) == 10**18
    digits = "123456789012345678"
    expected = "".join(letters[int(digit)] for digit in digits)
    assert population[int(digits)].target.messages[0].content == expected
    assert len(population.digest) == 64


@given(st.dictionaries(st.sampled_from("abcd"), _WORDS, min_size=1))
def test_the_diagonal_shows_every_value(variables: dict[str, list[str]]) -> None:
    population = _template("x", variables)
    shown = [population.diagonal(step).target.fields for step in range(population.widest)]
    for name, values in variables.items():
        assert {fields[name] for fields in shown} == set(values)


@given(st.lists(_WORDS, min_size=2, max_size=2))
def test_digests_of_lists_are_equal_iff_contents_are(pair: list[list[str]]) -> None:
    one, other = (_fixed(*texts) for texts in pair)
    assert (one.digest == other.digest) == (pair[0] == pair[1])


def test_digests_tell_every_part_apart() -> None:
    prompt = Prompt((Message("user", "a"),))
    populations = [
        _fixed("a"),
        _fixed("b"),
        _fixed("a", "a"),
        _fixed("a", answer="x"),
        _fixed("a", answer=1),
        _fixed("a", answer="1"),
        FixedPrompts((Case(prompt, prompt),)),
        FixedPrompts((Case(Prompt((Message("system", "a"),))),)),
        _template("a", {}),
        _template("{{ x }}", {"x": ["a"]}),
        _template("{{ x }}", {"x": ["a", "b"]}),
        _template("{{ x }}", {"x": ["b", "a"]}),
        _template("{{ x }} ", {"x": ["a"]}),
    ]
    digests = [population.digest for population in populations]
    assert len(set(digests)) == len(digests)
    assert _fixed("a", x=1, y=2).digest == _fixed("a", y=2, x=1).digest


@given(st.lists(_WORDS, min_size=2, max_size=2))
def test_what_is_asked_is_equal_iff_the_messages_are(pair: list[list[str]]) -> None:
    one, other = _fixed(*pair[0], answer="x"), _fixed(*pair[1], answer="y", wrong=[1])
    assert (one.asked == other.asked) == (pair[0] == pair[1])
    assert one.digest != other.digest


def test_digests_stay_the_same_across_versions() -> None:
    # stored with every run: a change here makes old runs look like other behaviors
    assert _fixed("a", answer="é").digest[:16] == "4831fccd8e6febfe"
    assert _template("{{ x }}", {"x": ["a"]}).digest[:16] == "4cab52c6a13bb465"


@given(st.permutations(range(6)), st.sets(st.integers(0, 5)), st.sets(st.integers(0, 5)))
def test_contrasts_match_each_key_with_itself(
    order: list[int], targets_off: set[int], baselines_off: set[int]
) -> None:
    targets = [{"prompt": f"t{key}", "k": key} for key in range(6) if key not in targets_off]
    baselines = [{"prompt": f"b{key}", "k": str(key)} for key in order if key not in baselines_off]
    contrast = from_python(
        {"target": targets, "baseline": baselines, "match_on": "k"}, Source("s.behav.yaml", 1)
    )
    around = Surroundings(Path(), builtin_sources(), builtin_perturbations())
    if targets_off != baselines_off or not targets or not baselines:
        with pytest.raises(SuiteError):
            matched_rows(contrast, around=around)
        return
    pairs = matched_rows(contrast, around=around)
    assert [pair.target.fields["k"] for pair in pairs] == [row["k"] for row in targets]
    assert all(str(p.target.fields["k"]) == p.baseline.fields["k"] for p in pairs)


def test_a_template_that_fails_later_names_its_place(load: Load) -> None:
    suite = load("""
        behaviors:
          - id: a
            template: "{{ 'x' if a == 'q' and b == 'q' and nothing else 'y' }}"
            variables: {a: [p, q], b: [q, p]}
            score: json
            expect: not_worse
        """)
    (behavior,) = suite.behaviors
    with pytest.raises(
        SuiteError, match=r"s.behav.yaml:4: behaviors\[0\]\.template: the template uses 'nothing'"
    ):
        behavior.prompts[2]
