"""The scorers of the shipped suites, on answers written for them: what counts, and what does not.

A file ``checks/SUITE.yaml`` lists, for a behavior, the fields of a prompt and answers that score 1
(``counts``) and 0 (``fails``). A pattern in a suite has blind spots like any other code.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml

from behavtest.core import Completion, Message, Prompt
from behavtest.scoring import builtin_registry, checked_score
from behavtest.suite import Behavior, load_suite

_SUITES = Path(__file__).parents[2] / "suites"
_CHECKS = sorted((Path(__file__).parent / "checks").glob("*.yaml"))


@cache
def _behaviors(suite: str) -> dict[str, Behavior]:
    files = sorted((_SUITES / suite).glob("*.behav.yaml"))
    loaded = [load_suite(file, scorers=builtin_registry()) for file in files]
    return {behavior.id: behavior for one in loaded for behavior in one.behaviors}


def _cases():
    for file in _CHECKS:
        for check in yaml.safe_load(file.read_text(encoding="utf-8")):
            for answer, score in (("counts", 1), ("fails", 0)):
                for number, text in enumerate(check.get(answer, ())):
                    where = f"{file.stem}-{check['behavior']}-{answer}-{number}"
                    yield pytest.param(file.stem, check, text, score, id=where)


@pytest.mark.parametrize(("suite", "check", "text", "score"), list(_cases()))
def test_answer_scores_as_written(suite, check, text, score):
    """An answer written to count counts, and one written to fail fails."""
    scorer = _behaviors(suite)[check["behavior"]].scorer
    prompt = Prompt((Message("user", "?"),), check.get("fields", {}))
    assert checked_score(scorer, Completion(prompt, text)) == score
