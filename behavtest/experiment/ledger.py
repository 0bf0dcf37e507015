"""A run's place in the ledger: which test of which stream each behavior is."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import astuple
from typing import TYPE_CHECKING, NamedTuple

from behavtest.stats.online import open_stream
from behavtest.store import LedgerEntry, Lineage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from behavtest.experiment.trial import Trial
    from behavtest.stats import Evidence
    from behavtest.store import LedgerStore

DEFAULT = "e-lond"
"""The stream that every run enters, whatever declares its verdicts: right under any dependence."""

NEVER = 1e-300
"""The level of a test that was decided before, or is none: no evidence suffices."""


class Standing(NamedTuple):
    """One behavior's next test in its stream.

    Args:
        lineage: Suite and behavior.
        release: Hex digest of what is tested.
        test: Its place in the stream, from 1.
        level: What the stream allows it, fixed by the tests before it.
        recorded: What the ledger has of it already, None if nothing.
        last: Whether no later test builds on it.
    """

    lineage: Lineage
    release: str
    test: int
    level: float
    recorded: LedgerEntry | None = None
    last: bool = True

    @property
    def effective_level(self) -> float:
        """The level a run may declare at: none for a test that later ones have been built on."""
        if self.recorded is None or self.last or self.recorded.alarm:
            return self.level
        return NEVER

    def takes(self, pairs: int) -> bool:
        """Return whether the ledger takes the evidence after some number of pairs.

        A recorded test is continued only further along the same observations, only until it has
        raised an alarm, and only while it is the last. So what counts is the evidence at one
        stopping time, the first recorded alarm or else the latest look: nobody can go back to
        the pair at which the evidence was greatest, and no alarm is taken back.

        Args:
            pairs: Observations so far.
        """
        known = self.recorded
        return known is None or (self.last and not known.alarm and pairs > known.pairs)

    def stands_for(self, pairs: int) -> bool:
        """Return whether what the ledger has, or takes now, is the evidence after these pairs."""
        known = self.recorded
        return self.takes(pairs) or (known is not None and known.pairs == pairs)


class Comparison(NamedTuple):
    """What a run compares; with a behavior's definition it says which release is tested.

    Args:
        run_id: The run.
        started: When it started, UTC, ISO 8601.
        identity_a: Model A's, see `behavtest.sampling.identity`.
        identity_b: Model B's, None if A runs alone.
        model_b: The model under test, as the user gave it.
        seed: The run's seed.
        independent: Whether model B drew noise of its own.
    """

    run_id: str
    started: str
    identity_a: str
    identity_b: str | None
    model_b: str
    seed: int
    independent: bool = False

    @property
    def compares(self) -> bool:
        """Whether there is something to find: a model against itself is no release."""
        return self.identity_a != self.identity_b


class Stream(NamedTuple):
    """All behaviors' tests in the streams of one procedure.

    Each (suite, behavior) is a lineage with a stream of its own: one test for each release, at a
    level that the tests of earlier releases decide. Running the same release again (the same
    models, seed and definition) continues the same e-process, so it is the same test at the same
    level, not a new one; `Standing.takes` says when it is written anew.

    Args:
        procedure: A stream's name, as `open_stream` takes it.
        alpha: Its error rate.
        standings: Name of a behavior -> its test.
    """

    procedure: str
    alpha: float
    standings: Mapping[str, Standing]

    @property
    def levels(self) -> dict[str, float]:
        """Name of a behavior -> the level of its test, `NEVER` if its decision stands."""
        return {name: standing.effective_level for name, standing in self.standings.items()}

    def value(self, evidence: Evidence) -> float:
        """Return what the stream takes of the evidence for "violated" at the stop."""
        return evidence.e_violated if self.procedure == DEFAULT else evidence.p_violated

    def alarm(self, trial: Trial) -> bool:
        """Return whether a behavior's test has raised an alarm, in this run or as recorded."""
        standing = self.standings[trial.name]
        if not self._takes(trial):
            return standing.recorded is not None and standing.recorded.alarm
        value, level = self.value(trial.evidence), standing.level
        return value >= 1 / level if self.procedure == DEFAULT else value <= level

    def entries(self, trials: Sequence[Trial], comparison: Comparison) -> list[LedgerEntry]:
        """Return the tests to write down: of behaviors that were measured, and are not settled."""
        return [
            LedgerEntry(
                *self.standings[trial.name].lineage,
                procedure=self.procedure,
                alpha=self.alpha,
                test=self.standings[trial.name].test,
                release=self.standings[trial.name].release,
                run_id=comparison.run_id,
                started=comparison.started,
                model_b=comparison.model_b,
                value=self.value(trial.evidence),
                level=self.standings[trial.name].level,
                alarm=self.alarm(trial),
                pairs=trial.pairs,
            )
            for trial in trials
            if self._takes(trial)
        ]

    def _takes(self, trial: Trial) -> bool:
        measured = trial.error is None and trial.pairs > 0
        return measured and self.standings[trial.name].takes(trial.pairs)


def enter(
    trials: Sequence[Trial],
    comparison: Comparison,
    store: LedgerStore,
    *,
    procedure: str,
    alpha: float,
) -> Stream:
    """Find each behavior's test in its stream, before anything is seen of it.

    Args:
        trials: The run's behaviors.
        comparison: The run.
        store: The ledger.
        procedure: A stream's name.
        alpha: Its error rate, in (0, 1); another alpha is another stream.
    """
    past = store.streams(procedure=procedure, alpha=alpha)
    twins = Counter(_lineage(trial) for trial in trials)
    standings = {}
    for trial in trials:
        lineage = _lineage(trial)
        own = lineage._replace(behavior=trial.name)
        if twins[lineage] > 1 or own in past:  # two files call a suite and a behavior alike
            lineage = own
        standings[trial.name] = _standing(
            lineage,
            _release(trial, comparison),
            past.get(lineage, []),
            procedure=procedure,
            alpha=alpha,
        )
    return Stream(procedure, alpha, standings)


def _lineage(trial: Trial) -> Lineage:
    return Lineage(trial.behavior.suite, trial.behavior.id)


def _standing(
    lineage: Lineage, release: str, past: Sequence[LedgerEntry], *, procedure: str, alpha: float
) -> Standing:
    for entry in past:
        if entry.release == release:
            last = entry is past[-1]
            return Standing(lineage, release, entry.test, entry.level, entry, last)
    level = next_level(past) if past else open_stream(procedure, alpha=alpha).next_level
    return Standing(lineage, release, len(past) + 1, level)


def next_level(tests: Sequence[LedgerEntry]) -> float:
    """Return the level a stream allows its next test.

    Args:
        tests: All tests of one stream so far, in their order, at least one.
    """
    stream = open_stream(tests[0].procedure, alpha=tests[0].alpha)
    for entry in tests:
        stream.test(entry.value)
    return stream.next_level


def _release(trial: Trial, comparison: Comparison) -> str:
    """Digest what decides a behavior's observations: whoever changes it makes a new test.

    A scorer is known by its name and arguments: code that changes under the same name is not seen.
    """
    behavior = trial.behavior
    parts = [
        None if behavior.expectation.absolute else comparison.identity_a,
        comparison.identity_b or comparison.identity_a,
        comparison.seed,
        comparison.independent,
        trial.evidence.weighted,
        behavior.prompts.digest,
        behavior.scorer.name,
        behavior.relation,
        behavior.expectation.kind,
        behavior.expectation.margin,
        astuple(behavior.settings),
    ]
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()
