"""Tokens that are no text by themselves have a name."""

from __future__ import annotations

import pytest

from behavtest.models.token_name import token_name


@pytest.mark.parametrize(
    ("piece", "name"),
    [
        ("<0xF0>", "<0xF0>"),
        ("<|im_end|>", "<|im_end|>"),
        ("▁the", "▁the"),
        ("ðŁĺ", r"\xf0\x9f\x98"),
        ("Ģ", r"\x80"),
        ("Ġx", "Ġx"),
        ("", "token 7"),
        (None, "token 7"),
    ],
)
def test_name(piece, name):
    assert token_name(piece, 7) == name
