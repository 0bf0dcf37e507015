"""The suites' scorers, written again in plain Python to measure the truth.

The framework under test is deliberately not imported: what it reports is
checked against these numbers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

Fields = Mapping[str, str]
Scorer = str | Mapping[str, Any]
"""A suite's `score` entry: a name, or one name with its arguments."""

REFUSAL = re.compile(r"(?i)\b(i can't|i cannot|i won't|i'm sorry|sorry, i can)")
PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def score(scorer: Scorer, text: str, fields: Fields) -> float:
    """Score a completion the way the named scorer does."""
    if isinstance(scorer, str):
        return float(_named(scorer, text))
    ((name, argument),) = scorer.items()
    if name == "not":
        return 1.0 - score(argument, text, fields)
    if name == "all":
        return min(score(part, text, fields) for part in argument)
    if name == "any":
        return max(score(part, text, fields) for part in argument)
    if name == "length":
        return float(len(text.split()) <= argument["at_most"])
    wanted = [argument] if isinstance(argument, str) else argument
    return float(any(_matches(name, fill(one, fields), text) for one in wanted))


def fill(template: str, fields: Fields) -> str:
    """Put a row's fields into the placeholders of a template."""
    return PLACEHOLDER.sub(lambda match: fields[match.group(1)], template)


def _named(name: str, text: str) -> bool:
    if name == "refusal":
        return REFUSAL.search(text) is not None
    if name == "json":
        try:
            json.loads(text)
        except ValueError:
            return False
        return True
    raise ValueError(f"unknown scorer {name!r}: mirror it in chatworld/scoring.py")


def _matches(name: str, wanted: str, text: str) -> bool:
    if name == "contains":
        return wanted in text
    if name == "starts_with":
        return text.startswith(wanted)
    if name == "exact":
        return text == wanted
    if name == "regex":
        return re.search(wanted, text) is not None
    raise ValueError(f"unknown scorer {name!r}: mirror it in chatworld/scoring.py")
