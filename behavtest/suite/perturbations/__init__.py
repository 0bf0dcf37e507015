"""Perturbations: changes of a prompt, most of which should change nothing of the answer.

The kinds are those of Ribeiro et al., "Beyond Accuracy: Behavioral Testing of NLP Models with
CheckList", ACL 2020.
"""

from behavtest.suite.perturbations.base import Perturbation, PerturbationFactory
from behavtest.suite.perturbations.builtin import pytest_behavtest_perturbations
from behavtest.suite.perturbations.change import Change
from behavtest.suite.perturbations.registry import PerturbationRegistry

__all__ = [
    "Change",
    "Perturbation",
    "PerturbationFactory",
    "PerturbationRegistry",
    "builtin_perturbations",
]


def builtin_perturbations() -> PerturbationRegistry:
    """Return a registry of the built-in perturbations alone."""
    return PerturbationRegistry(pytest_behavtest_perturbations())
