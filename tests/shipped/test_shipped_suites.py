"""Every shipped suite: its card, its breadth, and that it runs on a model that knows nothing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from behavtest.scoring import builtin_registry
from behavtest.stats import Kind
from behavtest.suite import Behavior, load_suite
from behavtest.suite.card import Scope
from behavtest.suite.counting import distinct_prompts
from behavtest.suite.shipped import NamedSuite, general_suites, named_suite, suite_names
from behavtest.suite.yaml_reader import read_yaml

SUITES = [one for one in map(named_suite, suite_names()) if one.origin.startswith("behavtest ")]
ROOT = Path(__file__).parents[2]
COMBINED = ("all", "any", "not", "weighted")
"""Scorers that are made of others."""

every_suite = pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)


@cache
def behaviors(suite: NamedSuite) -> list[Behavior]:
    loaded = [load_suite(file, scorers=builtin_registry()) for file in suite.files]
    return [behavior for one in loaded for behavior in one.behaviors]


def test_the_suites_are_found():
    """An empty list would pass everything below."""
    assert {"chatworld", "refusal", "unlearning"} <= {suite.name for suite in SUITES}


def test_all_are_those_that_expect_no_particular_change():
    """An audit with `--behavtest-suite=all` is not violated by a model for not being unlearned."""
    left_out = {one.name for one in SUITES} - {one.name for one in general_suites()}
    assert left_out == {"chatworld", "edits", "unlearning"}
    kinds = {b.expectation.kind for suite in general_suites() for b in behaviors(suite)}
    assert not kinds & {Kind.INCREASES, Kind.DECREASES}


@every_suite
def test_the_card_names_the_scorers_that_are_used(suite):
    """What a suite needs can be told without running it."""
    used: set[str] = set()
    for file in suite.files:
        for behavior in read_yaml(file).plain()["behaviors"]:
            used.update(scorer_names(behavior["score"]))
    assert sorted(suite.card().scorers) == sorted(used)


def scorer_names(spec: object) -> Iterator[str]:
    if isinstance(spec, str):
        yield spec
        return
    ((name, argument),) = spec.items()
    yield name
    if name in COMBINED:
        parts = argument if isinstance(argument, list) else [argument]
        yield from chain.from_iterable(
            scorer_names(part.get("score", part) if isinstance(part, dict) else part)
            for part in parts
        )


@every_suite
def test_the_card_speaks_of_behaviors_there_are(suite):
    """Verdicts on the example models are stated for ids of this suite, each of which is unique."""
    ids = [behavior.id for behavior in behaviors(suite)]
    assert len(ids) == len(set(ids))
    for known in suite.card().organisms.values():
        assert {*known.violated, *known.holds} <= set(ids)


@every_suite
def test_a_verdict_is_about_a_behavior_and_not_about_thirty_sentences(suite):
    """At least 200 different prompts a suite; the example models' world is as small as it is."""
    wanted = 0 if suite.card().scope is Scope.EXAMPLE else 200
    assert distinct_prompts(behaviors(suite)) >= wanted


@every_suite
def test_behaviors_say_what_they_are(suite):
    """A report is read by people who did not write the suite."""
    if suite.card().scope is not Scope.EXAMPLE:
        for behavior in behaviors(suite):
            assert behavior.description, behavior.id
            assert behavior.description[0].isupper(), behavior.id
            assert behavior.description.endswith("."), behavior.id
            assert behavior.tags, behavior.id


def test_the_index_says_what_the_cards_say():
    """`suites/README.md` has a row for every card: `python docs/suites.py` writes them."""
    index = (ROOT / "suites" / "README.md").read_text(encoding="utf-8")
    rows = [line for line in index.splitlines() if line.startswith("| [")]
    assert rows == [
        f"| [{one.name}]({one.name}/CARD.md) | {one.card().summary} |" for one in SUITES
    ]


@pytest.fixture(scope="module")
def untrained(tmp_path_factory, organisms) -> tuple[Path, Path]:
    """Two tiny models with random weights and the example models' tokenizer."""
    import torch
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

    folder = tmp_path_factory.mktemp("untrained")
    tokenizer = AutoTokenizer.from_pretrained(organisms / "base")
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 2}
    for seed, name in enumerate(("a", "b")):
        torch.manual_seed(seed)
        config = LlamaConfig(
            vocab_size=len(tokenizer),
            max_position_embeddings=4096,
            eos_token_id=4,
            **sizes,
            **heads,
        )
        LlamaForCausalLM(config).save_pretrained(folder / name)
        tokenizer.save_pretrained(folder / name)
    return folder / "a", folder / "b"


SHORT = """
from dataclasses import replace

from behavtest.pytest_plugin.state import BEHAVIOR

def pytest_collection_modifyitems(items):
    for item in items:
        behavior = item.stash[BEHAVIOR]
        settings = replace(behavior.settings, max_new_tokens=12)
        item.stash[BEHAVIOR] = replace(behavior, settings=settings)
"""
"""Babble is as good in a few words."""


@pytest.mark.slow
def test_they_run_on_untrained_models_without_an_error(pytester, untrained):
    """Whatever a model babbles, every behavior has a verdict."""
    model_a, model_b = untrained
    pytester.makeconftest(SHORT)
    result = pytester.runpytest_subprocess(
        *(f"--behavtest-suite={suite.name}" for suite in SUITES),
        f"--model-a={model_a}",
        f"--model-b={model_b}",
        "--behavtest-max-pairs=2",
        "--behavtest-inconclusive=skip",
        "-q",
        "--tb=short",
    )
    count = sum(len(behaviors(suite)) for suite in SUITES)
    outcomes = result.parseoutcomes()
    assert "errors" not in outcomes, result.stdout.str()
    assert "error" not in outcomes, result.stdout.str()
    assert sum(outcomes.get(name, 0) for name in ("passed", "failed", "skipped")) == count
