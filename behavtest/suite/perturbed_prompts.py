"""Populations whose target is the baseline with a perturbation in it.

A case that a perturbation leaves as it is has two equal prompts, and whatever the models do, its
target and baseline score alike. Such cases would dilute the mean: with a share q of them, a
tolerance d on the mean allows d / (1 - q) on the cases that are about something. They are therefore
left out of the population. That is done by the texts alone, before any result is there, so it
selects nothing by outcome, and no test loses its error rate.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from behavtest.suite.behavior import Case
from behavtest.suite.prompt_sets import FixedPrompts, TemplatePrompts, canonical, digest_of

if TYPE_CHECKING:
    from behavtest.suite.behavior import PromptSet
    from behavtest.suite.perturbations.change import Change

_MOST_COUNTED: Final = 2_000
_PROBED: Final = 200
_MOST_UNCHANGED: Final = 0.9
_MOST_TRIES: Final = 1_000


def perturbed_prompts(prompts: FixedPrompts | TemplatePrompts, change: Change) -> PromptSet:
    """Return the population of ``contrast: {perturb: …}``.

    Rows, and templates of at most 2,000 combinations, are all rendered, and what does not change
    is left out. Of a larger template, each combination that does not change is replaced by
    another, chosen by a hash of its number.

    Args:
        prompts: The baselines.
        change: What makes targets of them.

    Raises:
        SuiteError: A perturbation fails, or leaves (nearly) everything as it is.
    """
    if isinstance(prompts, TemplatePrompts) and prompts.size > _MOST_COUNTED:
        large = PerturbedTemplate(prompts, change)
        if large.unchanged > _MOST_UNCHANGED:
            raise change.node.error(
                f"{change.name} leaves {large.unchanged:.0%} of the prompts as they are; nothing "
                "would be compared in those: choose another perturbation, or other prompts"
            )
        return large
    every = len(prompts)
    pairs = [_pair(prompts[index], change) for index in range(every)]
    cases = tuple(pair for pair in pairs if pair is not None)
    if not cases:
        raise change.node.error(
            f"{change.name} leaves {'the prompt' if every == 1 else f'all {every} prompts'} as "
            f"{'it is' if every == 1 else 'they are'} ({prompts[0].target.messages[-1].content!r}"
            f"{', …' if every > 1 else ''}); there is nothing to compare"
        )
    remark = (
        f"{every - len(cases):,} of {every:,} left out, since {change.name} leaves them as they are"
    )
    return FixedPrompts(cases, remark if len(cases) < every else "")


@dataclass(frozen=True)
class PerturbedTemplate:
    """A large template with each rendered prompt perturbed when it is drawn.

    Args:
        template: The baselines.
        change: What makes targets of them.
    """

    template: TemplatePrompts
    change: Change

    @property
    def contrast(self) -> bool:
        """Whether every case has a baseline: all have."""
        return True

    @property
    def remark(self) -> str:
        """How many combinations are replaced, as far as that is known."""
        if not self.unchanged:
            return ""
        return (
            f"about {self.unchanged:.0%} of the combinations, which {self.change.name} leaves as "
            "they are, replaced by others"
        )

    @cached_property
    def digest(self) -> str:
        """Hex digest of the template, the perturbations, and what they make of some prompts."""
        probed = [[canonical(prompt) for prompt in case if prompt] for case in self._probed if case]
        return digest_of("perturbed", [self.template.digest, self.change.name, probed])

    @property
    def asked(self) -> str:
        """The same: which values reach the messages is known only once they are rendered."""
        return self.digest

    @cached_property
    def unchanged(self) -> float:
        """Share of the combinations that do not change, estimated from 200 of them."""
        return sum(case is None for case in self._probed) / len(self._probed)

    def __len__(self) -> int:
        return len(self.template)

    def __getitem__(self, index: int, /) -> Case:
        size = len(self)
        case = _pair(self.template[index], self.change)
        for attempt in range(_MOST_TRIES):
            if case is not None:
                return case
            case = _pair(self.template[self._other(index % size, attempt)], self.change)
        raise self.change.node.error(
            f"{self.change.name} leaves {_MOST_TRIES:,} prompts in a row as they are"
        )

    @cached_property
    def _probed(self) -> list[Case | None]:
        places = (self._other(-1, number) for number in range(_PROBED))
        return [_pair(self.template[place], self.change) for place in places]

    def _other(self, index: int, attempt: int) -> int:
        """Return the number of another combination, uniform over all as far as a hash is."""
        key = f"{self.template.digest} {self.change.name} {index} {attempt}".encode()
        bits = int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), "little")
        return bits * len(self) >> 64


def _pair(case: Case, change: Change) -> Case | None:
    target = change.apply(case.target)
    return None if target is None else Case(target, case.target)
