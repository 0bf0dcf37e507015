"""``--behavtest-suite``: suites by name or path, beside what pytest collects or instead of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from behavtest.errors import BehavtestError
from behavtest.pytest_plugin.collect import NamedSuiteFile
from behavtest.pytest_plugin.state import STATE
from behavtest.suite.shipped import (
    ALL,
    SUITE_SUFFIXES,
    NamedSuite,
    general_suites,
    named_suite,
    suite_names,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

FLAG = "--behavtest-suite"
INI = "behavtest_suite"


class _Asked(NamedTuple):
    """The suites asked for.

    Args:
        text: Names and paths, as written, each once.
        folder: What paths are relative to.
    """

    text: tuple[str, ...]
    folder: Path


def take_suites(config: pytest.Config) -> None:
    """Find the suites asked for, and settle what else the session collects.

    On the command line they replace what pytest would collect by itself, and stand beside paths.
    In an ini file they stand beside what pytest would collect by itself, and paths replace them.

    Raises:
        pytest.UsageError: There is no such suite.
    """
    paths_given = config.args_source is pytest.Config.ArgsSource.ARGS
    flags: list[str] = config.getoption(FLAG)
    if flags:
        asked = _Asked(_split(flags, config.invocation_params.dir), config.invocation_params.dir)
        kept = config.args if paths_given else []
    elif config.getini(INI) and not paths_given:
        folder = config.rootpath if config.inipath is None else config.inipath.parent
        asked = _Asked(_split([config.getini(INI)], folder), folder)
        kept = config.args
    else:
        return
    named: list[NamedSuite] = []
    paths: list[str] = []
    for one in asked.text:
        if _is_path(one) or (one not in suite_names() and (asked.folder / one).exists()):
            paths.append(_existing(asked.folder, one))
        else:
            named += _named(one)
    config.stash[STATE].suites = tuple(dict.fromkeys(named))
    config.args = list(dict.fromkeys([*kept, *paths]))
    config.args_source = pytest.Config.ArgsSource.ARGS


def _split(texts: list[str], folder: Path) -> tuple[str, ...]:
    """Split at commas, but for a path that has one in it."""
    parts: list[str] = []
    for text in texts:
        whole = _is_path(text) and (folder / text).exists()
        parts += [text] if whole else text.split(",")
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _is_path(text: str) -> bool:
    """Whether a text is no name: a suite named as a folder here is written ``./folder``."""
    return Path(text).name != text or text.endswith((*SUITE_SUFFIXES, ".py"))


def _existing(folder: Path, text: str) -> str:
    path = folder / Path(text).expanduser()
    if not path.exists():
        raise pytest.UsageError(f"{FLAG}: there is no file or folder {path}")
    return str(path)


def _named(name: str) -> tuple[NamedSuite, ...]:
    try:
        return general_suites() if name == ALL else (named_suite(name),)
    except BehavtestError as error:
        raise pytest.UsageError(f"{FLAG}: {error}") from error


class SuiteFolder(pytest.Directory):
    """A suite with a name, wherever it lies: its id is the same in a checkout and in a wheel."""

    def __init__(self, *, suite: NamedSuite, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]  # pytest's own cooperative constructor
        self._suite = suite
        self.extra_keyword_matches.add(suite.name)  # -k passes over the topmost folders

    @classmethod
    def of(cls, session: pytest.Session, suite: NamedSuite) -> SuiteFolder:
        """Return the collector of a suite."""
        nodeid = f"suite:{suite.name}"
        folder: SuiteFolder = cls.from_parent(
            session, path=suite.folder, name=suite.name, nodeid=nodeid, suite=suite
        )
        return folder

    def collect(self) -> Iterator[NamedSuiteFile]:
        """Yield one collector per suite file."""
        for file in self._suite.files:
            name = file.relative_to(self._suite.folder).as_posix()
            yield NamedSuiteFile.from_parent(
                self, name=name, path=file, nodeid=f"{self.nodeid}/{name}"
            )
