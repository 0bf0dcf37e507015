"""``judge``: a language model answers a question about a completion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.errors import ScoreError
from behavtest.scoring.hints import shortened
from behavtest_judge.bench import Tally
from behavtest_judge.labelled import ErrorRate, error_rate
from behavtest_judge.posing import pose
from behavtest_judge.rubric import NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.core import Completion, Prompt
    from behavtest.scoring import Outcome
    from behavtest_judge.bench import Bench
    from behavtest_judge.labelled import Example
    from behavtest_judge.rubric import Rubric


class Judge:
    """Scores a completion by the option that a judge chooses.

    Options are spread evenly over [0, 1]: "no" is 0 and "yes" 1, of five levels the second is
    0.25. Without a verdict there is no score.

    Args:
        rubric: What is asked.
        bench: The judge.
        examples: Completions that people have judged; empty if there are none.
    """

    def __init__(self, rubric: Rubric, bench: Bench, examples: Sequence[Example] = ()) -> None:
        self.name = f"{NAME}({rubric.described}, model={bench.name})"
        self.question = shortened(rubric.question.source)
        self.tally = Tally()
        self._rubric = rubric
        self._bench = bench
        self._examples = examples

    def score_many(self, completions: Sequence[Completion], /) -> Sequence[Outcome]:
        """Score completions; the judge is asked about several at once."""
        return self._judged(completions, self.tally)

    def check(self, prompt: Prompt) -> None:
        """Refuse a prompt whose fields do not fill in the rubric."""
        self._rubric.filled_in(prompt)

    def measured(self) -> ErrorRate | None:
        """Judge the labelled examples; None if there are none."""
        if not self._examples:
            return None
        completions = [example.completion for example in self._examples]
        return error_rate(self._examples, self._judged(completions, Tally()))

    def _judged(self, completions: Sequence[Completion], tally: Tally) -> list[Outcome]:
        outcomes: list[Outcome] = [ScoreError("not judged")] * len(completions)
        posed = []
        for place, completion in enumerate(completions):
            try:
                filled_in = self._rubric.filled_in(completion.prompt)
            except ScoreError as error:
                outcomes[place] = error
            else:
                posed.append((place, pose(filled_in, completion)))
        found = self._bench.judge([one for _, one in posed], tally)
        for (place, _), outcome in zip(posed, found, strict=True):
            outcomes[place] = outcome
        return outcomes
