"""The scorers behavtest brings, offered through the hook that other plugins use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

from behavtest.scoring.bbq import bbq
from behavtest.scoring.choice import choice
from behavtest.scoring.code import code, insecure_code
from behavtest.scoring.emptiness import empty, truncated
from behavtest.scoring.ifeval import ifeval
from behavtest.scoring.json_text import json_text
from behavtest.scoring.language import language
from behavtest.scoring.length import length
from behavtest.scoring.likelihood import likelihood
from behavtest.scoring.multiple_choice import multiple_choice
from behavtest.scoring.number import number
from behavtest.scoring.pattern import pattern
from behavtest.scoring.refusal import refusal
from behavtest.scoring.repetition import repetition
from behavtest.scoring.rouge import rouge_l
from behavtest.scoring.sentiment import sentiment
from behavtest.scoring.texts import contains, exact, starts_with
from behavtest.scoring.truth_ratio import truth_ratio

if TYPE_CHECKING:
    from collections.abc import Mapping

    from behavtest.scoring.base import ScorerFactory

hookimpl = pluggy.HookimplMarker("pytest")


@hookimpl
def pytest_behavtest_scorers() -> Mapping[str, ScorerFactory]:
    """Offer the built-in scorers."""
    return {
        "bbq": bbq,
        "choice": choice,
        "code": code,
        "contains": contains,
        "empty": empty,
        "exact": exact,
        "insecure_code": insecure_code,
        "ifeval": ifeval,
        "json": json_text,
        "language": language,
        "length": length,
        "likelihood": likelihood,
        "multiple_choice": multiple_choice,
        "number": number,
        "refusal": refusal,
        "regex": pattern,
        "repetition": repetition,
        "rouge_l": rouge_l,
        "sentiment": sentiment,
        "starts_with": starts_with,
        "truth_ratio": truth_ratio,
        "truncated": truncated,
    }
