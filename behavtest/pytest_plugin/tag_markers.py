"""Tags of suites as registered markers, where pytest asks for markers before it collects."""

from __future__ import annotations

import os
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Final

from behavtest.pytest_plugin.state import STATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pytest

SUITE_SUFFIXES: Final = (".behav.yaml", ".behav.yml")


def register_tags(config: pytest.Config, tags: Iterable[str]) -> None:
    """Make tags known to pytest as markers, each once."""
    known = config.stash[STATE].tags
    for tag in tags:
        if tag not in known:
            known.add(tag)
            config.addinivalue_line("markers", f"{tag}: behaviors tagged {tag}")


def register_early(config: pytest.Config) -> None:
    """Register the tags of the suites that will be collected, if pytest is about to look at them.

    ``pytest --markers`` collects nothing, and under strict markers a test module that is imported
    before a suite is collected may use its tags.
    """
    if not (config.option.markers or _strict(config)):
        return
    suites = list(_suites(config))
    if suites:
        from behavtest.suite.declared_tags import declared_tags

        for suite in suites:
            register_tags(config, declared_tags(suite))


def _strict(config: pytest.Config) -> bool:
    strict = config.getini("strict_markers")
    return bool(config.getini("strict") if strict is None else strict)


def _suites(config: pytest.Config) -> Iterator[Path]:
    """Yield the files of suites asked for by name, and those under the session's arguments."""
    for suite in config.stash[STATE].suites:
        yield from suite.files
    skipped: list[str] = config.getini("norecursedirs")
    for argument in config.args:
        path = config.invocation_params.dir / argument.partition("::")[0]
        if path.is_file():
            if path.name.endswith(SUITE_SUFFIXES):
                yield path
            continue
        for folder, folders, files in os.walk(path):
            folders[:] = [
                name for name in folders if not any(fnmatch(name, one) for one in skipped)
            ]
            yield from (Path(folder, name) for name in files if name.endswith(SUITE_SUFFIXES))
