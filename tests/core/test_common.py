"""What sequences begin with alike."""

from __future__ import annotations

import pytest

from behavtest.core import common_length


@pytest.mark.parametrize(
    ("one", "other", "length"),
    [
        ("", "", 0),
        ("", "a", 0),
        ("a", "", 0),
        ("ab", "abc", 2),
        ("abc", "ab", 2),
        ("abc", "abd", 2),
        ("abc", "abc", 3),
        ((1, 2, 3), (1, 4, 3), 1),
        ((1, 2), (1, 2, 3), 2),
    ],
)
def test_length(one, other, length):
    assert common_length(one, other) == length
