"""Prompt sources: data that users already have, as rows of prompts."""

from behavtest.suite.sources.builtin import pytest_behavtest_prompt_sources
from behavtest.suite.sources.registry import PromptSourceFactory, PromptSourceRegistry

__all__ = ["PromptSourceFactory", "PromptSourceRegistry", "builtin_sources"]


def builtin_sources() -> PromptSourceRegistry:
    """Return a registry of the built-in prompt sources alone."""
    return PromptSourceRegistry(pytest_behavtest_prompt_sources())
