"""A completion's key holds everything it is a function of, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from behavtest.core import SamplingSettings
from behavtest.store import completion_key

SETTINGS = SamplingSettings(max_new_tokens=8, temperature=0.5, top_k=3, top_p=0.9)
ASKED = {"fingerprint": "fp", "prompt_ids": (1, 2), "settings": SETTINGS, "seed": 5}


def test_the_key_is_the_same_in_every_process_and_version():
    """The literal guards every store out there: changing it orphans all their completions."""
    assert completion_key(**ASKED) == "9e7a7c6a85b6aeeb930592a2a73cf34c"


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
