"""Which models a run compared, and what is needed to repeat it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from behavtest.report import format as fmt
from behavtest.report import words
from behavtest.report.section import Fact

if TYPE_CHECKING:
    from behavtest.experiment.result import ModelRecord, RunResult


class Model(NamedTuple):
    """One model of the comparison.

    Args:
        letter: ``A`` or ``B``.
        name: As the user gave it.
        description: What it is.
        fingerprint: The beginning of its digest.
        digest: All of it.
        work: What was generated with it and what was reused.
    """

    letter: str
    name: str
    description: str
    fingerprint: str
    digest: str
    work: str


def models(run: RunResult) -> tuple[Model, ...]:
    """Describe the models of a run, A first."""
    found = [model_card("A", run.model_a)]
    if run.model_b is not None:
        found.append(model_card("B", run.model_b))
    return tuple(found)


def model_card(letter: str, record: ModelRecord) -> Model:
    """Describe a model and what was generated with it."""
    decoded = fmt.plural(record.generated_tokens, "token")
    tokens = f" ({decoded})" if record.generated_tokens else ""
    if record.replayed_tokens:
        tokens = f" ({decoded} decoded, {words.replayed(record)})"
    texts = words.texts_read(record)
    return Model(
        letter=letter,
        name=record.name,
        description=record.description,
        fingerprint=fmt.fingerprint(record.fingerprint),
        digest=record.fingerprint,
        work=f"{fmt.count(record.generated)} generated{tokens}, {fmt.count(record.reused)} reused"
        + (f"; {texts}" if texts else ""),
    )


def provenance(run: RunResult) -> tuple[Fact, ...]:
    """List everything needed to repeat a run and to read its verdicts."""
    facts = [
        Fact("Run", run.run_id, code=True),
        Fact("Seed", str(run.seed), code=True),
        Fact("Pairs", words.pairing(run)),
        Fact("Procedure", f"{words.procedure(run.procedure)} at {fmt.ALPHA} = {run.alpha:g}"),
        Fact("Violated means", words.violated_guarantee(run)),
        Fact("Intervals mean", words.interval_guarantee(run)),
    ]
    if run.redecided:
        facts.insert(0, Fact("These verdicts", words.REDECIDED))
    if run.behaviors:
        facts.append(Fact("All holding means", words.holds_guarantee(run)))
    facts.append(Fact("Store", run.store, code=True))
    return tuple(facts)


def libraries(run: RunResult) -> tuple[Fact, ...]:
    """List the libraries a run was made with, and their versions."""
    return tuple(Fact(name, run.versions[name]) for name in sorted(run.versions))
