"""Contrasts from templates: one set of values fills in both sides, and nothing is expanded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.core import Completion
from behavtest.errors import SuiteError
from behavtest.suite import Source, Suite, behavior_from_mark
from behavtest.suite.chat import read_turns
from behavtest.suite.node import Node
from behavtest.suite.prompt_sets import TemplatePrompts

Load = Callable[[str], Suite]

_HERE = Source("s.behav.yaml", 1)
_WORDS = st.lists(st.text("abcdef", min_size=1), min_size=1, max_size=4)
_SIDES = (
    "{target: {template: 'How do I make {{ x }}?'}, baseline: {template: 'Who sells {{ x }}?'}}"
)


def _turns(source: str):
    return read_turns(Node(source, _HERE))


def _contrast(target: str, baseline: str, variables: dict[str, list[str]]) -> TemplatePrompts:
    return TemplatePrompts(_turns(target), variables, None, _turns(baseline))


def _asked(prompt) -> list[str]:
    return [message.content for message in prompt.messages]


def _suite(contrast: str, **fields: str) -> str:
    every = {"id": "a", "contrast": contrast, "score": "refusal", "expect": "not_worse", **fields}
    return "behaviors:\n  - " + "\n    ".join(f"{k}: {v}" for k, v in every.items()) + "\n"


@given(st.dictionaries(st.sampled_from("abcd"), _WORDS, min_size=1))
def test_both_sides_are_filled_in_from_the_same_values(variables: dict[str, list[str]]) -> None:
    fields = "|".join(f"{{{{ {name} }}}}" for name in variables)
    population = _contrast(f"T {fields}", f"B {fields}", variables)
    assert population.contrast
    for case in population:
        assert case.baseline is not None
        (target,), (baseline,) = _asked(case.target), _asked(case.baseline)
        assert target.removeprefix("T ") == baseline.removeprefix("B ")
        assert case.target.fields == case.baseline.fields


def test_a_huge_contrast_is_counted_and_indexed_without_being_expanded() -> None:
    names = [f"v{number}" for number in range(15)]
    text = "".join(f"{{{{ {name} }}}}" for name in names)
    population = _contrast(text, f"not {text}", {name: list("0123456789") for name in names})
    assert len(population) == 10**15
    case = population[123456789012345]
    assert case.baseline is not None
    assert (_asked(case.target), _asked(case.baseline)) == (
        ["123456789012345"],
        ["not 123456789012345"],
    )


def test_the_digest_tells_the_sides_apart_and_stays() -> None:
    one = _contrast("{{ x }}", "not {{ x }}", {"x": ["a"]})
    others = [
        _contrast("not {{ x }}", "{{ x }}", {"x": ["a"]}),
        _contrast("{{ x }}", "no {{ x }}", {"x": ["a"]}),
        _contrast("{{ x }}", "not {{ x }}", {"x": ["b"]}),
        TemplatePrompts(_turns("{{ x }}"), {"x": ["a"]}),
    ]
    assert one.digest not in {other.digest for other in others}
    # stored with every run: a change here makes old runs look like other behaviors
    assert one.digest[:16] == "f636ccf9777530d9"


def test_variables_messages_and_a_system_message(load: Load) -> None:
    suite = load("""
        behaviors:
          - id: a
            contrast:
              target:
                messages:
                  - {role: user, content: "My name is {{ name }}."}
                  - {role: assistant, content: "Hello!"}
                  - {role: user, content: What is my name?}
              baseline: {template: "Whose name is {{ name }}?"}
            variables: {name: [Ann, Bob, Eve]}
            system: You know {{ name }}.
            score: {contains: "{{ name }}"}
            expect: not_worse
        """)
    prompts = suite.behaviors[0].prompts
    assert (len(prompts), prompts.contrast) == (3, True)
    case = prompts[1]
    assert case.baseline is not None
    assert _asked(case.target) == [
        "You know Bob.",
        "My name is Bob.",
        "Hello!",
        "What is my name?",
    ]
    assert _asked(case.baseline) == ["You know Bob.", "Whose name is Bob?"]


def test_rows_are_rendered_through_both(load: Load) -> None:
    suite = load(
        _suite(
            "{target: {template: '{{ prompt }} Now!'}, baseline: {template: '{{ prompt }}'}}",
            prompts="capitals.jsonl",
            score="{contains: '{{ answer }}'}",
        )
    )
    prompts = suite.behaviors[0].prompts
    assert [(_asked(c.target), _asked(c.baseline), c.target.fields["answer"]) for c in prompts] == [
        (["Capital of France? Now!"], ["Capital of France?"], "Paris"),
        (["Capital of Peru? Now!"], ["Capital of Peru?"], "Lima"),
    ]


class _Function:
    name = "test_it"

    def __call__(self, completion: Completion, /) -> float:
        return 1.0


def test_a_mark_says_the_same_as_a_suite(load: Load) -> None:
    of_suite = load(
        _suite(
            _SIDES, variables="{x: [a cake, a bomb]}", relation="invariance", expect="not_higher"
        )
    )
    of_mark = behavior_from_mark(
        {
            "contrast": {
                "target": {"template": "How do I make {{ x }}?"},
                "baseline": {"template": "Who sells {{ x }}?"},
            },
            "variables": {"x": ["a cake", "a bomb"]},
            "relation": "invariance",
            "expect": "not_higher",
        },
        id="a",
        suite="s",
        source=_HERE,
        folder=Path(),
        scorer=_Function(),
    )
    assert of_mark.prompts.digest == of_suite.behaviors[0].prompts.digest
    assert list(of_mark.prompts) == list(of_suite.behaviors[0].prompts)


@pytest.mark.parametrize(
    ("contrast", "fields", "where", "message"),
    [
        (
            "{target: {template: a}, baseline: harmless.csv}",
            {},
            "3: behaviors[0].contrast.baseline",
            "found the text 'harmless.csv', expected {template: …}: where one side is a template, both are",
        ),
        (
            "{target: [Hi], baseline: {template: a}}",
            {},
            "3: behaviors[0].contrast.target",
            "found a list, expected {template: …}",
        ),
        (
            "{target: {template: a}}",
            {},
            "3: behaviors[0].contrast",
            "the contrast has no 'baseline'; it needs target, baseline",
        ),
        (
            "{target: {template: a}, baseline: {template: b}, match_on: x}",
            {},
            "3: behaviors[0].contrast.match_on",
            "match_on is for rows; templates are matched by the values that fill both in",
        ),
        (
            "{target: {template: a}, baseline: {template: b}, perturbs: x}",
            {},
            "3: behaviors[0].contrast.perturbs",
            "unknown field",
        ),
        (
            "{target: {template: a}, baseline: {template: a}}",
            {},
            "3: behaviors[0].contrast.baseline",
            "the baseline says what the target says",
        ),
        (
            "{target: {template: a, messages: b}, baseline: {template: a}}",
            {},
            "3: behaviors[0].contrast.target",
            "a side has either a template or messages",
        ),
        (
            "{target: {}, baseline: {template: a}}",
            {},
            "3: behaviors[0].contrast.target",
            "a side has either a template or messages",
        ),
        (
            "{target: {tempate: a}, baseline: {template: a}}",
            {},
            "3: behaviors[0].contrast.target.tempate",
            "unknown field; did you mean 'template'? (fields: template, messages)",
        ),
        (
            "{target: {template: '{{ x'}, baseline: {template: a}}",
            {},
            "3: behaviors[0].contrast.target.template",
            "the template cannot be read",
        ),
        (
            "{target: {template: 3}, baseline: {template: a}}",
            {},
            "3: behaviors[0].contrast.target.template",
            "found the number 3, expected a list of messages {role, content}",
        ),
        (
            "{target: {template: a}, baseline: {messages: [{role: assistant, content: b}]}}",
            {},
            "3: behaviors[0].contrast.baseline.messages",
            "the last message is the assistant's; the model answers the user's",
        ),
        (
            "{target: {template: a}, baseline: {template: '{{ y }}'}}",
            {"variables": "{x: [1]}"},
            "3: behaviors[0].contrast.baseline.template",
            "the template uses 'y', which is not a field here",
        ),
        (
            "{target: {template: a}, baseline: {template: '{{ answr }}'}}",
            {"prompts": "capitals.jsonl"},
            "3: behaviors[0].contrast.baseline.template",
            "the template uses 'answr', which is not a field here; did you mean 'answer'?",
        ),
        (
            _SIDES,
            {"variables": "{x: [1]}", "score": "{contains: '{{ z }}'}"},
            "4: behaviors[0].score",
            "contains: the template uses 'z', which is not a field here",
        ),
        (
            _SIDES,
            {"variables": "{x: [1]}", "prompts": "[Hi]"},
            "6: behaviors[0].variables",
            "variables belong to a template without prompts; found prompts, contrast",
        ),
        (
            _SIDES,
            {"template": "a"},
            "3: behaviors[0].contrast",
            "found template, contrast together, expected one of prompts, template, contrast",
        ),
        (
            "{target: harmful.csv, baseline: harmless.csv, match_on: id}",
            {"variables": "{x: [1]}"},
            "6: behaviors[0].variables",
            "variables belong to a template without prompts; found contrast",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    load: Load, contrast: str, fields: dict[str, str], where: str, message: str
) -> None:
    with pytest.raises(SuiteError) as caught:
        load(_suite(contrast, **fields))
    assert str(caught.value).startswith(f"s.behav.yaml:{where}: {message}")
    assert "\n" not in str(caught.value), "one mistake is one line"
