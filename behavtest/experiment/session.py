"""A run under way: an open store, two models, and rounds of pairs over undecided behaviors."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from behavtest.experiment.answers import Answers
from behavtest.experiment.assemble import Finished, RunFacts, assemble, verdict_records
from behavtest.experiment.budget import Budget, Spending
from behavtest.experiment.earlier import earlier_runs
from behavtest.experiment.effort import closest_first, groups
from behavtest.experiment.family import Rule, settled
from behavtest.experiment.ledger import Comparison, Stream, enter
from behavtest.experiment.likelihoods import Likelihoods, Readers
from behavtest.experiment.observe import observe, plan
from behavtest.experiment.pace import Outlook, Pace
from behavtest.experiment.pairing import ModelPair
from behavtest.experiment.progress import ProgressState
from behavtest.experiment.rounds import parts, round_size
from behavtest.experiment.versions import library_versions
from behavtest.sampling import identity, rotating_seed
from behavtest.stats import Procedure, forecast
from behavtest.store import (
    CompletionStore,
    LedgerStore,
    LikelihoodStore,
    RunRecord,
    RunStore,
)

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from behavtest.experiment.family import Member
    from behavtest.experiment.progress import Progress
    from behavtest.experiment.result import RunResult
    from behavtest.experiment.trial import Trial
    from behavtest.sampling import Backend
    from behavtest.stats import Verdict
    from behavtest.store import LedgerEntry


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What decides a run besides the models and the behaviors.

    Args:
        store: The DuckDB file.
        seed: Of the schedule and of all noise; None derives it from the two models, so that each
            release is measured with another draw and nobody can tune to one.
        alpha: Error rate of the verdicts, in (0, 1).
        procedure: What declares "violated".
        active: Whether prompts are chosen where the models have been seen to differ.
        budget: Limits.
        independent: Whether the models get independent noise even if they could share it.
    """

    store: Path
    seed: int | None = 0
    alpha: float = 0.05
    procedure: Procedure = Procedure.CLOSED_E_BH
    active: bool = False
    budget: Budget = field(default_factory=Budget)
    independent: bool = False


