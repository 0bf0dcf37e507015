"""What an audit found, in words and side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from behavtest.report import format as fmt
from behavtest.report.diff import diff
from behavtest.report.excerpt import Fragment, clipped, excerpt
from behavtest.report.pairs import Message
from behavtest.report.section import Fact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from behavtest.experiment.audited import AuditedModel, AuditResult, Disagreement
    from behavtest.experiment.result import RunResult

_PROMPT_LIMIT = 2_000


class Differing(NamedTuple):
    """A completion that came out otherwise.

    Args:
        title: Whose it is, and how much the two texts have in common.
        behavior: A behavior that used it.
        prompt: What was asked.
        stored: The text the run used.
        again: The text of the audit.
    """

    title: str
    behavior: str
    prompt: tuple[Message, ...]
    stored: tuple[Fragment, ...]
    again: tuple[Fragment, ...]


class Audit(NamedTuple):
    """The audit of a run.

    Args:
        summary: What was found.
        meaning: What it means and what to do; empty if everything agrees.
        models: Each model's letter and what was found of it.
        differing: Completions that came out otherwise, side by side.
        more: How many further ones there are.
    """

    summary: str
    meaning: str
    models: tuple[tuple[str, tuple[Fact, ...]], ...]
    differing: tuple[Differing, ...]
    more: int


def audit(run: RunResult) -> Audit | None:
    """Prepare what the report says of a run's audit; None if there was none."""
    found = run.audit
    if found is None:
        return None
    differing = tuple(_differing(one) for one in found.disagreements)
    return Audit(
        summary=f"{_sentence(found)}.",
        meaning=audit_meaning(run),
        models=tuple((letter, _facts(model, run)) for letter, model in _models(found)),
        differing=differing,
        more=_differ(found) - len(differing),
    )


def audit_summary(run: RunResult) -> str:
    """Say in one sentence what the audit found; empty if there was none."""
    return "" if run.audit is None else f"audit: {_sentence(run.audit)}"


def audit_meaning(run: RunResult) -> str:
    """Say what it means that completions came out otherwise, and what to do; empty if none did."""
    if run.audit is None or not _differ(run.audit):
        return ""
    made_with = sorted({text for _, model in _models(run.audit) for text in model.made_with})
    versions = f": {_versions(made_with, run)}" if made_with else ""
    return (
        "The verdicts rest on the stored texts. Causes: near-ties that rounding decides (bfloat16, "
        f"another device or library version than the store's{versions}), or a server that does not "
        "repeat itself. Use --behavtest-dtype=float32 or a fresh --behavtest-store."
    )


def _sentence(found: AuditResult) -> str:
    models = _models(found)
    checked = sum(model.checked for _, model in models)
    if not checked:
        return found.error or "the run used no completion"
    differ = _differ(found)
    completions = f"{fmt.plural(checked, 'completion')} generated again"
    if differ:
        verb = "differs" if differ == 1 else "differ"
        said = f"{fmt.count(differ)} of {completions} {verb}"
        counts = [(letter, model.checked - model.agreed, model.checked) for letter, model in models]
    else:
        said = f"{completions} {'agrees' if checked == 1 else 'agree'}"
        counts = [(letter, model.agreed, model.checked) for letter, model in models]
    parts = [
        f"{letter} {fmt.count(number)} of {fmt.count(whole)}" for letter, number, whole in counts
    ]
    said += f" ({', '.join(parts)})"
    if found.error:
        left = sum(model.sampled for _, model in models) - checked
        said += f"; {fmt.count(left)} more were not checked: {found.error}"
    return said


def _models(found: AuditResult) -> list[tuple[str, AuditedModel]]:
    models = (("A", found.model_a), ("B", found.model_b))
    return [(letter, model) for letter, model in models if model is not None]


def _differ(found: AuditResult) -> int:
    return sum(model.checked - model.agreed for _, model in _models(found))


def _facts(model: AuditedModel, run: RunResult) -> tuple[Fact, ...]:
    checked = fmt.count(model.checked)
    if model.checked < model.sampled:
        checked += f" of a sample of {fmt.count(model.sampled)}"
    facts = [
        Fact("Generated again", checked),
        Fact(
            "The same text", f"{fmt.count(model.agreed)}, {fmt.share(model.agreed, model.checked)}"
        ),
    ]
    if model.earliest is not None and model.median is not None:
        facts.append(
            Fact(
                "First token that differs",
                f"number {fmt.count(model.earliest + 1)} at the earliest, "
                f"{model.median + 1:,.10g} in the median",
            )
        )
    if model.logprob_difference is not None:
        difference = f"{model.logprob_difference:.2g}{fmt.NBSP}nats"
        facts.append(Fact("Log-probabilities of tokens in common differ by at most", difference))
    if model.made_with:
        facts.append(Fact("Those that differ were made with", _versions(model.made_with, run)))
    return tuple(facts)


def _versions(made_with: Iterable[str], run: RunResult) -> str:
    """Set the versions that made the stored completions against this run's."""
    parts = []
    for text in made_with:
        now = run.versions.get(text.partition(" ")[0])
        parts.append(text + (f", now {now}" if now is not None else ", now absent"))
    return "; ".join(parts)


def _differing(one: Disagreement) -> Differing:
    spans = diff(one.stored, one.again)
    return Differing(
        title=f"Model {one.model.upper()}, {fmt.plural(one.shared, 'token')} in common",
        behavior=one.behavior,
        prompt=tuple(
            Message(turn.role, clipped(turn.content, limit=_PROMPT_LIMIT)) for turn in one.prompt
        ),
        stored=excerpt(span for span in spans if span.kind != "added"),
        again=excerpt(span for span in spans if span.kind != "removed"),
    )
