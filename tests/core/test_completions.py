"""Sampling settings refuse what cannot be meant."""

from __future__ import annotations

import pytest

from behavtest.core import SamplingSettings
from behavtest.errors import SettingsError


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("max_new_tokens", 0),
        ("temperature", -0.1),
        ("temperature", float("nan")),
        ("temperature", float("inf")),
        ("top_k", -1),
        ("top_p", 0),
        ("top_p", 1.1),
    ],
)
def test_out_of_range(field, value):
    with pytest.raises(SettingsError, match=field):
        SamplingSettings(**{field: value})


def test_settings_in_words():
    assert str(SamplingSettings(temperature=0)) == "greedy, at most 64 tokens"
    assert str(SamplingSettings(8, 0.5, 3, 0.9)) == (
        "temperature 0.5, top-k 3, top-p 0.9, at most 8 tokens"
    )


def test_what_is_greedy():
    assert SamplingSettings(temperature=0).greedy
    assert SamplingSettings(top_k=1).greedy
    assert not SamplingSettings(temperature=0.01).greedy