class Session:
    """An open store, two models, and the loop over rounds.

    Args:
        connection: The open store.
        model_a: The base model.
        model_b: The modified model, None if A runs alone.
        settings: Store, seed, error rate, limits.
        progress: Told how far the run is.
        records: Where the run, its pairs, verdicts and tests are recorded, if not in the store.
    """

    def __init__(  # noqa: PLR0913, PLR0917 -- what a run consists of
        self,
        connection: duckdb.DuckDBPyConnection,
        model_a: Backend,
        model_b: Backend | None,
        settings: RunSettings,
        progress: Progress,
        records: duckdb.DuckDBPyConnection | None = None,
    ) -> None:
        self.run_id = uuid.uuid4().hex
        self.started = datetime.now(UTC).isoformat(timespec="seconds")
        self.settings = settings
        self.seed = (
            rotating_seed(identity(model_a), None if model_b is None else identity(model_b))
            if settings.seed is None
            else settings.seed
        )
        self.spending = Spending(settings.budget)
        self.versions = library_versions()
        self._progress = progress
        self._stopped: dict[str, Verdict] = {}
        self._pace = Pace()
        self._trials: list[Trial] = []
        self._streams: list[Stream] = []
        self._rule = Rule(settings.alpha, settings.procedure)
        self._versions = json.dumps(self.versions)
        completions, likelihoods = CompletionStore(connection), LikelihoodStore(connection)

        def answers(backend: Backend) -> Answers:
            return Answers(backend, completions, versions=self._versions, tick=self._tell)

        def reader(backend: Backend) -> Likelihoods:
            return Likelihoods(backend, likelihoods, versions=self._versions, tick=self._tell)

        self.models = ModelPair(
            answers(model_a),
            None if model_b is None else answers(model_b),
            readers=Readers(reader(model_a), None if model_b is None else reader(model_b)),
            seed=self.seed,
            independent=settings.independent,
        )
        self._records = records or connection
        self._ledger = LedgerStore(self._records)
        self.runs = RunStore(self._records)
        self.runs.start(self._record(model_a, model_b))

    def _record(self, model_a: Backend, model_b: Backend | None) -> RunRecord:
        return RunRecord(
            run_id=self.run_id,
            started=self.started,
            seed=self.seed,
            alpha=self.settings.alpha,
            model_a=model_a.name,
            fingerprint_a=model_a.fingerprint,
            model_b=None if model_b is None else model_b.name,
            fingerprint_b=None if model_b is None else model_b.fingerprint,
            versions=self._versions,
            procedure=self.settings.procedure,
        )

    @cached_property
    def _comparison(self) -> Comparison:
        a = self.models.a.backend
        b = None if self.models.b is None else self.models.b.backend
        return Comparison(
            run_id=self.run_id,
            started=self.started,
            identity_a=identity(a),
            identity_b=None if b is None else identity(b),
            model_b=a.name if b is None else b.name,
            seed=self.seed,
            independent=self.models.pairing.name == "independent",
        )

    def enter(self, trials: list[Trial]) -> None:
        """Take the run's behaviors, and find their tests in the ledger before anything is seen.

        Args:
            trials: The family.
        """
        self._trials = trials
        procedure = self.settings.procedure
        for name in dict.fromkeys([procedure, Procedure.E_LOND]):
            if name.stream:
                stream = enter(
                    trials, self._comparison, self._ledger, procedure=name, alpha=self._rule.alpha
                )
                self._streams.append(stream)
        if procedure.stream:
            self._rule = replace(self._rule, levels=self._streams[0].levels)

    @cached_property
    def _groups(self) -> dict[str, int]:
        """Which behaviors may ask one prompt, and so share completions; found when first needed."""
        return groups(
            self._trials, self.models, seed=self.seed, most=self.settings.budget.most_pairs
        )

    def rounds(self) -> None:
        """Draw pairs until every behavior is decided, spent, or the budget is.

        A behavior stops for good at the end of the round in which its evidence for "holds" reaches
        1 / alpha or it is settled that the procedure will declare it violated, see `settled`. Its
        e-values are frozen there, and the final sets are computed from the frozen ones.
        """
        while True:
            undecided = self._undecided()
            self._look_ahead(undecided)
            self._tell()
            if not undecided or self.spending.exhausted:
                return
            batches = [plan(trial, count, self.models) for trial, count in self._granted(undecided)]
            for part in parts(batches):
                if self.spending.out_of_time:
                    return
                records = [
                    record
                    for batch, seen in zip(part, observe(part, self.models), strict=True)
                    for record in batch.trial.add(seen)
                ]
                self.runs.add_pairs(self.run_id, records)
                self.spending.pairs += len(records)

    def _undecided(self) -> list[Trial]:
        family = [trial.member for trial in self._trials]
        # The first reason to stop stays the reason.
        self._stopped = settled(family, self._rule, stopped=self._stopped) | self._stopped
        return [
            trial
            for trial in self._trials
            if trial.name not in self._stopped
            and trial.error is None
            and not trial.used_up
            and trial.pairs < self.settings.budget.max_pairs
        ]

    def _granted(self, undecided: list[Trial]) -> list[tuple[Trial, int]]:
        """Return who draws in the coming round, and how much."""
        if self.settings.budget.limited and all(trial.pairs for trial in undecided):
            family = [trial.member for trial in self._trials]
            places = closest_first(
                [self._forecast(trial, family) for trial in undecided],
                [self._groups[trial.name] for trial in undecided],
                left=self.spending.left,
            )
            undecided = [undecided[place] for place in places]
        wanted = [self._round(trial) for trial in undecided]
        return list(zip(undecided, self.spending.share(wanted), strict=True))

    def _round(self, trial: Trial) -> int:
        return round_size(trial.pairs, max_pairs=self._most(trial))

    def _most(self, trial: Trial) -> int:
        """Return how many observations a behavior may have in all."""
        most = self.settings.budget.max_pairs
        return min(most, trial.evidence.population or most)

    def _forecast(self, trial: Trial, family: list[Member]) -> int | None:
        return forecast(
            trial.evidence,
            self._rule.alpha,
            violated_at=self._rule.enough(trial.member, family),
        )

    def _look_ahead(self, undecided: list[Trial]) -> None:
        """Estimate the time left; there is nothing to go by before each has been drawn for."""
        family = [trial.member for trial in self._trials]
        outlooks = [
            Outlook(
                self._forecast(trial, family),
                round=self._round(trial),
                most=self._most(trial) - trial.pairs,
            )
            for trial in (undecided if all(trial.pairs for trial in undecided) else [])
        ]
        self._pace.look(self._at_work, self.spending.pairs, outlooks, left=self.spending.left)

    def finish(self) -> RunResult:
        """Freeze the e-values, decide, and record the run."""
        result = assemble(
            Finished(
                self._trials,
                self._rule,
                self._stopped,
                self._streams[0] if self._comparison.compares else None,
            ),
            facts=RunFacts(
                run_id=self.run_id,
                started=self.started,
                seed=self.seed,
                versions=self.versions,
                store=str(self.settings.store),
            ),
            models=self.models,
            spending=self.spending,
        )
        self.runs.finish(
            self.run_id,
            verdict_records(result),
            msgspec.json.encode(result).decode(),
            self._entries(),
        )
        # After it was recorded: the store itself knows what came before.
        return replace(result, earlier=earlier_runs(self._records, result))

    def _entries(self) -> list[LedgerEntry]:
        """Return the run's tests for the ledger; a model against itself is no release."""
        if not self._comparison.compares:
            return []
        return [
            entry
            for stream in self._streams
            for entry in stream.entries(self._trials, self._comparison)
        ]

    @property
    def _at_work(self) -> float:
        """Seconds since the start, the first loading of each model left out."""
        return self.spending.elapsed - self.models.loading

    def _tell(self) -> None:
        sides = [side for side in (self.models.a, self.models.b) if side is not None]
        seconds = self._at_work
        tokens = sum(side.generated_tokens + side.replayed_tokens for side in sides)
        self._pace.tokens.note(seconds, tokens)
        self._progress(
            ProgressState(
                behaviors=len(self._trials),
                decided=len(self._stopped),
                pairs=self.spending.pairs,
                generated=sum(side.generated for side in sides),
                reused=sum(side.reused for side in sides),
                seconds=self.spending.elapsed,
                texts_read=sum(reader.texts_read for reader in self.models.readers if reader),
                errors=sum(trial.error is not None for trial in self._trials),
                tokens_per_second=self._pace.tokens.per_second,
                seconds_left=self._pace.seconds_left(seconds),
            )
        )
