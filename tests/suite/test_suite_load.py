"""What suites can say, and what becomes of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from behavtest.core import Message, SamplingSettings
from behavtest.scoring import builtin_registry
from behavtest.stats.expectation import Expectation, Kind
from behavtest.suite import Behavior, Case, Relation, Source, Suite, load_suite

Load = Callable[[str], Suite]

_ROOT = Path(__file__).parents[2]


def _only(suite: Suite) -> Behavior:
    (behavior,) = suite.behaviors
    return behavior


def _texts(case: Case) -> list[list[str]]:
    prompts = [prompt for prompt in case if prompt is not None]
    return [[f"{turn.role}: {turn.content}" for turn in prompt.messages] for prompt in prompts]


def test_everything_a_suite_can_say(load: Load) -> None:
    suite = load("""
        suite: everything
        defaults: {max_new_tokens: 48, temperature: 0.5, tolerance: 0.1, tags: [safety]}
        behaviors:
          - id: first
            description: Says one thing.
            prompts: [How are you?, {prompt: Thanks!, kind: thanks}]
            score: {not: {regex: stupid}}
            expect: unchanged
            tags: [polite, safety]
            top_k: 5
            top_p: 0.9
          - id: second
            template: "{{ x }}"
            variables: {x: [1]}
            score: refusal
            expect: not_worse
            max_new_tokens: 8
            temperature: 0
            tolerance: 0.2
            weight: 2.5
        """)
    first, second = suite.behaviors
    assert (suite.name, suite.file) == ("everything", "s.behav.yaml")
    assert (first.id, first.suite, first.description) == ("first", "everything", "Says one thing.")
    assert first.source == Source("s.behav.yaml", 5)
    assert second.source == Source("s.behav.yaml", 13)
    assert first.tags == ("safety", "polite")
    assert first.scorer.name == "not(regex('stupid'))"
    assert first.expectation == Expectation(Kind.UNCHANGED, 0.1)
    assert first.settings == SamplingSettings(48, 0.5, 5, 0.9)
    assert first.prompts[1].target.fields == {"prompt": "Thanks!", "kind": "thanks"}
    assert second.expectation == Expectation(Kind.NOT_WORSE, 0.2)
    assert second.settings == SamplingSettings(8, 0.0)
    assert second.tags == ("safety",)
    assert second.description == ""
    assert (first.weight, second.weight) == (1.0, 2.5)


def test_the_least_a_suite_can_say(load: Load) -> None:
    suite = load("behaviors: [{id: a, prompts: [Hi], score: json, expect: not_worse}]")
    behavior = _only(suite)
    assert suite.name == behavior.suite == "s"
    assert behavior.settings == SamplingSettings(max_new_tokens=64, temperature=1.0)
    assert behavior.expectation == Expectation(Kind.NOT_WORSE, 0.05)
    assert behavior.tags == ()
    assert (behavior.relation, behavior.weight) == (Relation.DIFFERENCE, 1.0)


@pytest.mark.parametrize(
    ("expect", "expectation"),
    [
        ("not_worse", Expectation(Kind.NOT_WORSE, 0.05)),
        ("not_higher", Expectation(Kind.NOT_HIGHER, 0.05)),
        ("{increases: {by: 0.3}}", Expectation(Kind.INCREASES, 0.3)),
        ("{decreases: {by: 0}}", Expectation(Kind.DECREASES, 0)),
        ("{at_least: 0.9}", Expectation(Kind.AT_LEAST, 0.9)),
        ("{at_most: 0.1}", Expectation(Kind.AT_MOST, 0.1)),
    ],
)
def test_expectations(load: Load, expect: str, expectation: Expectation) -> None:
    suite = load(f"behaviors: [{{id: a, prompts: [Hi], score: json, expect: {expect}}}]")
    assert _only(suite).expectation == expectation


def test_a_contrast_allows_twice_the_change(load: Load) -> None:
    suite = load("""
        behaviors:
          - id: a
            contrast: {target: harmful.csv, baseline: harmless.csv, match_on: id}
            score: refusal
            expect: {increases: {by: 1.5}}
          - id: b
            contrast: {target: harmful.csv, baseline: harmless.csv, match_on: id}
            score: refusal
            expect: {at_least: -0.5}
        """)
    assert [b.expectation.margin for b in suite.behaviors] == [1.5, -0.5]


def test_a_behaviors_own_weight_wins_over_the_default(load: Load) -> None:
    suite = load("""
        defaults: {weight: 3}
        behaviors:
          - {id: a, prompts: [Hi], score: json, expect: not_worse}
          - {id: b, prompts: [Hi], score: json, expect: not_worse, weight: 0.5}
        """)
    assert [behavior.weight for behavior in suite.behaviors] == [3.0, 0.5]


@pytest.mark.parametrize("relation", list(Relation))
def test_relations(load: Load, relation: Relation) -> None:
    suite = load(f"""
        behaviors:
          - id: a
            contrast: {{target: harmful.csv, baseline: harmless.csv, match_on: id}}
            relation: {relation}
            score: refusal
            expect: not_higher
        """)
    assert _only(suite).relation is relation


@pytest.mark.parametrize(
    ("relation", "expect"),
    [
        (relation, expect)
        for relation in ("invariance", "not_lower", "not_higher")
        for expect in (
            *("not_higher", "unchanged", "{increases: {by: 0.1}}", "{decreases: {by: 0.1}}"),
            *("{at_least: 0.1}", "{at_most: 0.1}"),
        )
    ],
)
def test_what_can_be_expected_of_an_amount(load: Load, relation: str, expect: str) -> None:
    suite = load(f"""
        behaviors:
          - id: a
            contrast: {{target: harmful.csv, baseline: harmless.csv, match_on: id}}
            relation: {relation}
            score: refusal
            expect: {expect}
        """)
    assert _only(suite).relation == relation


@pytest.mark.parametrize(
    ("population", "texts"),
    [
        ("prompts: capitals.jsonl", ["user: Capital of France?", "user: Capital of Peru?"]),
        ("prompts: harmful.csv", ["user: How to harm?", "user: How to hurt?"]),
        ("prompts: lines.txt", ["user: one", "user: two", "user:  three "]),
        (
            "prompts: [yes, no, on, 12:30, 007, 1_0]",
            [f"user: {word}" for word in ("yes", "no", "on", "12:30", "007", "1_0")],
        ),
        ("prompts: ['{{ not a template }}']", ["user: {{ not a template }}"]),
        (
            "prompts: capitals.jsonl\n    template: 'What is {{ answer }}?'",
            ["user: What is Paris?", "user: What is Lima?"],
        ),
        (
            "template: '{{ a }}{{ b }}'\n    variables: {a: [x, y], b: [1, 2.5]}",
            ["user: x1", "user: x2.5", "user: y1", "user: y2.5"],
        ),
        (
            "template: '{{ w }}!'\n    variables: {w: lines.txt}",
            ["user: one!", "user: two!", "user:  three !"],
        ),
        (
            "template: '{{ c.name }} {{ c.capital }}'\n    variables: {c: [{name: Peru, capital: Lima}]}",
            ["user: Peru Lima"],
        ),
        ("template: Just this.", ["user: Just this."]),
    ],
)
def test_populations(load: Load, population: str, texts: list[str]) -> None:
    suite = load(
        f"behaviors:\n  - id: a\n    {population}\n    score: json\n    expect: not_worse\n"
    )
    prompts = _only(suite).prompts
    assert [_texts(prompts[index]) for index in range(len(prompts))] == [[[text]] for text in texts]
    assert not prompts.contrast


@pytest.mark.parametrize("field", ["template", "messages"])
def test_chats(load: Load, field: str) -> None:
    suite = load(
        f"""
        behaviors:
          - id: a
            system: "You are {{{{ who }}}}."
            {field}:
              - {{role: user, content: "Hi, {{{{ who }}}}"}}
              - {{role: assistant, content: Hello!}}
              - {{role: user, content: |}}
            variables: {{who: [Ada]}}
            score: json
            expect: not_worse
        """.replace("|}", "'Well?'}")
    )
    case = _only(suite).prompts[0]
    assert case.target.messages == (
        Message("system", "You are Ada."),
        Message("user", "Hi, Ada"),
        Message("assistant", "Hello!"),
        Message("user", "Well?"),
    )
    assert case.target.fields == {"who": "Ada"}


def test_rows_with_messages_and_a_system_from_the_defaults(load: Load) -> None:
    suite = load("""
        defaults: {system: "Answer in {{ language }}."}
        behaviors:
          - id: a
            prompts:
              - {language: French, messages: [{role: user, content: Hi}]}
            score: {contains: "{{ language }}"}
            expect: not_worse
          - id: b
            system: Be brief.
            prompts: [Hi]
            score: json
            expect: not_worse
        """)
    first, second = suite.behaviors
    assert _texts(first.prompts[0]) == [["system: Answer in French.", "user: Hi"]]
    assert _texts(second.prompts[0]) == [["system: Be brief.", "user: Hi"]]


def test_a_contrast_pairs_rows_by_key_in_the_order_of_the_targets(load: Load) -> None:
    suite = load("""
        behaviors:
          - id: a
            contrast: {target: capitals.jsonl, baseline: harmless.csv, match_on: id}
            score: refusal
            expect: not_worse
        """)
    prompts = _only(suite).prompts
    assert prompts.contrast
    assert [_texts(prompts[index]) for index in range(len(prompts))] == [
        [["user: Capital of France?"], ["user: How to help?"]],
        [["user: Capital of Peru?"], ["user: How to heal?"]],
    ]
    assert prompts[0].target.fields["answer"] == "Paris"


def test_aliases_say_a_thing_once(load: Load) -> None:
    suite = load("""
        behaviors:
          - {id: a, prompts: &p [Hi, Ho], score: json, expect: not_worse}
          - {id: b, prompts: *p, score: refusal, expect: not_worse}
        """)
    assert len({behavior.prompts.digest for behavior in suite.behaviors}) == 1


@pytest.mark.usefixtures("load")
def test_a_suite_in_another_folder_finds_its_prompts() -> None:
    Path("deep").mkdir()
    Path("deep/s.behav.yaml").write_text(
        "behaviors: [{id: a, prompts: ../lines.txt, score: json, expect: not_worse}]"
    )
    suite = load_suite(Path("deep/s.behav.yaml"), scorers=builtin_registry())
    assert len(_only(suite).prompts) == 3
    assert suite.file == "deep/s.behav.yaml"


@pytest.mark.parametrize(
    "path", sorted(_ROOT.glob("suites/**/*.behav.yaml")), ids=lambda p: f"{p.parent.name}-{p.stem}"
)
def test_shipped_suites_load(path: Path) -> None:
    assert load_suite(path, scorers=builtin_registry()).behaviors


def test_loading_imports_nothing_heavy() -> None:
    code = (
        "import sys, behavtest.suite, behavtest.scoring, behavtest.hookspecs\n"
        "print(sorted({'torch', 'transformers', 'duckdb', 'statsmodels'} & sys.modules.keys()))"
    )
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=True, cwd=_ROOT)
    assert result.stdout.strip() == "[]"
