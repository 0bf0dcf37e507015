"""What a backend is asked for, and the seeds that make it reproducible."""

from __future__ import annotations

import hashlib
import struct
from typing import NamedTuple


class Request(NamedTuple):
    """One completion to make.

    Args:
        prompt_ids: The rendered prompt's token ids.
        seed: 64-bit seed of its noise, in [0, 2**64); 0 under greedy decoding.
    """

    prompt_ids: tuple[int, ...]
    seed: int


def request_seed(
    *, run_seed: int, prompt_ids: tuple[int, ...], sample_index: int, salt: str = ""
) -> int:
    """Derive a request's seed.

    It depends on what is asked and on nothing else: behaviors over the same prompts share their
    completions, and editing a suite moves no other behavior's seeds.

    Args:
        run_seed: The run's seed.
        prompt_ids: Token ids of the prompt as model A sees it, so that both models of a pair get
            the same noise even where they render the prompt differently.
        sample_index: What sets the behavior's samples of this prompt apart, from 0.
        salt: Empty for coupled sampling; anything else makes an independent stream.

    Returns:
        A seed in [0, 2**64).
    """
    digest = hashlib.blake2b(digest_size=8, person=b"behavtest-seed")
    digest.update(struct.pack("<qqi", run_seed, sample_index, len(prompt_ids)))
    digest.update(struct.pack(f"<{len(prompt_ids)}i", *prompt_ids))
    digest.update(salt.encode())
    return int.from_bytes(digest.digest(), "little")


def rotating_seed(identity_a: str, identity_b: str | None) -> int:
    """Derive a run's seed from the models it compares.

    The same comparison always has the same seed, so it can be repeated; another release has
    another, which nobody can know before its weights exist.

    Args:
        identity_a: Model A's `identity`.
        identity_b: Model B's, None if A runs alone.

    Returns:
        A seed in [0, 2**63).
    """
    digest = hashlib.blake2b(digest_size=8, person=b"behavtest-rotate")
    digest.update(f"{identity_a}\n{identity_b or ''}".encode())
    return int.from_bytes(digest.digest(), "little") >> 1
