"""``json``: a completion that is valid JSON and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NoReturn

from behavtest.scoring.arguments import flag, options_from

if TYPE_CHECKING:
    from behavtest.core import Completion
    from behavtest.scoring.base import Scorer

_DEEPEST: Final = 200
_FENCE: Final = "```"


def json_text(arguments: object) -> Scorer:
    """Make a scorer: 1 if the whole completion is one JSON value, else 0.

    White space around it does not count. ``fenced: true`` also accepts one Markdown code fence
    around the value. ``NaN`` and ``Infinity`` are not JSON; nor, here, is a value nested more than
    200 deep.

    Raises:
        ValueError: The arguments are wrong.
    """
    options = options_from(arguments, scorer="json", known=("fenced",))
    return _Json(fenced=flag(options, "fenced", scorer="json"))


class _Json:
    def __init__(self, *, fenced: bool) -> None:
        self._fenced = fenced
        self.name = "json(fenced=True)" if fenced else "json"

    def __call__(self, completion: Completion, /) -> float:
        text = completion.text.strip()
        if self._fenced:
            text = _inside_fence(text)
        return float(_is_json(text))


def _inside_fence(text: str) -> str:
    first, line_end, rest = text.partition("\n")
    info = first.removeprefix(_FENCE).strip().casefold()
    if first.startswith(_FENCE) and line_end and rest.endswith(_FENCE) and info in {"", "json"}:
        return rest.removesuffix(_FENCE)
    return text


def _is_json(text: str) -> bool:
    if _depth(text) > _DEEPEST:
        return False
    try:
        # numbers stay text: Python refuses to convert integers of more than 4,300 digits
        json.loads(text, parse_constant=_refuse, parse_int=str, parse_float=str)
    except ValueError:
        return False
    return True


def _depth(text: str) -> int:
    """Return how deep brackets nest outside of strings; the parser would recurse as deep."""
    depth = deepest = 0
    in_string = escaped = False
    for character in text:
        if in_string:
            in_string = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
