"""The fields of suite files: what each is, and which shape its values have.

The loader knows the fields by these tables, and the schema that editors use is made of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from behavtest.core.completions import MOST_TOKENS
from behavtest.scoring.shapes import NUMBER, TEXT, Shape, about, either, fields, some, words
from behavtest.stats.expectation import Kind
from behavtest.suite.relation import Relation
from behavtest.suite.schema.shapes import (
    MARK_WORDS,
    MESSAGES,
    ROW,
    TAG,
    TEMPLATE,
    VARIABLES,
    defined,
    rows,
    slug,
)

Table = Mapping[str, Shape]

LEAST_WEIGHT: Final = 1e-6
MOST_WEIGHT: Final = 1e6

_BY_TOLERANCE: Final = (Kind.NOT_WORSE, Kind.NOT_HIGHER, Kind.UNCHANGED)
_GREATEST_CHANGE: Final = 2
"""That of a contrast, from target minus baseline of -1 to 1."""

_MARGIN: Final[Shape] = {"type": "number", "minimum": 0, "exclusiveMaximum": _GREATEST_CHANGE}
_BOUND: Final[Shape] = {"type": "number", "exclusiveMinimum": -1, "exclusiveMaximum": 1}


def _by(text: str) -> Shape:
    return about(text, fields({"by": about("By how much at least.", _MARGIN)}, required=["by"]))


def _alone(kind: Kind, shape: Shape) -> Shape:
    return fields({str(kind): shape}, required=[str(kind)])


EXPECT: Final = either(
    words([str(kind) for kind in _BY_TOLERANCE]),
    _alone(Kind.INCREASES, _by("The score is to rise.")),
    _alone(Kind.DECREASES, _by("The score is to fall.")),
    _alone(Kind.AT_LEAST, about("The modified model's own mean score, at least.", _BOUND)),
    _alone(Kind.AT_MOST, about("The modified model's own mean score, at most.", _BOUND)),
)

CONTRAST: Final[Table] = {
    "target": about("What the score counts for.", defined("side")),
    "baseline": about("What it counts against, matched with the target.", defined("side")),
    "match_on": about("The field by which rows of target and baseline are matched.", TEXT),
}

PERTURB: Final[Table] = {
    "perturb": about(
        "What makes a target of each of the behavior's own prompts: a perturbation, or several "
        "applied in order.",
        either(defined("perturbation"), some(defined("perturbation"))),
    ),
    "keep": about("Fields whose text is left as it is in the prompts.", either(TEXT, some(TEXT))),
}
"""A contrast between a prompt and the same one changed."""

SIDE: Final[Table] = {
    "template": about("The message, or messages, with {{ variables }}.", TEMPLATE),
    "messages": about("A template of several messages.", MESSAGES),
}
"""A target or baseline that is a template."""

POPULATION: Final[Table] = {
    "prompts": about(
        "What to ask: a list, the path of a .jsonl, .csv or .txt file, or a prompt source.",
        rows(ROW),
    ),
    "template": about(
        "What to ask, with {{ variables }}: one prompt for every combination of their values.",
        TEMPLATE,
    ),
    "messages": about("A template of several messages.", MESSAGES),
    "variables": about("The values of each variable, or the path of a .txt file.", VARIABLES),
    "contrast": about(
        "Matched target and baseline prompts: the score is the difference of the two.",
        defined("contrast"),
    ),
    "system": about("A system message before every prompt, possibly a template.", TEXT),
}

SETTINGS: Final[Table] = {
    "max_new_tokens": about(
        "Most tokens of an answer; 64 if left out.",
        {"type": "integer", "minimum": 1, "maximum": MOST_TOKENS},
    ),
    "temperature": about(
        "0 always picks the likeliest token; 1 if left out.", {"type": "number", "minimum": 0}
    ),
    "top_k": about(
        "Only so many of the likeliest tokens may be drawn; 0, all, if left out.",
        {"type": "integer", "minimum": 0, "maximum": MOST_TOKENS},
    ),
    "top_p": about(
        "Only the likeliest tokens with so much probability may be drawn; 1, all, if left out.",
        {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
    ),
}

_TAGS: Final = about(
    "Words for pytest -m.",
    some({"type": "string", "pattern": f"^{TAG}$", "not": {"enum": list(MARK_WORDS)}}),
)

MARK: Final[Table] = {
    **POPULATION,
    "relation": about(
        "How the two scores of a contrast make one.", words([str(one) for one in Relation])
    ),
    "expect": about("The change that is allowed, or wanted.", EXPECT),
    "tolerance": about(
        "The change that does not matter, in score units; 0.05 if left out.", _MARGIN
    ),
    "weight": about(
        "How much the behavior counts when violations are looked for; 1 if left out.",
        {"type": "number", "minimum": LEAST_WEIGHT, "maximum": MOST_WEIGHT},
    ),
    **SETTINGS,
    "tags": _TAGS,
    "description": about("A sentence for people.", TEXT),
}
"""A behavior in Python: the test function is its name and its scorer."""

BEHAVIOR: Final[Table] = {
    "id": slug("Its name in the suite, and in pytest's node id."),
    **MARK,
    "score": about("The scorer: a name, or {name: arguments}.", defined("score")),
}

DEFAULTS: Final[Table] = {
    name: BEHAVIOR[name] for name in ("tolerance", "weight", *SETTINGS, "system", "tags")
}

SHARED: Final[Table] = {
    "version": about(
        "What you call this state of it; in quotes if it is 1.10, say.", either(TEXT, NUMBER)
    ),
    "description": about("A sentence for people.", TEXT),
    "include": about("Files to take defaults and variables from.", some(TEXT)),
    "defaults": about("Fields of all behaviors that do not have their own.", fields(DEFAULTS)),
    "variables": about("Named values, for the templates that use them.", VARIABLES),
}
"""A file that suites include."""

SUITE: Final[Table] = {
    "suite": slug("The suite's name; the file's, if left out."),
    **SHARED,
    "behaviors": about("The claims about a model.", some(defined("behavior"))),
}
