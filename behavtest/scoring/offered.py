"""What plugins offer by name, and suites ask for: ``name``, or ``{name: arguments}``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Generic, NamedTuple, Self, TypeVar

from behavtest.errors import BehavtestError, SettingsError, SuiteError
from behavtest.scoring.hints import describe, did_you_mean, listed

if TYPE_CHECKING:
    import pluggy

Step = str | int
Factory = TypeVar("Factory", bound=Callable[..., object])


class SpecError(ValueError):
    """Something that plugins offer is not asked for as it must be.

    Args:
        message: What is wrong, in a sentence for the suite's author.
        path: Keys and indices that lead from what is written to the place.
        line: Line within the text at that place, if it is a template with an error there.
    """

    def __init__(
        self, message: str, *, path: tuple[Step, ...] = (), line: int | None = None
    ) -> None:
        super().__init__(message)
        self.path = path
        self.line = line


class Asked(NamedTuple):
    """What a suite asks for.

    Args:
        name: The name.
        arguments: As written; None if the name stands alone.
        path: Keys that lead to the arguments.
    """

    name: str
    arguments: object
    path: tuple[Step, ...]


class Registry(Generic[Factory]):
    """Factories by name, from every plugin that offers some through one hook.

    Args:
        factories: Factories by name.

    Raises:
        SettingsError: A name is reserved.
    """

    HOOK: ClassVar[str]
    KIND: ClassVar[str]
    RESERVED: ClassVar[Mapping[str, str]] = {}
    """Names that no plugin may offer, and why."""
    SEVERAL: ClassVar[str] = ""
    """How to ask for several at once, if there is a way."""
    ERROR: ClassVar[type[SpecError]] = SpecError

    def __init__(self, factories: Mapping[str, Factory]) -> None:
        for name, why in self.RESERVED.items():
            if name in factories:
                raise SettingsError(f"a {self.KIND} cannot be named {name!r}: {why}")
        self._factories = dict(factories)

    @classmethod
    def from_plugins(cls, plugins: pluggy.PluginManager) -> Self:
        """Collect what every registered plugin offers.

        Args:
            plugins: Knows `behavtest.hookspecs`, and has the built-in ones among its plugins.

        Raises:
            SettingsError: Two plugins offer one name, or a plugin offers something else.
        """
        factories: dict[str, Factory] = {}
        owners: dict[str, str] = {}
        # each implementation by itself, so that a clash can be told with both plugins' names
        for implementation in getattr(plugins.hook, cls.HOOK).get_hookimpls():
            owner = implementation.plugin_name
            offered: object = implementation.function()
            if not isinstance(offered, Mapping):
                raise SettingsError(
                    f"plugin {owner!r}: {cls.HOOK} returned {describe(offered)}, expected a "
                    f"mapping of {cls.KIND} factories by name"
                )
            for name, factory in offered.items():
                if name in owners:
                    raise SettingsError(
                        f"two plugins offer a {cls.KIND} named {name!r}: {owners[name]!r} and "
                        f"{owner!r}; turn one off with -p no:NAME"
                    )
                owners[name] = owner
                factories[name] = factory
        return cls(factories)

    @property
    def factories(self) -> Mapping[str, Factory]:
        """Factories by name."""
        return MappingProxyType(self._factories)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name a suite can use, sorted."""
        return tuple(sorted([*self._factories, *self.RESERVED]))

    def _asked(self, spec: object, path: tuple[Step, ...] = ()) -> Asked:
        """Read a name, or ``{name: arguments}``.

        Raises:
            SpecError: It is something else.
        """
        if isinstance(spec, str):
            return Asked(spec, None, path)
        if not isinstance(spec, Mapping):
            raise self.ERROR(
                f"found {describe(spec)}, expected the name of a {self.KIND} or "
                "{name: arguments}",
                path=path,
            )
        if len(spec) != 1:
            way_out = f"; {self.SEVERAL}" if self.SEVERAL else ""
            raise self.ERROR(
                f"found a mapping with {len(spec)} names ({listed(spec)}), expected one{way_out}",
                path=path,
            )
        ((name, arguments),) = spec.items()
        return Asked(str(name), arguments, (*path, str(name)))

    def _made(
        self, asked: Asked, path: tuple[Step, ...], make: Callable[[Factory], object]
    ) -> object:
        """Return what a factory makes.

        Args:
            asked: What is asked for.
            path: Keys that lead to where its name is written.
            make: Calls the factory, and does all with its result that may fail.

        Raises:
            SpecError: There is none of that name, or it fails.
            SuiteError: It found an error in a file and says where.
        """
        if asked.name not in self._factories:
            raise self.ERROR(
                f"there is no {self.KIND} {asked.name!r}{did_you_mean(asked.name, self.names)} "
                f"({self.KIND}s: {listed(self.names)})",
                path=path,
            )
        try:
            return make(self._factories[asked.name])
        except SuiteError as error:
            if error.file:
                raise
            raise self.ERROR(str(error), path=asked.path) from error
        except (ValueError, BehavtestError) as error:
            line = getattr(error, "line", None)
            raise self.ERROR(str(error), path=asked.path, line=line) from error
        except Exception as error:  # a plugin's code may raise anything
            raise self.ERROR(
                f"the {self.KIND} {asked.name!r} cannot be made: {type(error).__name__}: {error}",
                path=asked.path,
            ) from error
