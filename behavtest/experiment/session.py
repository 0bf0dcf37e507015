"""A run under way: an open store, two models, and rounds of pairs over undecided behaviors."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from behavtest.experiment.answers import Answers
from behavtest.experiment.assemble import RunFacts, assemble, verdict_records
from behavtest.experiment.budget import Budget, Spending
from behavtest.experiment.family import decisions
from behavtest.experiment.observe import observe, plan
from behavtest.experiment.pairing import ModelPair
from behavtest.experiment.progress import ProgressState
from behavtest.experiment.versions import library_versions
from behavtest.stats import Verdict
from behavtest.store import CompletionStore, RunRecord, RunStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

    from behavtest.experiment.observe import Batch
    from behavtest.experiment.progress import Progress
    from behavtest.experiment.result import RunResult
    from behavtest.experiment.trial import Trial
    from behavtest.sampling import Backend

_FIRST_ROUND = 32
_LEAST_ROUND = 16
_GROWTH = 8
_PART_PAIRS = 4096


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What decides a run besides the models and the behaviors.

    Args:
        store: The DuckDB file.
        seed: Of the schedule and of all noise.
        alpha: Error rate of the verdicts, in (0, 1).
        budget: Limits.
    """

    store: Path
    seed: int = 0
    alpha: float = 0.05
    budget: Budget = field(default_factory=Budget)


class Session:
    """An open store, two models, and the loop over rounds."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        model_a: Backend,
        model_b: Backend | None,
        settings: RunSettings,
        progress: Progress,
    ) -> None:
        self.run_id = uuid.uuid4().hex
        self.started = datetime.now(UTC).isoformat(timespec="seconds")
        self.settings = settings
        self.spending = Spending(settings.budget)
        self.versions = library_versions()
        self._progress = progress
        self._stopped: dict[str, Verdict] = {}
        self._behaviors = 0
        self._decided = 0
        self._versions = json.dumps(self.versions)
        completions = CompletionStore(connection)

        def answers(backend: Backend) -> Answers:
            return Answers(backend, completions, versions=self._versions, tick=self._tell)

        self.models = ModelPair(
            answers(model_a), None if model_b is None else answers(model_b), seed=settings.seed
        )
        self.runs = RunStore(connection)
        self.runs.start(self._record(model_a, model_b))

    def _record(self, model_a: Backend, model_b: Backend | None) -> RunRecord:
        return RunRecord(
            run_id=self.run_id,
            started=self.started,
            seed=self.settings.seed,
            alpha=self.settings.alpha,
            model_a=model_a.name,
            fingerprint_a=model_a.fingerprint,
            model_b=None if model_b is None else model_b.name,
            fingerprint_b=None if model_b is None else model_b.fingerprint,
            versions=self._versions,
        )

    def rounds(self, trials: list[Trial]) -> None:
        """Draw pairs until every behavior is decided, spent, or the budget is.

        A behavior stops for good at the end of the round in which it is in the family's closed
        e-BH set or its evidence for "holds" reaches 1 / alpha; its e-values are frozen there, and
        the final sets are computed from the frozen ones.
        """
        self._behaviors = len(trials)
        while True:
            undecided = self._undecided(trials)
            self._decided = len(trials) - len(undecided)
            self._tell()
            if not undecided or self.spending.exhausted:
                return
            wanted = [_round_size(trial, self.settings.budget) for trial in undecided]
            batches = [
                plan(trial, count, self.models)
                for trial, count in zip(undecided, self.spending.share(wanted), strict=True)
            ]
            for part in _parts(batches):
                if self.spending.out_of_time:
                    return
                records = [
                    record
                    for batch, seen in zip(part, observe(part, self.models), strict=True)
                    for record in batch.trial.add(seen)
                ]
                self.runs.add_pairs(self.run_id, records)
                self.spending.pairs += len(records)

    def _undecided(self, trials: list[Trial]) -> list[Trial]:
        for name, verdict in decisions(trials, self.settings.alpha).items():
            if verdict is not Verdict.INCONCLUSIVE:
                self._stopped.setdefault(name, verdict)
        return [
            trial
            for trial in trials
            if trial.name not in self._stopped
            and trial.error is None
            and not trial.used_up
            and trial.pairs < self.settings.budget.max_pairs
        ]

    def finish(self, trials: list[Trial]) -> RunResult:
        """Freeze the e-values, decide, and record the run."""
        result = assemble(
            trials,
            facts=RunFacts(
                run_id=self.run_id,
                started=self.started,
                seed=self.settings.seed,
                alpha=self.settings.alpha,
                versions=self.versions,
                store=str(self.settings.store),
            ),
            models=self.models,
            spending=self.spending,
            stopped=self._stopped,
        )
        self.runs.finish(self.run_id, verdict_records(result), msgspec.json.encode(result).decode())
        return result

    def _tell(self) -> None:
        sides = [side for side in (self.models.a, self.models.b) if side is not None]
        self._progress(
            ProgressState(
                behaviors=self._behaviors,
                decided=self._decided,
                pairs=self.spending.pairs,
                generated=sum(side.generated for side in sides),
                reused=sum(side.reused for side in sides),
                seconds=self.spending.elapsed,
            )
        )


def _parts(batches: list[Batch]) -> Iterator[list[Batch]]:
    """Cut a round into parts, which bounds the texts in memory and how far a time limit is overrun.

    Where the cuts fall changes no result: every behavior's pairs stay its own, in order.
    """
    part: list[Batch] = []
    pairs = 0
    for batch in batches:
        part.append(batch)
        pairs += len(batch.planned)
        if pairs >= _PART_PAIRS:
            yield part
            part, pairs = [], 0
    if part:
        yield part


def _round_size(trial: Trial, budget: Budget) -> int:
    """Return how many pairs to draw before looking again: small at first, then an eighth more."""
    size = max(_LEAST_ROUND, trial.pairs // _GROWTH) if trial.pairs else _FIRST_ROUND
    return min(size, budget.max_pairs - trial.pairs)
