"""The session's models, and one comparison after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.core import unwritable
from behavtest.errors import SettingsError
from behavtest.pytest_plugin.state import STATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import pytest

    from behavtest.experiment import Progress, RunResult
    from behavtest.experiment.session import RunSettings
    from behavtest.pytest_plugin.options import Options
    from behavtest.sampling import Backend
    from behavtest.suite import Behavior


class Comparing:
    """The open models. Each comparison is what it would be alone, but for what the store spares it.

    Args:
        config: The session's.
        places: The modified models that are compared, by their places among those given.

    Raises:
        SettingsError: A form of the result could not be written.
        ModelError: A model cannot be found or read.
    """

    def __init__(self, config: pytest.Config, places: Iterable[int]) -> None:
        self._config = config
        self._options: Options = config.stash[STATE].options
        _check_outputs(self._options)
        assert self._options.model_a is not None
        self._base = open_backend(config, self._options.model_a, base=None)
        modified = self._options.modified
        # All of them now: what is wrong with the last is told before hours of work, not after.
        self._modified = {
            place: open_backend(config, modified[place].reference, base=self._base)
            for place in places
            if modified
        }
        self._loaded: Backend | None = None

    def compare(
        self,
        place: int,
        family: Mapping[str, Behavior],
        progress: Progress,
        keep: Callable[[int, RunResult], None],
    ) -> None:
        """Run, audit if that was asked for, and tell the plugins; the verdicts are kept before.

        Args:
            place: The modified model's.
            family: Its behaviors.
            progress: Told how far the run is.
            keep: Takes the place and what was found, more than once as more is found.

        Raises:
            ModelError: A model cannot answer.
            StoreError: The store cannot be used.
        """
        from behavtest.experiment.audit import AuditSettings, Models, audit, begun
        from behavtest.experiment.engine import run
        from behavtest.experiment.forks import with_forks
        from behavtest.pytest_plugin.listeners import tell_finished, with_sections

        models = Models(self._base, self._taking_turns(place))
        result = run(
            family,
            model_a=models.a,
            model_b=models.b,
            settings=run_settings(self._options),
            progress=progress,
        )
        keep(place, result)
        result = with_forks(result, models, self._options.store, progress)
        result = with_sections(self._config, result)
        if self._options.audit:
            settings = AuditSettings(self._options.store, self._options.audit)
            keep(place, begun(result, settings))
            result = audit(result, family, models, settings, progress)
        keep(place, result)
        tell_finished(self._config, result)

    def _taking_turns(self, place: int) -> Backend | None:
        """Return a modified model, the one before it no longer in memory."""
        if self._loaded is not None:
            self._loaded.release()
        self._loaded = self._modified.get(place)
        return self._loaded


def open_backend(config: pytest.Config, reference: str, *, base: Backend | None) -> Backend:
    """Ask the plugins for a model; the first that knows it answers.

    One with a ``close`` is closed when the session ends.

    Raises:
        ModelError: The model cannot be found or read.
    """
    backend: Backend | None = config.hook.pytest_behavtest_backend(
        reference=reference, options=config.stash[STATE].options.backend, base=base
    )
    if backend is None:
        raise SettingsError(f"no plugin can open the model {reference}")
    close = getattr(backend, "close", None)  # most hold nothing that outlives them
    if callable(close):
        config.add_cleanup(close)
    return backend


def _check_outputs(options: Options) -> None:
    """Fail before hours of work rather than after."""
    files = {f"--behavtest-{flag}": file for flag, file in options.outputs.items()}
    if wrong := unwritable(files):
        raise SettingsError(wrong)


def run_settings(options: Options) -> RunSettings:
    """Return what decides a run besides the models and the behaviors."""
    from behavtest.experiment.engine import RunSettings
    from behavtest.stats import Procedure

    return RunSettings(
        store=options.store,
        seed=options.seed,
        alpha=options.alpha,
        procedure=Procedure(options.procedure),
        active=options.active,
        budget=options.budget,
    )
