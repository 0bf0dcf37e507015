"""Whether a completion that was generated again is the stored one, and what became of many."""

from __future__ import annotations

import json
import math
import statistics
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from behavtest.experiment.audited import AuditedModel

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from behavtest.core import Generation
    from behavtest.store import Made, Use


class Checked(NamedTuple):
    """A stored completion and the same one generated again.

    Args:
        made: The stored one.
        again: The other.
    """

    made: Made
    again: Generation

    @property
    def agree(self) -> bool:
        """Whether they are the same, token for token."""
        stored = self.made.generation
        return (stored.token_ids, stored.text) == (self.again.token_ids, self.again.text)

    @property
    def shared(self) -> int:
        """How many tokens come before the first that differs."""
        then, now = self.made.generation.token_ids, self.again.token_ids
        shortest = min(len(then), len(now))
        places = (place for place in range(shortest) if then[place] != now[place])
        return next(places, shortest)

    @property
    def logprob_differences(self) -> list[float]:
        """Of the tokens in common, in nats; the end token's among them if the two agree."""
        pairs = zip(self.made.generation.logprobs, self.again.logprobs, strict=False)
        differences = [abs(then - now) for then, now in pairs]
        if not self.agree:
            differences = differences[: self.shared]
        return [difference for difference in differences if math.isfinite(difference)]

    def made_with(self, versions: Mapping[str, str]) -> set[str]:
        """Return the libraries that made the stored one in other versions than these."""
        then: dict[str, str] = json.loads(self.made.versions)
        return {f"{name} {then[name]}" for name in then if versions.get(name) != then[name]}


@dataclass(slots=True)
class Tally:
    """What has been found of one model so far.

    Args:
        uses: The sample: key -> where the run used it.
        versions: Library versions now.
    """

    uses: Mapping[str, Use]
    versions: Mapping[str, str]
    checked: int = 0
    _shared: list[int] = field(default_factory=list)
    _difference: float | None = None
    _made_with: set[str] = field(default_factory=set)

    def add(self, batch: Collection[Checked]) -> None:
        """Take note of completions."""
        self.checked += len(batch)
        for checked in batch:
            differences = checked.logprob_differences
            if differences:
                self._difference = max(self._difference or 0.0, *differences)
            if not checked.agree:
                self._shared.append(checked.shared)
                self._made_with |= checked.made_with(self.versions)

    @property
    def result(self) -> AuditedModel | None:
        """What is to be said of the model; None if the run asked it nothing."""
        if not self.uses:
            return None
        return AuditedModel(
            sampled=len(self.uses),
            checked=self.checked,
            agreed=self.checked - len(self._shared),
            earliest=min(self._shared, default=None),
            median=statistics.median(self._shared) if self._shared else None,
            logprob_difference=self._difference,
            made_with=tuple(sorted(self._made_with)),
        )
