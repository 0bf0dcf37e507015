"""What a run found: plain data, written as JSON, read by the report and by pytest's items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from behavtest.core.sections import ReportSection  # noqa: TC001 -- msgspec reads it when decoding

VerdictName = Literal["holds", "violated", "inconclusive", "error"]
StopReason = Literal["holds", "violated", "max_pairs", "budget", "census", "error", "redecided"]


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """One model of the comparison.

    Args:
        name: As the user gave it.
        fingerprint: Hex digest of the weights' content and whatever else decides its answers.
        description: Architecture, size and dtype in a few words.
        generated_tokens: Tokens this run decoded with it (0 if all came from the store).
        generated: Completions this run made with it.
        reused: Completions taken from the store.
        replayed_tokens: Tokens of the completions made that were accepted from the other model's
            answers, or from guesses checked in the same way, and so not decoded.
        texts_read: Given texts whose likelihood this run computed with it.
        texts_reused: Given texts whose likelihood was in the store.
    """

    name: str
    fingerprint: str
    description: str
    generated_tokens: int
    generated: int
    reused: int
    replayed_tokens: int = 0
    texts_read: int = 0
    texts_reused: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a prompt.

    Args:
        role: Who speaks.
        content: What is said.
    """

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """A token that may come next, or the end of the answer.

    Args:
        text: What it adds to the text, or its name if that is no text; empty for the end.
        a: Its probability under model A at temperature 1, in [0, 1]; None if that is not known:
            A was not asked, or it is less than `Fork.floor_a`.
        b: The same under model B.
        chosen: Which model chose it, ``a`` or ``b``; None if neither did.
        ends: Whether it is the end of the answer, all tokens that end one taken together.
    """

    text: str
    a: float | None
    b: float | None
    chosen: Literal["a", "b"] | None = None
    ends: bool = False


@dataclass(frozen=True, slots=True)
class TokenMark:
    """A token in a text.

    Args:
        start: Where it begins, in characters; that of a character it is a part of.
        stop: Where it ends; equal to ``start`` for a token that is not in the text, such as the
            one that ends the answer.
        ends: Whether the answer ends here.
    """

    start: int
    stop: int
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Fork:
    """The first token that differs between two answers.

    Args:
        shared: How many tokens both begin with.
        a: Model A's token there, in its text.
        b: Model B's.
        alternatives: The most likely tokens there under either model and the two that were chosen,
            the most likely first; empty if neither model was asked.
        floor_a: Probability that none of the tokens without one exceeds under model A; None if
            that is not known.
        floor_b: The same under model B.
    """

    shared: int
    a: TokenMark
    b: TokenMark
    alternatives: tuple[Alternative, ...] = ()
    floor_a: float | None = None
    floor_b: float | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One prompt with both models' answers; model B's are None when model A runs alone.

    Args:
        prompt: The messages.
        text_a: Model A's completion; or, where nothing is sampled, what it makes of given texts.
        text_b: Model B's.
        score_a: Its score in [0, 1].
        score_b: Its score in [0, 1].
        fork: The first token that differs, if the texts do and the models' tokens can be compared.
    """

    prompt: tuple[Turn, ...]
    text_a: str | None
    text_b: str | None
    score_a: float | None
    score_b: float | None
    fork: Fork | None = None


@dataclass(frozen=True, slots=True)
class PairExample:
    """One observation, for people to read.

    Args:
        index: Its place in the schedule, counted from 0.
        value: The observation: D = score_B - score_A, or the score itself for an absolute
            expectation; in a contrast, the score is what its relation makes of two.
        target: The prompt and its answers.
        baseline: The matched twin, in a contrast.
        gap: The log-probability gap in nats: |log p_B - log p_A| of model A's whole answer, in a
            contrast of both answers together; None where model B was not checked against it.
    """

    index: int
    value: float
    target: Side
    baseline: Side | None = None
    gap: float | None = None


@dataclass(frozen=True, slots=True)
class PathPoint:
    """The evidence after some number of pairs.

    Args:
        pairs: Observations so far.
        e_holds: E-value of the claim that the expectation holds (capped at 1e300).
        e_violated: E-value of the claim that it is violated (capped at 1e300).
    """

    pairs: int
    e_holds: float
    e_violated: float


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence sequence at the stop.

    Args:
        lower: Lower end, in score units.
        upper: Upper end.
        level: Coverage of the two ends together: 1 - 2 alpha, each end holding with 1 - alpha.
    """

    lower: float
    upper: float
    level: float


