"""Completions: coupled sampling, and the backends that make them."""

from behavtest.sampling.backend import (
    Alternatives,
    Answered,
    Backend,
    BackendOptions,
    Beginning,
    Continuation,
    EncodesAhead,
    Measured,
    Replay,
    SpellsTokens,
    TellsAlternatives,
)
from behavtest.sampling.identity import identity
from behavtest.sampling.requests import Request, request_seed, rotating_seed

__all__ = [
    "Alternatives",
    "Answered",
    "Backend",
    "BackendOptions",
    "Beginning",
    "Continuation",
    "EncodesAhead",
    "Measured",
    "Replay",
    "Request",
    "SpellsTokens",
    "TellsAlternatives",
    "identity",
    "request_seed",
    "rotating_seed",
]
