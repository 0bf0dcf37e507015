"""The perturbations behavtest brings, offered through the hook that other plugins use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

from behavtest.suite.perturbations.casing import casing
from behavtest.suite.perturbations.contractions import contractions
from behavtest.suite.perturbations.demographic import demographic
from behavtest.suite.perturbations.distractors import distractors
from behavtest.suite.perturbations.names import names
from behavtest.suite.perturbations.negation import negation
from behavtest.suite.perturbations.numbers import numbers
from behavtest.suite.perturbations.paraphrase import paraphrase
from behavtest.suite.perturbations.punctuation import punctuation
from behavtest.suite.perturbations.typos import typos
from behavtest.suite.perturbations.whitespace import whitespace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from behavtest.suite.perturbations.base import PerturbationFactory

hookimpl = pluggy.HookimplMarker("pytest")


@hookimpl
def pytest_behavtest_perturbations() -> Mapping[str, PerturbationFactory]:
    """Offer the built-in perturbations."""
    return {
        "casing": casing,
        "contractions": contractions,
        "demographic": demographic,
        "distractors": distractors,
        "names": names,
        "negation": negation,
        "numbers": numbers,
        "paraphrase": paraphrase,
        "punctuation": punctuation,
        "typos": typos,
        "whitespace": whitespace,
    }