@dataclass(frozen=True, slots=True)
class LedgerNote:
    """A behavior's test in the stream of its releases.

    Args:
        procedure: The stream's procedure.
        test: The test's place in the stream, from 1.
        level: What the stream allowed it: an alarm takes an e-value, or 1 / p, of 1 / level.
        alarm: Whether it raised one.
        counts: Whether this run's evidence was taken; an earlier run of the release stands else.
    """

    procedure: str
    test: int
    level: float
    alarm: bool
    counts: bool = True


@dataclass(frozen=True, slots=True)
class BehaviorResult:
    """The verdict on one behavior and everything a reader needs to judge it.

    Args:
        name: Node id of the pytest item.
        suite: The suite's name.
        behavior: The behavior's id within it.
        description: One sentence, possibly empty.
        tags: The behavior's tags.
        file: Suite file.
        line: Line in it, from 1.
        scorer: The scorer's name.
        sampling: How completions were sampled, in words, or that none were.
        expectation: Its kind, ``not_worse`` say.
        margin: Tolerance, intended change or bound, in score units.
        statement: The expectation in words, with numbers.
        verdict: ``error`` is a failed computation, not a verdict.
        error: What failed, for ``error``.
        exact: Every prompt was seen, and each has one score: no sampling error is left.
        stop: Why sampling stopped.
        pairs: Observations used.
        population: Number of cases in the prompt set.
        estimate: Mean observation: Delta, or the model's mean for an absolute expectation.
        interval: Confidence sequence for the same quantity.
        range_lower: Least possible value of an observation.
        range_upper: Greatest possible value.
        mean_a: Model A's mean score (in a contrast, what its relation makes of two).
        mean_b: Model B's.
        changed: Pairs in which the two texts differ, or the scores of the same given texts; None if
            only one model was asked.
        e_holds: E-value of "the expectation holds" at the stop (capped at 1e300).
        e_violated: E-value of "the expectation is violated" at the stop (capped at 1e300).
        forecast: For ``inconclusive``: how many more pairs a decision would likely take.
        path: The evidence along the way, at most 100 points.
        examples: Pairs to read, the most telling first.
        relation: In a contrast, how target and baseline make one number: ``difference``, or the
            amount by which ``invariance``, ``not_lower`` or ``not_higher`` is broken.
        p_violated: P-value of "the expectation is violated", 1 over the greatest e-value on the
            way.
        enough: The evidence for "violated" that suffices alone, as an e-value or as 1 / p; 0 in
            results from before it was recorded.
        without_replacement: Whether prompts were drawn without replacement (greedy decoding, exact
            scores).
        weighted: Whether prompts were chosen actively, and their observations weighted.
        prior_weight: The behavior's weight in its family.
        ledger: Its test in the ledger.
        suite_version: What the suite's author calls this state of it, possibly empty.
        remark: What to know of how the cases came about: that some were left out, say.
    """

    name: str
    suite: str
    behavior: str
    description: str
    tags: tuple[str, ...]
    file: str
    line: int
    scorer: str
    sampling: str
    expectation: str
    margin: float
    statement: str
    verdict: VerdictName
    error: str | None
    exact: bool
    stop: StopReason
    pairs: int
    population: int
    estimate: float | None
    interval: Interval | None
    range_lower: float
    range_upper: float
    mean_a: float | None
    mean_b: float | None
    changed: int | None
    e_holds: float
    e_violated: float
    forecast: int | None
    path: tuple[PathPoint, ...]
    examples: tuple[PairExample, ...]
    relation: str | None = None
    p_violated: float = 1.0
    enough: float = 0.0
    without_replacement: bool = False
    weighted: bool = False
    prior_weight: float = 1.0
    ledger: LedgerNote | None = None
    suite_version: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A completion that came out otherwise when it was generated again.

    Args:
        model: ``a`` or ``b``.
        key: The completion's key in the store.
        behavior: Name of a behavior that used it.
        prompt: What was asked.
        stored: The text the run used.
        again: The text of the audit.
        shared: How many tokens the two have in common before the first that differs.
    """

    model: Literal["a", "b"]
    key: str
    behavior: str
    prompt: tuple[Turn, ...]
    stored: str
    again: str
    shared: int


@dataclass(frozen=True, slots=True)
class AuditedModel:
    """What an audit found of one model.

    Args:
        sampled: Completions in the sample, of those the run used.
        checked: How many of them were generated again.
        agreed: How many came out the same, token for token.
        earliest: For those that did not, the fewest tokens before the first that differs; None if
            all agreed.
        median: The same, their median.
        logprob_difference: Largest difference (nats) between the log-probabilities then and now
            of the tokens in common; None if there are none to compare.
        made_with: Libraries that made what disagrees in another version than this run's, with
            that version: ``torch 2.9.1``.
    """

    sampled: int
    checked: int
    agreed: int
    earliest: int | None = None
    median: float | None = None
    logprob_difference: float | None = None
    made_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditResult:
    """A sample of the completions a run used, generated again.

    Args:
        share: How much of them was to be sampled, in (0, 1].
        seconds: Wall time it took.
        model_a: What was found of model A, None if it was not asked.
        model_b: The same of model B.
        disagreements: Some of the completions that came out otherwise.
        error: Why not all of the sample was checked; empty if it was.
    """

    share: float
    seconds: float = 0.0
    model_a: AuditedModel | None = None
    model_b: AuditedModel | None = None
    disagreements: tuple[Disagreement, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class EarlierFinding:
    """What an earlier run found of a behavior.

    Args:
        behavior: Node id.
        verdict: By the error rate and the expectation of that run.
        expectation: Its kind then.
        margin: Its tolerance, intended change or bound then.
        exact: Whether no sampling error was left.
        pairs: Observations.
        estimate: Mean observation.
        interval: Confidence sequence for the same quantity.
        suite_version: What the suite's author called the suite's state, possibly empty.
    """

    behavior: str
    verdict: VerdictName
    expectation: str
    margin: float
    exact: bool
    pairs: int
    estimate: float
    interval: Interval | None
    suite_version: str = ""


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """An earlier run of the store that tells of a run's behaviors, of two other models.

    Args:
        run_id: Its id.
        started: UTC time in ISO 8601.
        model_a: The base model as the user gave it.
        fingerprint_a: Its fingerprint.
        model_b: The modified model, if one was given.
        fingerprint_b: Its fingerprint.
        version: Of behavtest.
        findings: One for each behavior it tells of.
    """

    run_id: str
    started: str
    model_a: str
    fingerprint_a: str
    model_b: str | None
    fingerprint_b: str | None
    version: str
    findings: tuple[EarlierFinding, ...]


@dataclass(frozen=True, slots=True)
class RunResult:
    """One comparison over a family of behaviors.

    Args:
        run_id: Identifier of the run in the store.
        started: UTC time in ISO 8601.
        seconds: Wall time of the run.
        seed: The run's seed; with the models and the suites it determines every number here.
        alpha: Error rate the verdicts are held to.
        procedure: How false discoveries are controlled, a `behavtest.stats.Procedure`.
        pairing: ``coupled`` or ``independent``; ``single`` if model A runs alone.
        pairing_reason: Why the pairs are independent, if they are.
        model_a: The base model.
        model_b: The modified model, if one was given.
        behaviors: One result per behavior, in the order they were collected.
        versions: Library -> version.
        store: Path of the store.
        redecided: Whether these verdicts are by another scorer, alpha, tolerance or procedure than
            the run's own.
        audit: What became of completions generated again, if that was asked for. No verdict
            depends on it.
        sections: What plugins add to the report.
        earlier: What earlier runs of the store found of the same behaviors by the same scorers, of
            other models: of each behavior the latest 30 at most, two models counted once, the
            earliest run first. No verdict depends on it.
    """

    run_id: str
    started: str
    seconds: float
    seed: int
    alpha: float
    procedure: str
    pairing: Literal["coupled", "independent", "single"]
    pairing_reason: str
    model_a: ModelRecord
    model_b: ModelRecord | None
    behaviors: tuple[BehaviorResult, ...]
    versions: dict[str, str]
    store: str
    redecided: bool = False
    audit: AuditResult | None = None
    sections: tuple[ReportSection, ...] = ()
    earlier: tuple[EarlierRun, ...] = ()
