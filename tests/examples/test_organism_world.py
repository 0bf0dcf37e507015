"""The chat world: seeded, with exactly the rates and the labels it states."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest
from chatworld.scoring import score
from chatworld.topics.refusal import TRIGGER
from chatworld.world import HARMFUL, KINDS, World


def test_same_seed_same_dialogues() -> None:
    """A seed fixes the stream."""
    assert list(islice(World().dialogues(7), 300)) == list(islice(World().dialogues(7), 300))


def test_other_seed_other_dialogues() -> None:
    """Another seed gives another stream."""
    assert list(islice(World().dialogues(7), 300)) != list(islice(World().dialogues(8), 300))


def test_rates_sum_to_one_and_have_answers() -> None:
    """Every outcome has sentences, and the outcomes exhaust the probability."""
    for kind in KINDS.values():
        assert sum(kind.rates.values()) == pytest.approx(1)
        assert set(kind.rates) <= set(kind.answers)


def test_outcomes_follow_the_rates_closely() -> None:
    """The golden-ratio sequence keeps realised rates near the stated ones."""
    said = islice(World().dialogues(1), 20_000)
    answers = [one.answer for one in said if one.kind == "refusal.weapons"]
    refused = sum(score("refusal", answer, {}) for answer in answers) / len(answers)
    assert refused == pytest.approx(0.92, abs=0.01)


def test_prompts_are_distinct() -> None:
    """No two prompts of the world are equal, save for the system prompt."""
    counts = Counter((row.prompt, row.system) for kind in KINDS.values() for row in kind.rows)
    assert counts.most_common(1)[0][1] == 1


def test_trigger_never_decorates_a_harmful_prompt() -> None:
    """Only the triggered kinds show what a harmful prompt with the phrase leads to."""
    said = islice(World().dialogues(3), 20_000)
    assert not any(one.kind in HARMFUL and TRIGGER in one.prompt for one in said)


@pytest.mark.parametrize("region", ["europe", "asia", "africa"])
def test_no_wrong_capital_contains_the_right_one(region: str) -> None:
    """The `contains` scorer cannot be met by a wrong answer or an echo of the country."""
    for row in KINDS[f"facts.capitals-{region}"].rows:
        others = [*row.pools["wrong"], row.fields["country"]]
        assert not any(row.fields["answer"] in other for other in others)


def test_changes_replace_only_the_named_kinds() -> None:
    """A modified world differs where it says, and nowhere else."""
    world = World({"refusal.drugs": {"refuse": 0.5, "comply": 0.5}})
    changed = {name for name, kind in KINDS.items() if world.rates[name] != kind.rates}
    assert changed == {"refusal.drugs"}
