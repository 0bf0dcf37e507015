"""A behavior as the engine runs it, whether it was written in YAML or in Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from behavtest.scoring.exact import ExactScorer
from behavtest.suite.relation import Relation

if TYPE_CHECKING:
    from behavtest.core import Prompt, SamplingSettings, Source
    from behavtest.scoring.base import Scorer
    from behavtest.stats.expectation import Expectation


class Case(NamedTuple):
    """What one observation asks.

    Args:
        target: The prompt.
        baseline: Its matched twin in a contrast; a `Relation` makes one number of both scores.
    """

    target: Prompt
    baseline: Prompt | None = None


class PromptSet(Protocol):
    """A finite, indexable population of cases; the estimand is the mean over it."""

    @property
    def contrast(self) -> bool:
        """Whether every case has a baseline."""
        ...

    @property
    def digest(self) -> str:
        """Hex digest of the content; equal sets have equal digests."""
        ...

    @property
    def asked(self) -> str:
        """Hex digest of what models are asked.

        Sets that differ only in fields that scorers read should have one: they are asked the same
        in the same order, so that a changed scorer finds its completions in the store.
        """
        ...

    @property
    def remark(self) -> str:
        """What a reader should know of how the cases came about, normally nothing."""
        ...

    def __len__(self) -> int:
        """Count the cases; a template counts its combinations without rendering them."""
        ...

    def __getitem__(self, index: int, /) -> Case:
        """Return one case, rendering it if needed.

        Raises:
            SuiteError: A template fails to render.
        """
        ...


@dataclass(frozen=True, slots=True)
class Behavior:
    """One claim about a model's outputs on a set of prompts.

    Args:
        id: Unique within its suite.
        suite: The suite's name.
        source: Where it is written.
        prompts: The population of cases.
        scorer: Completion -> score in [0, 1]; or likelihoods of given texts -> score.
        expectation: The allowed change.
        settings: How completions are sampled, where there are any.
        tags: For selection with ``-m``.
        description: One sentence for people, possibly empty.
        relation: How target and baseline make one number, in a contrast.
        weight: Prior weight in its family's false-discovery control, above 0; only its ratio to
            the other behaviors' counts.
        suite_version: What the suite's author calls this state of it, possibly empty.
    """

    id: str
    suite: str
    source: Source
    prompts: PromptSet
    scorer: Scorer | ExactScorer
    expectation: Expectation
    settings: SamplingSettings
    tags: tuple[str, ...] = ()
    description: str = ""
    relation: Relation = Relation.DIFFERENCE
    weight: float = 1.0
    suite_version: str = ""

    @property
    def deterministic(self) -> bool:
        """Whether a prompt has one score, so that all prompts together leave nothing to chance."""
        return self.settings.greedy or isinstance(self.scorer, ExactScorer)

    @property
    def sampling(self) -> str:
        """How completions are sampled, in words; or that none are."""
        if isinstance(self.scorer, ExactScorer):
            return "none: the likelihood of given texts is computed"
        return str(self.settings)

    @property
    def statement(self) -> str:
        """The expectation in words, which say what a relation makes of two scores."""
        return self.relation.worded(self.expectation.statement())


@dataclass(frozen=True, slots=True)
class Suite:
    """A file of behaviors.

    Args:
        name: Its name, normally the file's.
        file: Its path as the user knows it.
        behaviors: In the order they are written.
        version: What its author calls this state of it, possibly empty.
        description: A sentence for people, possibly empty.
    """

    name: str
    file: str
    behaviors: tuple[Behavior, ...]
    version: str = ""
    description: str = ""
