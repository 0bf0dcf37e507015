"""The key a completion is stored under."""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from behavtest.core import SamplingSettings

_KEY_BYTES = 16


def completion_key(
    *, fingerprint: str, prompt_ids: tuple[int, ...], settings: SamplingSettings, seed: int
) -> str:
    """Digest everything a completion is a function of.

    The encoding is canonical: every field has a fixed width or is preceded by its length. Where
    decoding is greedy the seed, temperature and filters change nothing and are left out.

    Args:
        fingerprint: The model's.
        prompt_ids: Token ids of the rendered prompt.
        settings: How tokens are chosen.
        seed: The request's, in [0, 2**64).

    Returns:
        32 hex digits.
    """
    digest = hashlib.blake2b(digest_size=_KEY_BYTES, person=b"behavtest-answer")
    encoded = fingerprint.encode()
    digest.update(struct.pack("<i", len(encoded)))
    digest.update(encoded)
    digest.update(struct.pack("<i", len(prompt_ids)))
    digest.update(struct.pack(f"<{len(prompt_ids)}i", *prompt_ids))
    digest.update(struct.pack("<i?", settings.max_new_tokens, settings.greedy))
    if not settings.greedy:
        digest.update(struct.pack("<did", settings.temperature, settings.top_k, settings.top_p))
        digest.update(struct.pack("<Q", seed))
    return digest.hexdigest()
