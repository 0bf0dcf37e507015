"""One record of a data file, whose fields are checked as they are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from behavtest.core import Row, Source
from behavtest.scoring.hints import describe, did_you_mean, listed, text_wanted
from behavtest.suite import fields as read
from behavtest.suite.node import Node, from_python

if TYPE_CHECKING:
    from behavtest.errors import SuiteError


class Record:
    """One record of a data file.

    Args:
        row: Its fields and its place.
    """

    def __init__(self, row: Row) -> None:
        self.fields = row.fields
        self.place = row.place

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    def error(self, name: str, message: str) -> SuiteError:
        """Return the error that a field is wrong."""
        return self._at(name).error(message)

    def node(self, name: str) -> Node:
        """Return a field with its place.

        Raises:
            SuiteError: There is none.
        """
        if name not in self.fields:
            raise self.place.error(
                f"the record has no field {name!r}{did_you_mean(name, self.fields)} "
                f"(fields: {listed(self.fields)})"
            )
        return from_python(self.fields[name], self._at(name))

    def mapping(self, name: str) -> Record:
        """Return a field that is a mapping, to read what is in it.

        Raises:
            SuiteError: There is none, or it is something else.
        """
        node = self.node(name)
        read.mapping(node)
        inner = self.fields[name]
        assert isinstance(inner, Mapping)
        return Record(Row(inner, node.place))

    def text(self, name: str) -> str:
        """Return a field that is text and not blank.

        Raises:
            SuiteError: There is none, or it is something else.
        """
        return read.text(self.node(name))

    def texts(self, name: str, *, at_least: int = 1) -> tuple[str, ...]:
        """Return a field that is a list of texts.

        Args:
            name: The field's.
            at_least: How many there must be.

        Raises:
            SuiteError: There is none, it is something else, or has too few.
        """
        node = self.node(name)
        if not isinstance(node.value, tuple):
            raise node.error(f"found {describe(node.plain())}, expected a list of texts")
        if len(node.value) < at_least:
            raise node.error(f"found {len(node.value)} texts, expected at least {at_least}")
        return tuple(read.text(item) for item in node.value)

    def position(self, name: str, *, among: int) -> int:
        """Return a field that is a position, counted from 0; a CSV file's is text.

        Args:
            name: The field's.
            among: The number of positions.

        Raises:
            SuiteError: There is none, or it is something else.
        """
        node = self.node(name)
        value = node.value
        if isinstance(value, str) and value.strip().isdecimal():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < among:
            raise node.error(
                f"found {describe(node.plain())}, expected a whole number from 0 to {among - 1}"
            )
        return value

    def one_of(self, name: str, known: Sequence[str]) -> str:
        """Return a field that is one of a few words.

        Raises:
            SuiteError: There is none, or it is something else.
        """
        node = self.node(name)
        if not isinstance(node.value, str):
            raise node.error(text_wanted(node.plain()))
        if node.value not in known:
            hint = did_you_mean(node.value, known)
            raise node.error(f"found {describe(node.value)}, expected one of {listed(known)}{hint}")
        return node.value

    def asking(self, prompt: str, **added: object) -> Row:
        """Return a row: all of the record's fields, the prompt, and what is made of them.

        Args:
            prompt: The user's message.
            added: Further fields; they win over the record's own.
        """
        return Row({**self.fields, "prompt": prompt, **added}, self.place)

    def _at(self, name: str) -> Source:
        field = f"{self.place.field}.{name}" if self.place.field else name
        return Source(self.place.file, self.place.line, field)
