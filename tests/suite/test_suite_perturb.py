"""``contrast: {perturb: …}``: the baseline is the prompt, the target is the perturbed one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from behavtest.core import Completion
from behavtest.errors import SuiteError
from behavtest.experiment.schedule import Schedule
from behavtest.scoring import builtin_registry
from behavtest.suite import PromptSet, Source, Suite, behavior_from_mark, load_suite
from behavtest.suite.perturbations import PerturbationRegistry
from behavtest.suite.perturbations.base import Named

Load = Callable[[str], Suite]

_HERE = Source("s.behav.yaml", 1)
_LETTERS = "[a, b, c, d, e, f, g, h, i, j]"


def _suite(contrast: str, **fields: str) -> str:
    every = {"id": "a", "contrast": contrast, "score": "refusal", "expect": "not_worse", **fields}
    return "behaviors:\n  - " + "\n    ".join(f"{k}: {v}" for k, v in every.items()) + "\n"


def _population(load: Load, contrast: str, **fields: str) -> PromptSet:
    (behavior,) = load(_suite(contrast, **fields)).behaviors
    return behavior.prompts


def _texts(population: PromptSet) -> list[tuple[str, str]]:
    cases = [population[index] for index in range(len(population))]
    assert all(case.baseline is not None for case in cases)
    return [
        (case.target.messages[-1].content, case.baseline.messages[-1].content)
        for case in cases
        if case.baseline is not None
    ]


def test_rows(load: Load) -> None:
    population = _population(load, "{perturb: {casing: lower}}", prompts="capitals.jsonl")
    assert population.contrast
    assert _texts(population) == [
        ("capital of france?", "Capital of France?"),
        ("capital of peru?", "Capital of Peru?"),
    ]
    assert [population[n].target.fields["answer"] for n in range(2)] == ["Paris", "Lima"]
    assert population.remark == ""


@pytest.mark.parametrize(
    "fields",
    [
        {"template": "'Is {{ x }} {{ y }}?'", "variables": "{x: [Rome, Bonn], y: [big, old]}"},
        {"template": "'Is {{ x }} {{ y }}?'", "prompts": "[{x: Rome, y: big}, {x: Bonn, y: old}]"},
        {
            "messages": "[{role: user, content: Hi}, {role: assistant, content: Hi}, {role: user, content: 'Is {{ x }}?'}]",
            "variables": "{x: [Rome, Bonn]}",
        },
    ],
)
def test_templates(load: Load, fields: dict[str, str]) -> None:
    population = _population(load, "{perturb: {casing: upper}}", system="Be {{ x }}.", **fields)
    for index in range(len(population)):
        case = population[index]
        assert case.baseline is not None
        *before, last = case.target.messages
        assert tuple(before) == case.baseline.messages[:-1], "only the last message changes"
        assert last.content == case.baseline.messages[-1].content.upper()
        assert case.target.fields == case.baseline.fields


def test_a_list_is_applied_in_order(load: Load) -> None:
    contrast = "{perturb: [{distractors: {sentences: It rains., where: after}}, {casing: upper}]}"
    population = _population(load, contrast, prompts="[Hello!]")
    assert _texts(population) == [("HELLO! IT RAINS.", "Hello!")]


def test_what_is_kept_stays(load: Load) -> None:
    population = _population(
        load,
        "{perturb: {casing: upper}, keep: [answer, place.name, wrong]}",
        prompts="[{prompt: 'Is it Lima, Rom or 12 in Oslo, Limaland?', answer: Lima, place: {name: Oslo}, wrong: [Rom, 12]}]",
    )
    assert _texts(population)[0][0] == "IS IT Lima, Rom OR 12 IN Oslo, LIMALAND?"


def test_what_does_not_change_is_left_out_and_counted(load: Load) -> None:
    population = _population(
        load, "{perturb: contractions}", prompts="[I don't know., Hello., You can't., Bye.]"
    )
    assert _texts(population) == [
        ("I do not know.", "I don't know."),
        ("You cannot.", "You can't."),
    ]
    assert population.remark == (
        "2 of 4 left out, since contractions(either) leaves them as they are"
    )
    template = _population(
        load,
        "{perturb: names}",
        template="'{{ name }}: {{ n }}'",
        variables=f"{{name: [Emily, Nobody], n: {_LETTERS}}}",
    )
    assert len(template) == 10
    assert template.remark == "10 of 20 left out, since names leaves them as they are"


_LARGE = {
    "template": "'{{ name }} {{ a }}{{ b }}{{ c }}'",
    "variables": f"{{name: [Emily, Nobody, Someone], a: {_LETTERS}, b: {_LETTERS}, c: {_LETTERS}}}",
}


def test_of_a_large_template_what_does_not_change_is_replaced(load: Load) -> None:
    population = _population(load, "{perturb: names}", **_LARGE)
    assert len(population) == 3_000
    texts = _texts(population)
    assert all(target != baseline for target, baseline in texts)
    assert all(baseline.startswith("Emily") for _, baseline in texts)
    assert population.remark.startswith("about 6")
    assert population.remark.endswith(
        "% of the combinations, which names leaves as they are, replaced by others"
    )
    # each of the 1,000 that change is there once, and 2 more times on average: no favorites
    counts = [sum(baseline == one for _, baseline in texts) for one in {b for _, b in texts}]
    assert len(counts) == 1_000
    assert max(counts) < 12
    assert texts == _texts(_population(load, "{perturb: names}", **_LARGE))


def test_a_huge_template_is_as_cheap_as_a_small_one(load: Load) -> None:
    names = [f"v{number}" for number in range(15)]
    population = _population(
        load,
        "{perturb: {typos: 0.1}}",
        template="'Explain " + " ".join(f"{{{{ {name} }}}}" for name in names) + ".'",
        variables="{" + ", ".join(f"{name}: {_LETTERS}" for name in names) + "}",
    )
    assert len(population) == 10**15
    draws = Schedule(population, seed=1, without_replacement=True).take(5)
    for draw in draws:
        assert draw.case.baseline is not None
        assert draw.case.target.messages != draw.case.baseline.messages
    assert population[-1] == population[10**15 - 1]


def test_digests_tell_perturbations_apart(load: Load) -> None:
    digests = [
        _population(load, contrast, **fields).digest
        for fields in ({"prompts": "capitals.jsonl"}, _LARGE)
        for contrast in (
            "{perturb: {casing: upper}}",
            "{perturb: {casing: lower}}",
            "{perturb: [{casing: lower}, typos]}",
        )
    ]
    assert len(set(digests)) == len(digests)


def test_code_that_changes_makes_another_population(load: Load) -> None:
    def digest(suffix: str) -> str:
        registry = PerturbationRegistry(
            {"mine": lambda _arguments: Named("mine", lambda text, _random: text + suffix)}
        )
        load("behaviors: [{id: a, prompts: [Hi], score: json, expect: not_worse}]")
        Path("t.behav.yaml").write_text(_suite("{perturb: mine}", **_LARGE))
        suite = load_suite(Path("t.behav.yaml"), scorers=builtin_registry(), perturbations=registry)
        return suite.behaviors[0].prompts.digest

    assert digest("!") != digest("?")


class _Function:
    name = "test_it"

    def __call__(self, completion: Completion, /) -> float:
        return 1.0


def test_a_mark_says_the_same_as_a_suite(load: Load) -> None:
    of_suite = _population(load, "{perturb: [typos, {casing: title}]}", prompts="capitals.jsonl")
    of_mark = behavior_from_mark(
        {
            "prompts": "capitals.jsonl",
            "contrast": {"perturb": ["typos", {"casing": "title"}]},
            "expect": "not_higher",
            "relation": "invariance",
        },
        id="a",
        suite="s",
        source=_HERE,
        folder=Path(),
        scorer=_Function(),
    )
    assert of_mark.prompts.digest == of_suite.digest


@pytest.mark.parametrize(
    ("contrast", "fields", "where", "message"),
    [
        (
            "{perturb: typoes}",
            {"prompts": "[Hi]"},
            "3: behaviors[0].contrast.perturb",
            "there is no perturbation 'typoes'; did you mean 'typos'? (perturbations: casing,",
        ),
        (
            "{perturb: [typos, {casing: uper}]}",
            {"prompts": "[Hi]"},
            "3: behaviors[0].contrast.perturb[1].casing",
            "casing: to: found the text 'uper', expected one of upper, lower, title, random; did you mean 'upper'?",
        ),
        (
            "{perturb: {typos: {rate: 0.7}}}",
            {"prompts": "[Hi]"},
            "3: behaviors[0].contrast.perturb.typos",
            "typos: rate: found the number 0.7, expected one above 0 and at most 0.5",
        ),
        (
            "{perturb: []}",
            {"prompts": "[Hi]"},
            "3: behaviors[0].contrast.perturb",
            "found an empty list, expected at least one perturbation",
        ),
        (
            "{perturb: null}",
            {"prompts": "[Hi]"},
            "3: behaviors[0].contrast.perturb",
            "found nothing (null), expected the name of a perturbation or {name: arguments}",
        ),
        (
            "{perturb: typos, match_on: id}",
            {"prompts": "[Hi]"},
            "3: behaviors[0].contrast.match_on",
            "unknown field (fields: perturb, keep)",
        ),
        (
            "{purturb: typos}",
            {"prompts": "[Hi]"},
            "3: behaviors[0].contrast.purturb",
            "unknown field; did you mean 'perturb'? (fields: target, baseline, match_on, perturb, keep)",
        ),
        (
            "{perturb: typos}",
            {},
            "3: behaviors[0].contrast",
            "there is nothing to perturb; write prompts or a template beside the contrast",
        ),
        (
            "{perturb: typos}",
            {"template": "a", "messages": "b"},
            "3: behaviors[0].contrast",
            "found template, messages, contrast together, expected one of prompts, template, contrast",
        ),
        (
            "{perturb: typos, keep: answr}",
            {"prompts": "capitals.jsonl"},
            "3: behaviors[0].contrast.keep",
            "there is no field 'answr' to keep; did you mean 'answer'? (fields: prompt, answer, id)",
        ),
        (
            "{perturb: typos, keep: [answer, 3]}",
            {"prompts": "capitals.jsonl"},
            "3: behaviors[0].contrast.keep[1]",
            "found the number 3, expected text",
        ),
        (
            "{perturb: typos, keep: {answer: 1}}",
            {"prompts": "capitals.jsonl"},
            "3: behaviors[0].contrast.keep",
            "found a mapping, expected a list of fields",
        ),
        (
            "{perturb: typos, keep: x}",
            {"prompts": "[{prompt: Hello, x: true}]"},
            "3: behaviors[0].contrast.keep",
            "the field 'x' is the boolean true, expected text or a number",
        ),
        (
            "{perturb: contractions}",
            {"prompts": "[Hello., Bye.]"},
            "3: behaviors[0].contrast.perturb",
            "contractions(either) leaves all 2 prompts as they are ('Hello.', …); there is nothing to compare",
        ),
        (
            "{perturb: names}",
            {**_LARGE, "variables": _LARGE["variables"].replace("Emily", "Noone")},
            "3: behaviors[0].contrast.perturb",
            "names leaves 100% of the prompts as they are; nothing would be compared in those",
        ),
        (
            "{perturb: typos}",
            {"prompts": "[Hello]", "score": "{contains: '{{ z }}'}"},
            "4: behaviors[0].score",
            "contains: the template uses 'z', which is not a field here",
        ),
        (
            "{perturb: names}",
            {**_LARGE, "score": "{contains: '{{ z }}'}"},
            "4: behaviors[0].score",
            "contains: the template uses 'z', which is not a field here",
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


def _raises(text: str, random: Random) -> str:
    raise KeyError(text)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (_raises, "mine raised KeyError on 'Hi': 'Hi'"),
        (lambda _text, _random: " ", "mine made an empty text of 'Hi', expected text"),
        (lambda _text, _random: None, "mine made a NoneType of 'Hi', expected text"),
    ],
)
def test_a_plugins_mistake_is_told_with_its_name(
    load: Load, code: Callable[[str, Random], str], message: str
) -> None:
    load("behaviors: [{id: a, prompts: [Hi], score: json, expect: not_worse}]")
    Path("t.behav.yaml").write_text(_suite("{perturb: mine}", prompts="[Hi]"))
    registry = PerturbationRegistry({"mine": lambda _arguments: Named("mine", code)})
    with pytest.raises(SuiteError) as caught:
        load_suite(Path("t.behav.yaml"), scorers=builtin_registry(), perturbations=registry)
    assert str(caught.value) == f"t.behav.yaml:3: behaviors[0].contrast.perturb: {message}"


def test_a_case_in_which_what_is_kept_would_be_lost_is_left_out(load: Load) -> None:
    load("behaviors: [{id: a, prompts: [Hi], score: json, expect: not_worse}]")
    Path("t.behav.yaml").write_text(
        _suite(
            "{perturb: last_word, keep: answer}",
            prompts="[{prompt: Lima is big, answer: Lima}, {prompt: I like Lima, answer: Lima}]",
        )
    )
    shortened = Named("last_word", lambda text, _random: text.rpartition(" ")[0])
    registry = PerturbationRegistry({"last_word": lambda _arguments: shortened})
    suite = load_suite(Path("t.behav.yaml"), scorers=builtin_registry(), perturbations=registry)
    assert _texts(suite.behaviors[0].prompts) == [("Lima is", "Lima is big")]
