"""Sizes of memory, read and written."""

from __future__ import annotations

import pytest

from behavtest.errors import SettingsError
from behavtest.models.sizes import in_words, parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("20GB", 20 * 10**9),
        ("512MiB", 512 * 2**20),
        ("0.5GiB", 2**29),
        (" 1.5 tb ", 15 * 10**11),
        ("1KB", 1000),
    ],
)
def test_sizes_have_units(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "20", "GB", "20G", "-1GB", "1e3GB", "0GB", "20 bytes", "80%"])
def test_what_is_no_size_is_met_with_how_to_write_one(text):
    with pytest.raises(SettingsError, match=r"is no size; write a number and its unit: 20GB"):
        parse_size(text)


def test_sizes_in_words():
    assert [in_words(size) for size in (12, 3_940_000, 15_300_000_000)] == [
        "12 bytes",
        "3.94 MB",
        "15.3 GB",
    ]
