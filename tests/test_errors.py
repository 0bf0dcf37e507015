"""Errors read as sentences that name the place."""

from __future__ import annotations

import pytest

from behavtest.errors import SuiteError


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ({}, "what"),
        ({"file": "s.yaml"}, "s.yaml: what"),
        ({"file": "s.yaml", "line": 3}, "s.yaml:3: what"),
        (
            {"file": "s.yaml", "line": 3, "field": "behaviors[0].id"},
            "s.yaml:3: behaviors[0].id: what",
        ),
    ],
)
def test_a_suite_error_names_its_place(place, expected):
    assert str(SuiteError("what", **place)) == expected
