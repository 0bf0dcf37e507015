"""Policies are read strictly: what is not understood is an error with file, line and field."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from behavtest.errors import SuiteError
from behavtest.release.policy import CountsAs, Policy, Role, read_policy

FULL = """\
description: what a release must show
blocking: [safety]
advisory: [style]
otherwise: advisory
required:
  suites: [refusal, facts]
  behaviors: [tone/stays-polite]
inconclusive: warn
error: warn
redecided: warn
alone: warn
same_weights: warn
alpha: 0.01
min_pairs: 30
max_age: 48h
acceptances: [accepted/changes.yaml]
"""


@pytest.fixture
def policy(tmp_path, monkeypatch):
    """Read a policy from text."""
    monkeypatch.chdir(tmp_path)

    def read(text: str) -> Policy:
        Path("policy.yaml").write_text(text, encoding="utf-8")
        return read_policy(Path("policy.yaml"))

    return read


def test_every_field(policy):
    assert policy(FULL) == Policy(
        blocking=("safety",),
        advisory=("style",),
        otherwise=Role.ADVISORY,
        required_suites=("refusal", "facts"),
        required_behaviors=("tone/stays-polite",),
        inconclusive=CountsAs.WARN,
        error=CountsAs.WARN,
        redecided=CountsAs.WARN,
        alone=CountsAs.WARN,
        same_weights=CountsAs.WARN,
        alpha=0.01,
        min_pairs=30,
        max_age=timedelta(hours=48),
        acceptances=(Path("accepted/changes.yaml"),),
    )


def test_one_field_leaves_the_others_strict(policy):
    """Nobody gets a looser gate by leaving something out."""
    assert policy("advisory: [style]\n") == Policy(advisory=("style",))
    assert policy("blocking: []\n") == Policy()
    strict = Policy()
    counted = (strict.inconclusive, strict.error, strict.redecided, strict.alone)
    assert {*counted, strict.same_weights} == {CountsAs.FAIL}
    assert strict.role(()) is Role.BLOCKING


@pytest.mark.parametrize(
    ("tags", "role"),
    [
        (("safety",), Role.BLOCKING),
        (("style",), Role.ADVISORY),
        (("style", "safety"), Role.BLOCKING),
        (("other",), Role.BLOCKING),
        ((), Role.BLOCKING),
    ],
)
def test_roles(tags, role):
    assert Policy(blocking=("safety",), advisory=("style",)).role(tags) is role


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("blockin: [safety]\n", "policy.yaml:1: blockin: unknown field; did you mean 'blocking'?"),
        ("blocking: safety\n", "policy.yaml:1: blocking: found the text 'safety', expected a list"),
        ("otherwise: ignore\n", "otherwise: found 'ignore', expected one of blocking, advisory"),
        ("inconclusive: pass\n", "inconclusive: found 'pass', expected one of fail, warn"),
        ("error: true\n", "error: found the boolean true, expected text"),
        ("alpha: 0\n", "alpha: found 0, expected an error rate above 0, at most 0.5"),
        ("alpha: 0.9\n", "alpha: found 0.9"),
        ("alpha: .nan\n", "alpha: found the number nan"),
        ("min_pairs: 0\n", "min_pairs: found 0, expected at least 1"),
        ("min_pairs: 2.5\n", "min_pairs: found the number 2.5, expected a whole number"),
        ("max_age: 2 weeks\n", "max_age: found '2 weeks', expected hours or days, 48h or 7d say"),
        ("required: [refusal]\n", "required: found a list, expected a mapping (suites, behaviors)"),
        ("required: {suites: []}\n", "required.suites: found an empty list"),
        ("required: {suite: [x]}\n", "required.suite: unknown field; did you mean 'suites'?"),
        ("required: {behaviors: [x]}\n", "required.behaviors[0]: found 'x', expected suite/behav"),
        ("acceptances: a.yaml\n", "acceptances: found the text 'a.yaml', expected a list of files"),
        ("\n\nblocking: [a]\nadvisory: [b, a]\n", "policy.yaml:4: advisory[1]: the tag 'a' cannot"),
        ("- blocking\n", "policy.yaml:1: found a list, expected a mapping"),
        ("", "policy.yaml:1: the file is empty"),
        ("blocking: [a\n", "this is not valid YAML"),
    ],
)
def test_what_is_wrong_is_said(policy, text, said):
    with pytest.raises(SuiteError) as error:
        policy(text)
    assert said in str(error.value)


def test_all_mistakes_at_once(policy):
    with pytest.raises(SuiteError) as error:
        policy("alpha: 2\nmin_pairs: x\nblocking: y\n")
    assert [part.line for part in error.value.parts] == [1, 2, 3]
