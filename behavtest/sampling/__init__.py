"""Completions: coupled sampling, and the backends that make them."""

from behavtest.sampling.backend import (
    Answered,
    Backend,
    BackendOptions,
    Continuation,
    Measured,
    Replay,
)
from behavtest.sampling.identity import identity
from behavtest.sampling.requests import Request, request_seed, rotating_seed

__all__ = [
    "Answered",
    "Backend",
    "BackendOptions",
    "Continuation",
    "Measured",
    "Replay",
    "Request",
    "identity",
    "request_seed",
    "rotating_seed",
]
