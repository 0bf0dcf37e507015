"""Types shared by every layer; they hold data and import nothing of ours but the errors."""

from behavtest.core.common import common_length
from behavtest.core.completions import Completion, FinishReason, Generation, SamplingSettings
from behavtest.core.outputs import unwritable
from behavtest.core.prompts import Message, Prompt
from behavtest.core.rows import Row, Source
from behavtest.core.sections import Cell, ReportSection, Table
from behavtest.core.versions import NOISE_SCHEME

__all__ = [
    "NOISE_SCHEME",
    "Cell",
    "Completion",
    "FinishReason",
    "Generation",
    "Message",
    "Prompt",
    "ReportSection",
    "Row",
    "SamplingSettings",
    "Source",
    "Table",
    "common_length",
    "unwritable",
]
