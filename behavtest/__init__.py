"""Behavioral regression tests for language models, with proven error rates."""

from behavtest.core import Completion, Message, Prompt, SamplingSettings
from behavtest.errors import BehavtestError

__all__ = ["BehavtestError", "Completion", "Message", "Prompt", "SamplingSettings", "__version__"]

__version__ = "0.1.0"
