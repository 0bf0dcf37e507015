"""Suites as people write them, and the behaviors they say."""

from behavtest.core import Source
from behavtest.suite.behavior import Behavior, Case, PromptSet, Suite
from behavtest.suite.load import load_suite
from behavtest.suite.mark import behavior_from_mark
from behavtest.suite.perturbations import Perturbation, PerturbationFactory, PerturbationRegistry
from behavtest.suite.relation import Relation
from behavtest.suite.sources import PromptSourceFactory, PromptSourceRegistry

__all__ = [
    "Behavior",
    "Case",
    "Perturbation",
    "PerturbationFactory",
    "PerturbationRegistry",
    "PromptSet",
    "PromptSourceFactory",
    "PromptSourceRegistry",
    "Relation",
    "Source",
    "Suite",
    "behavior_from_mark",
    "load_suite",
]
