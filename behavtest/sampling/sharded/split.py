"""Which shard answers what."""

from __future__ import annotations

import hashlib
from array import array
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def split(keys: Iterable[Sequence[int]], *, shards: int) -> dict[int, tuple[int, ...]]:
    """Give each request to a shard by what decides its answer, whatever else is asked.

    A device that is done with its share waits for the others: with requests by the hundred the
    shares are even, and a device of another speed costs time and nothing else.

    Args:
        keys: For each request numbers that tell it from others, each in [0, 2**64).
        shards: How many there are.

    Returns:
        Shard -> the places of its requests; only shards that have any.
    """
    places: defaultdict[int, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        digest = hashlib.blake2b(array("Q", key), digest_size=8, person=b"behavtest-shard")
        places[int.from_bytes(digest.digest(), "little") % shards].append(place)
    return {shard: tuple(places[shard]) for shard in sorted(places)}
