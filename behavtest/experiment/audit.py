"""The audit: completions a run used, generated again in full and compared with the stored ones."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from behavtest.errors import BehavtestError, OutOfMemoryError
from behavtest.experiment.agreement import Checked, Tally
from behavtest.experiment.audited import AuditResult, Disagreement
from behavtest.experiment.examples import Turn
from behavtest.experiment.progress import ProgressState
from behavtest.sampling import Request
from behavtest.store import RunStore, open_store, read_made, sample_uses, storable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from behavtest.core import SamplingSettings
    from behavtest.experiment.progress import Progress
    from behavtest.experiment.result import RunResult
    from behavtest.sampling import Backend
    from behavtest.store import Made
    from behavtest.suite import Behavior

Model = Literal["a", "b"]

_MODELS: tuple[Model, ...] = ("a", "b")
_PART = 4096
"""Completions held in memory at once."""

_SHOWN = 5
"""Disagreements of one model that are kept to be read."""


class Models(NamedTuple):
    """The two models of a run.

    Args:
        a: The base model.
        b: The modified model, None if A ran alone.
    """

    a: Backend
    b: Backend | None


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """What is audited.

    Args:
        store: The DuckDB file that holds the run and its completions.
        share: How much of the completions the run used, in (0, 1].
    """

    store: Path
    share: float


def begun(result: RunResult, settings: AuditSettings) -> RunResult:
    """Return what is known of a run while its audit is under way, should nothing follow."""
    return replace(
        result, audit=AuditResult(settings.share, error="it was stopped before it was done")
    )


def audit(
    result: RunResult,
    family: Mapping[str, Behavior],
    models: Models,
    settings: AuditSettings,
    progress: Progress,
) -> RunResult:
    """Generate a sample of the completions a finished run used again, and compare.

    Each is decoded in full, without the other model's answer, in another order and another batch
    than it was made in: for model A this checks the cache and the batch, for model B the replay
    too. Nothing of it is stored but what was found, and no verdict changes.

    Args:
        result: The run, finished and recorded.
        family: Its behaviors, by name.
        models: The run's.
        settings: Where it is stored, and how much to sample.
        progress: Told how far the audit is.

    Returns:
        The result with what was found. A model or a store that cannot be used is an error in it.

    Raises:
        KeyboardInterrupt: The user stopped it; the run stays recorded as it was.
    """
    auditor = _Auditor(result, family, settings.share, progress)
    try:
        with open_store(settings.store) as connection:
            auditor.sample(connection)
            auditor.check(connection, "a", models.a, other=models.b)
            if models.b is not None:
                auditor.check(connection, "b", models.b, other=models.a)
            audited = replace(result, audit=auditor.found())
            # What came before the run is read from the store itself.
            recorded = msgspec.json.encode(replace(audited, earlier=()))
            RunStore(connection).amend(result.run_id, recorded.decode())
    except BehavtestError as error:
        audited = replace(result, audit=auditor.found(error=str(error)))
    return audited


class _Auditor:
    """An audit under way."""

    def __init__(
        self, result: RunResult, family: Mapping[str, Behavior], share: float, progress: Progress
    ) -> None:
        self._result = result
        self._family = family
        self._share = share
        self._progress = progress
        self._started = time.monotonic()
        self._tallies: dict[Model, Tally] = {}
        self._disagreements: list[Disagreement] = []

    def sample(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Choose what to generate again."""
        for model in _MODELS:
            uses = sample_uses(connection, self._result.run_id, model, share=self._share)
            self._tallies[model] = Tally({use.key: use for use in uses}, self._result.versions)

    def check(
        self,
        connection: duckdb.DuckDBPyConnection,
        model: Model,
        backend: Backend,
        *,
        other: Backend | None,
    ) -> None:
        """Generate one model's sample again.

        Args:
            connection: The open store.
            model: Which model it is.
            backend: What generates.
            other: The other model's, whose memory may be needed.

        Raises:
            ModelError: The model cannot answer.
        """
        tally = self._tallies[model]
        keys = list(tally.uses)
        for start in range(0, len(keys), _PART):
            part = read_made(connection, keys[start : start + _PART])
            for batch in _generate_again(part, backend, other):
                tally.add(batch)
                differing = [checked for checked in batch if not checked.agree]
                left = _SHOWN - sum(one.model == model for one in self._disagreements)
                self._disagreements += [
                    self._disagreement(model, checked) for checked in differing[: max(left, 0)]
                ]
                self._tell()

    def found(self, *, error: str = "") -> AuditResult:
        """Sum up, saying what kept the sample from being checked if something did."""
        found = {model: tally.result for model, tally in self._tallies.items()}
        return AuditResult(
            share=self._share,
            seconds=time.monotonic() - self._started,
            model_a=found.get("a"),
            model_b=found.get("b"),
            disagreements=tuple(self._disagreements),
            error=error,
        )

    def _disagreement(self, model: Model, checked: Checked) -> Disagreement:
        use = self._tallies[model].uses[checked.made.key]
        case = self._family[use.behavior].prompts[use.case_index]
        prompt = case.baseline if use.baseline and case.baseline is not None else case.target
        return Disagreement(
            model=model,
            key=use.key,
            behavior=use.behavior,
            prompt=tuple(Turn(turn.role, turn.content) for turn in prompt.messages),
            stored=checked.made.generation.text,
            again=checked.again.text,
            shared=checked.shared,
        )

    def _tell(self) -> None:
        result = self._result
        models = [model for model in (result.model_a, result.model_b) if model is not None]
        self._progress(
            ProgressState(
                behaviors=len(result.behaviors),
                decided=len(result.behaviors),
                pairs=sum(found.pairs for found in result.behaviors),
                generated=sum(model.generated for model in models),
                reused=sum(model.reused for model in models),
                seconds=result.seconds + time.monotonic() - self._started,
                audited=sum(tally.checked for tally in self._tallies.values()),
                sampled=sum(len(tally.uses) for tally in self._tallies.values()),
            )
        )


def _generate_again(
    made: Sequence[Made], backend: Backend, other: Backend | None
) -> Iterator[list[Checked]]:
    """Decode the same requests anew, freeing the other model's memory if that is what it takes."""
    by_settings: defaultdict[SamplingSettings, list[Made]] = defaultdict(list)
    for one in made:
        by_settings[one.settings].append(one)
    waiting = list(by_settings.items())
    while waiting:
        settings, asked = waiting.pop()
        done: set[int] = set()
        try:
            for batch in backend.generate(
                [Request(one.prompt_ids, one.seed) for one in asked],
                settings,
                references=[None] * len(asked),
            ):
                done |= {answered.place for answered in batch}
                yield [
                    Checked(asked[answered.place], storable(answered.generation))
                    for answered in batch
                ]
        except OutOfMemoryError:
            if other is None:
                raise
            other.release()
            other = None
            left = [one for place, one in enumerate(asked) if place not in done]
            waiting.append((settings, left))
