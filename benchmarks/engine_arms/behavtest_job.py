"""The job through behavtest: one behavior, model A alone, every prompt once."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from engine_arms.answers import Job
from engine_arms.chatworld import reload
from engine_arms.jobs import LONGEST, MODEL
from engine_arms.timing import Arm
from engine_arms.variance import unwatched

from behavtest.core import Completion
from behavtest.experiment.session import RunSettings, Session
from behavtest.sampling import BackendOptions, Request
from behavtest.sampling.local import LocalBackend
from behavtest.scoring import builtin_registry, checked_score
from behavtest.store import open_store
from behavtest.suite import load_suite

if TYPE_CHECKING:
    from pathlib import Path

    from behavtest.suite import Behavior, Case

SETTINGS = f"defaults, batch {BackendOptions().batch_size}"
SUITE = """\
suite: capitals
defaults: {max_new_tokens: LONGEST, temperature: 1.0}
behaviors:
  - id: recalls
    prompts: FILE
    score: {contains: "{{ answer }}"}
    expect: {at_least: 0.5}
"""


def prepare(prompts: Path, folder: Path) -> Arm:
    """Find the model; the arm returned reads, asks, stores and scores, from nothing.

    Args:
        prompts: Rows of prompt and answer.
        folder: Where the suite and the stores go.

    Returns:
        Runs the job and returns the mean score; the model is loaded before.
    """
    file = folder / "capitals.behav.yaml"
    words = SUITE.replace("LONGEST", str(LONGEST)).replace("FILE", prompts.name)
    file.write_text(words, encoding="utf-8")
    measuring = opened()
    fresh = [opened()]

    def read() -> tuple[Behavior, list[Case]]:
        (behavior,) = load_suite(file, scorers=builtin_registry()).behaviors
        return behavior, [behavior.prompts[index] for index in range(len(behavior.prompts))]

    def before() -> None:
        behavior, cases = read()
        asked = [Request(measuring.encode(case.target), 0) for case in cases]
        fresh[:] = [opened()]  # it has rendered none of them
        reload(fresh[0], [Job(behavior.settings, asked)])

    def run() -> float:
        behavior, cases = read()
        store = folder / f"{uuid.uuid4().hex}.duckdb"
        with open_store(store) as connection:
            models = Session(connection, fresh[0], None, RunSettings(store), unwatched).models
            models.encode_ahead([case.target for case in cases], absolute=True)
            twins = [
                models.twin(case.target, place, behavior.settings, absolute=True)
                for place, case in enumerate(cases)
            ]
            found = models.ask(twins).from_a
            scores = [
                checked_score(behavior.scorer, Completion(case.target, found[twin.to_a.key].text))
                for case, twin in zip(cases, twins, strict=True)
                if twin.to_a is not None
            ]
        return sum(scores) / len(scores)

    return Arm(run, before)


def opened() -> LocalBackend:
    """Open the model; its weights load when it is first asked."""
    return LocalBackend(str(MODEL), BackendOptions(device="cpu"))
