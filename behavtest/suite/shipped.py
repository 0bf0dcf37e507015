"""Suites that have a name: behavtest's own, and those of other installed packages."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from behavtest.errors import SettingsError
from behavtest.scoring.hints import did_you_mean, listed
from behavtest.suite.card import CARD_FILE, Card, Scope, read_card

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SUITE_SUFFIXES: Final = (".behav.yaml", ".behav.yml")
ENTRY_POINTS: Final = "behavtest.suites"
"""The entry point group: ``name = "package.folder"``, the folder that holds the suite."""

ALL: Final = "all"
"""What stands for every suite of behavtest's own that any modified model can be asked."""

_PACKAGE: Final = Path(__file__).parent.parent
_INSTALLED: Final = _PACKAGE / "shipped_suites"
_CHECKOUT: Final = _PACKAGE.parent / "suites"


@dataclass(frozen=True, slots=True)
class NamedSuite:
    """A folder of suite files under one name.

    Args:
        name: What it is asked for by.
        folder: Where it lies; absolute.
        origin: The package it comes with, and its version.
    """

    name: str
    folder: Path
    origin: str

    @property
    def files(self) -> tuple[Path, ...]:
        """Its suite files, folders within included, sorted."""
        return tuple(sorted(_suite_files(self.folder)))

    @property
    def has_card(self) -> bool:
        """Whether it says what it is."""
        return (self.folder / CARD_FILE).is_file()

    def card(self) -> Card:
        """Read what it says of itself.

        Raises:
            SuiteError: There is no card, or it is not what it must be.
        """
        return read_card(self.folder / CARD_FILE, name=self.name)


def suite_names() -> tuple[str, ...]:
    """Return the names of all suites there are, sorted; nothing is checked yet."""
    return tuple(sorted({*_shipped(), *(point.name for point in _points())}))


def named_suite(name: str) -> NamedSuite:
    """Return the suite of a name.

    Raises:
        SettingsError: There is none, there are two, or its package names a folder it has not.
    """
    shipped = _shipped()
    found = [shipped[name]] if name in shipped else []
    found += [
        NamedSuite(name, _folder(point), _origin(point))
        for point in _points()
        if point.name == name
    ]
    if not found:
        known = suite_names()
        raise SettingsError(
            f"there is no suite {name!r}{did_you_mean(name, [*known, ALL])} "
            f"(suites: {listed([*known, ALL], limit=99)}; or the path of a folder or file)"
        )
    first = found[0]
    for other in found[1:]:
        if other.folder != first.folder:
            raise SettingsError(
                f"two suites are named {name!r}: one of {first.origin} ({first.folder}) and one of "
                f"{other.origin} ({other.folder}); give the path of the one you mean"
            )
    return first


def general_suites() -> tuple[NamedSuite, ...]:
    """Return behavtest's own suites that expect no particular change, sorted by name.

    Raises:
        SuiteError: A card is not what it must be.
    """
    return tuple(
        one for one in _shipped().values() if one.has_card and one.card().scope is Scope.ANY
    )


def _shipped() -> Mapping[str, NamedSuite]:
    """Return behavtest's own: in the wheel they lie in the package, in a checkout beside it."""
    folder = _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
    below = sorted(folder.iterdir()) if folder.is_dir() else []
    return {
        one.name: NamedSuite(one.name, one, f"behavtest {version('behavtest')}")
        for one in below
        if one.is_dir() and any(_suite_files(one))
    }


def _points() -> Iterable[EntryPoint]:
    """Return what other packages publish."""
    return entry_points(group=ENTRY_POINTS)


def _folder(point: EntryPoint) -> Path:
    """Find a published suite's folder; no code of it is run, only that of parent packages."""
    try:
        spec = find_spec(point.value)
    except (ImportError, AttributeError, ValueError) as error:
        raise SettingsError(_unusable(point, f"{point.value!r} is not found ({error})")) from error
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    if not places:
        raise SettingsError(_unusable(point, f"{point.value!r} is no package or folder in one"))
    folder = Path(places[0]).resolve()
    if not any(_suite_files(folder)):
        raise SettingsError(_unusable(point, f"{folder} has no {listed(SUITE_SUFFIXES)} file"))
    return folder


def _unusable(point: EntryPoint, why: str) -> str:
    return (
        f"the suite {point.name!r} of {_origin(point)} cannot be used: {why}; its entry point in "
        f"{ENTRY_POINTS} must name the folder that holds the suite, as a dotted path"
    )


def _origin(point: EntryPoint) -> str:
    return "an unknown package" if point.dist is None else f"{point.dist.name} {point.dist.version}"


def _suite_files(folder: Path) -> Iterator[Path]:
    for suffix in SUITE_SUFFIXES:
        yield from folder.rglob(f"*{suffix}")
