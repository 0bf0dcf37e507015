"""The keys completions and likelihoods are stored under."""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING

from behavtest.core import NOISE_SCHEME

if TYPE_CHECKING:
    from behavtest.core import SamplingSettings

_KEY_BYTES = 16


def completion_key(
    *, fingerprint: str, prompt_ids: tuple[int, ...], settings: SamplingSettings, seed: int
) -> str:
    """Digest everything a completion is a function of.

    The encoding is canonical: every field has a fixed width or is preceded by its length. Where
    decoding is greedy the seed, the scheme that makes noise of it, temperature and filters change
    nothing and are left out.

    Args:
        fingerprint: The model's.
        prompt_ids: Token ids of the rendered prompt.
        settings: How tokens are chosen.
        seed: The request's, in [0, 2**64).

    Returns:
        32 hex digits.
    """
    digest = hashlib.blake2b(digest_size=_KEY_BYTES, person=b"behavtest-answer")
    digest.update(_text(fingerprint) + _ids(prompt_ids))
    digest.update(struct.pack("<i?", settings.max_new_tokens, settings.greedy))
    if not settings.greedy:
        digest.update(struct.pack("<did", settings.temperature, settings.top_k, settings.top_p))
        digest.update(struct.pack("<iQ", NOISE_SCHEME, seed))
    return digest.hexdigest()


def likelihood_key(
    *, fingerprint: str, prompt_ids: tuple[int, ...], token_ids: tuple[int, ...]
) -> str:
    """Digest everything the likelihood of a text is a function of; the encoding is canonical.

    Args:
        fingerprint: The model's.
        prompt_ids: Token ids of the rendered prompt.
        token_ids: Token ids of the text.

    Returns:
        32 hex digits.
    """
    digest = hashlib.blake2b(digest_size=_KEY_BYTES, person=b"behavtest-text")
    digest.update(_text(fingerprint) + _ids(prompt_ids) + _ids(token_ids))
    return digest.hexdigest()


def alternatives_key(
    *, fingerprint: str, ids: tuple[int, ...], wanted: tuple[int, ...], most: int
) -> str:
    """Digest everything that a model's next tokens are a function of; the encoding is canonical.

    Args:
        fingerprint: The model's.
        ids: Token ids of the prompt and of what has been said.
        wanted: Tokens that are told of in any case.
        most: How many of the likeliest are.

    Returns:
        32 hex digits.
    """
    digest = hashlib.blake2b(digest_size=_KEY_BYTES, person=b"behavtest-next")
    digest.update(_text(fingerprint) + _ids(ids) + _ids(wanted) + struct.pack("<i", most))
    return digest.hexdigest()


def _text(text: str) -> bytes:
    encoded = text.encode()
    return struct.pack("<i", len(encoded)) + encoded


def _ids(ids: tuple[int, ...]) -> bytes:
    return struct.pack(f"<{len(ids) + 1}i", len(ids), *ids)
