"""Versions of what stored completions were drawn with."""

from __future__ import annotations

from typing import Final

NOISE_SCHEME: Final = 2
"""How a seed becomes noise; a new scheme is a new number, and its completions have new keys.

1: one independent draw per token id. 2: blocks of 64 token ids, their largest noise first.
"""
