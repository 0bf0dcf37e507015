"""Populations of cases: a fixed list, or a template times its variables."""

from __future__ import annotations

import hashlib
import json
import math
import sys
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from behavtest.suite.behavior import Case
from behavtest.suite.chat import TemplateNode, Turn, render_turns, with_system

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from behavtest.core import Prompt


@dataclass(frozen=True)
class FixedPrompts:
    """A list of cases.

    Args:
        cases: The cases; all of them have a baseline, or none.
        remark: What a reader should know of how they came about, possibly nothing.
    """

    cases: tuple[Case, ...]
    remark: str = ""

    @property
    def contrast(self) -> bool:
        """Whether every case has a baseline."""
        return self.cases[0].baseline is not None

    @cached_property
    def digest(self) -> str:
        """Hex digest of messages and fields, in order."""
        return digest_of(
            "fixed", ([canonical(prompt) for prompt in case if prompt] for case in self.cases)
        )

    @cached_property
    def asked(self) -> str:
        """Hex digest of the messages, in order, whatever the fields are."""
        return digest_of(
            "asked", ([_messages(prompt) for prompt in case if prompt] for case in self.cases)
        )

    def __len__(self) -> int:
        return len(self.cases)

    def __getitem__(self, index: int, /) -> Case:
        return self.cases[index]


@dataclass(frozen=True)
class TemplatePrompts:
    """A template times the values of its variables, rendered one case at a time.

    Cases are in the order of `itertools.product`: the last variable changes fastest.

    Args:
        turns: The messages, as templates; the target's, in a contrast.
        variables: The values of each variable.
        system: The system message, as a template, if there is one.
        baseline: The messages of the baseline, filled in from the same values, in a contrast.
    """

    turns: tuple[Turn, ...]
    variables: Mapping[str, Sequence[object]]
    system: TemplateNode | None = None
    baseline: tuple[Turn, ...] = ()

    @property
    def contrast(self) -> bool:
        """Whether every case has a baseline."""
        return bool(self.baseline)

    @property
    def remark(self) -> str:
        """What a reader should know of how the cases came about: nothing, they are all there."""
        return ""

    @cached_property
    def digest(self) -> str:
        """Hex digest of the templates and their variables."""
        system = self.system.template.source if self.system else None
        variables = [[name, list(values)] for name, values in self.variables.items()]
        parts = [_sources(self.turns), system, variables]
        if self.baseline:
            return digest_of("templates", [*parts, _sources(self.baseline)])
        return digest_of("template", parts)

    @property
    def asked(self) -> str:
        """The same: which values reach the messages is known only once they are rendered."""
        return self.digest

    @property
    def widest(self) -> int:
        """Number of values of the variable that has most."""
        return max(map(len, self.variables.values()), default=1)

    def __len__(self) -> int:
        return self.size

    @property
    def size(self) -> int:
        """Number of cases, however large."""
        return math.prod(map(len, self.variables.values()))

    @property
    def countable(self) -> bool:
        """Whether the number of cases is one that can be an index."""
        return self.size <= sys.maxsize

    def __getitem__(self, index: int, /) -> Case:
        size = self.size
        if not -size <= index < size:
            raise IndexError(f"case {index} of {size}")
        return self.case(self._digits(index % size))

    def diagonal(self, step: int) -> Case:
        """Return a case with every variable at its value number ``step``, wrapping around.

        Raises:
            SuiteError: The template does not render.
        """
        return self.case([step % len(values) for values in self.variables.values()])

    def case(self, positions: Sequence[int]) -> Case:
        """Return the case with each variable at a position.

        Raises:
            SuiteError: The template does not render.
        """
        chosen = zip(self.variables.items(), positions, strict=True)
        fields = {name: values[position] for (name, values), position in chosen}
        return rendered_case(self.turns, self.baseline, fields, system=self.system)

    def _digits(self, index: int) -> list[int]:
        """Return an index's digits in the mixed radix of the variables' numbers of values."""
        digits: list[int] = []
        for values in reversed(list(self.variables.values())):
            index, digit = divmod(index, len(values))
            digits.append(digit)
        return digits[::-1]


def rendered_case(
    target: tuple[Turn, ...],
    baseline: tuple[Turn, ...],
    fields: Mapping[str, object],
    *,
    system: TemplateNode | None,
) -> Case:
    """Return the case that templates make of some fields.

    Args:
        target: The messages.
        baseline: Those of the baseline; none outside a contrast.
        fields: What fills them in.
        system: The system message of both, if there is one.

    Raises:
        SuiteError: A template does not render.
    """
    asked = with_system(render_turns(target, fields), system)
    if not baseline:
        return Case(asked)
    return Case(asked, with_system(render_turns(baseline, fields), system))


def _sources(turns: tuple[Turn, ...]) -> list[list[str]]:
    return [[turn.role, turn.content.template.source] for turn in turns]


def canonical(prompt: Prompt) -> list[object]:
    """Return a prompt's messages and fields as JSON can hold them."""
    return [_messages(prompt), dict(prompt.fields)]


def _messages(prompt: Prompt) -> list[list[str]]:
    return [[turn.role, turn.content] for turn in prompt.messages]


def digest_of(kind: str, parts: Iterable[object]) -> str:
    """Return the hex digest of a population's parts, which are JSON values.

    Args:
        kind: What kind of population it is.
        parts: What tells it from others of its kind.
    """
    digest = hashlib.blake2b(kind.encode(), digest_size=32)
    encode = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
    for part in parts:
        digest.update(f"\n{encode(part)}".encode())
    return digest.hexdigest()
