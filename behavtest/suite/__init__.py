"""Suites as people write them, and the behaviors they say."""

from behavtest.suite.behavior import Behavior, Case, PromptSet, Source, Suite
from behavtest.suite.load import load_suite
from behavtest.suite.mark import behavior_from_mark
from behavtest.suite.relation import Relation

__all__ = [
    "Behavior",
    "Case",
    "PromptSet",
    "Relation",
    "Source",
    "Suite",
    "behavior_from_mark",
    "load_suite",
]
