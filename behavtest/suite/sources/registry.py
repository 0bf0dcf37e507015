"""The prompt sources a suite can name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar, Protocol

from behavtest.core import Row, Source
from behavtest.scoring.hints import describe
from behavtest.scoring.offered import Registry, SpecError
from behavtest.suite.node import check_plain

if TYPE_CHECKING:
    from pathlib import Path


class PromptSourceFactory(Protocol):
    """Makes rows from the arguments written in a suite."""

    def __call__(self, arguments: object, folder: Path, /) -> Iterable[Row | Mapping[str, object]]:
        """Return rows.

        Args:
            arguments: As written: ``{name: arguments}``.
            folder: Folder of the suite, which relative paths are relative to, as the user knows
                it.

        Raises:
            ValueError: The arguments are wrong; the message is a sentence for the author.
            SuiteError: A file is wrong; it names the file and the line.
        """
        ...


class PromptSourceRegistry(Registry[PromptSourceFactory]):
    """Makes rows from what suites write.

    Args:
        factories: Prompt source factories by name.
    """

    HOOK: ClassVar[str] = "pytest_behavtest_prompt_sources"
    KIND: ClassVar[str] = "prompt source"

    def rows(self, spec: object, *, folder: Path, place: Source) -> tuple[Row, ...]:
        """Make the rows a suite asks for.

        Args:
            spec: ``{name: arguments}``.
            folder: Folder of the suite, as the user knows it.
            place: Where that is written; rows that say no place of their own are from there.

        Returns:
            At least one row.

        Raises:
            SpecError: It cannot be read, or the source fails; the message says why.
            SuiteError: The source found an error in a file, and says where.
        """
        asked = self._asked(spec)
        made = self._made(
            asked, (), lambda factory: _rows(factory(asked.arguments, folder), place, asked.name)
        )
        assert isinstance(made, tuple)
        if not made:
            raise SpecError(f"the prompt source {asked.name!r} gave no rows", path=asked.path)
        return made


def _rows(made: object, place: Source, name: str) -> tuple[Row, ...]:
    """Hold what a plugin returned to what rows are.

    Raises:
        ValueError: It is something else.
    """
    if not isinstance(made, Iterable) or isinstance(made, str | Mapping | Row):
        raise ValueError(  # noqa: TRY004 - a sentence for the suite's author, as all of them
            f"the plugin's factory of {name!r} returned {describe(made)}, expected rows"
        )
    return tuple(_row(item, place, name) for item in made)


def _row(item: object, place: Source, name: str) -> Row:
    if isinstance(item, Row):
        check_plain(item.fields, item.place)  # what is stored later must be plain
        return item
    if not isinstance(item, Mapping):
        raise ValueError(  # noqa: TRY004 - the same
            f"the plugin's factory of {name!r} returned {describe(item)} among its rows, expected "
            'a mapping: {"prompt": "…"}'
        )
    check_plain(item, place)
    return Row(item, place)
