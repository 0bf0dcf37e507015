"""Types shared by every layer; they hold data and import nothing of ours but the errors."""

from behavtest.core.completions import Completion, FinishReason, Generation, SamplingSettings
from behavtest.core.prompts import Message, Prompt

__all__ = [
    "Completion",
    "FinishReason",
    "Generation",
    "Message",
    "Prompt",
    "SamplingSettings",
]
