"""A key holds everything that what it stands for is a function of, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from behavtest.core import NOISE_SCHEME, SamplingSettings
from behavtest.store import completion_key, likelihood_key

SETTINGS = SamplingSettings(max_new_tokens=8, temperature=0.5, top_k=3, top_p=0.9)
ASKED = {"fingerprint": "fp", "prompt_ids": (1, 2), "settings": SETTINGS, "seed": 5}


def test_the_key_is_the_same_in_every_process_and_version():
    """The literals guard every store out there: changing one orphans its completions.

    The first was another under the first noise scheme, where the same seed gave another answer.
    """
    assert completion_key(**ASKED) == "fc4419561a50e33f5e55345b43fa0d03"
    greedy = replace(SETTINGS, temperature=0)
    assert completion_key(**{**ASKED, "settings": greedy}) == "0b7afc75a357682a49493d4b35e76ebc"


def test_a_sampled_answer_belongs_to_its_noise_scheme_and_a_greedy_one_to_none(monkeypatch):
    before = [
        completion_key(**{**ASKED, "settings": replace(SETTINGS, temperature=temperature)})
        for temperature in (0.5, 0)
    ]
    monkeypatch.setattr("behavtest.store.keys.NOISE_SCHEME", NOISE_SCHEME + 1)
    after = [
        completion_key(**{**ASKED, "settings": replace(SETTINGS, temperature=temperature)})
        for temperature in (0.5, 0)
    ]
    assert [one == other for one, other in zip(before, after, strict=True)] == [False, True]


def test_everything_a_completion_depends_on_is_in_the_key():
    others = [
        {**ASKED, "fingerprint": "fq"},
        {**ASKED, "prompt_ids": (1, 3)},
        {**ASKED, "prompt_ids": (1,)},
        {**ASKED, "seed": 6},
        *(
            {**ASKED, "settings": replace(SETTINGS, **change)}
            for change in (
                {"max_new_tokens": 9},
                {"temperature": 0.6},
                {"temperature": 0.0},
                {"top_k": 4},
                {"top_p": 0.8},
            )
        ),
    ]
    keys = {completion_key(**other) for other in others}
    assert len(keys | {completion_key(**ASKED)}) == len(others) + 1


def test_under_greedy_decoding_the_seed_and_the_filters_do_not_matter():
    greedy = replace(SETTINGS, temperature=0)
    assert completion_key(**{**ASKED, "settings": greedy}) == completion_key(
        **{**ASKED, "settings": replace(greedy, top_k=0, top_p=1), "seed": 99}
    )


@given(st.lists(st.integers(0, 2**31 - 1), max_size=6), st.lists(st.integers(0, 9), max_size=6))
def test_different_prompts_have_different_keys(one, other):
    keys = {completion_key(**{**ASKED, "prompt_ids": tuple(ids)}) for ids in (one, other)}
    assert len(keys) == 1 + (one != other)


READ = {"fingerprint": "fp", "prompt_ids": (1, 2), "token_ids": (3, 4)}


def test_the_key_of_a_likelihood_is_the_same_in_every_process_and_version():
    """As above: the literal guards every store out there."""
    assert likelihood_key(**READ) == "37754b5df0f9d1552faaf116c039c174"


def test_everything_a_likelihood_depends_on_is_in_its_key():
    others = [
        {**READ, "fingerprint": "fq"},
        {**READ, "prompt_ids": (1, 3)},
        {**READ, "token_ids": (3,)},
        {**READ, "prompt_ids": (1,), "token_ids": (2, 3, 4)},
        {**READ, "prompt_ids": (1, 2, 3), "token_ids": (4,)},
    ]
    keys = {likelihood_key(**other) for other in others}
    assert len(keys | {likelihood_key(**READ)}) == len(others) + 1
