"""One run for the whole session: in this process, or in the first xdist worker to get there."""

from __future__ import annotations

import os
import traceback
from functools import partial
from typing import TYPE_CHECKING

import pytest

from behavtest.errors import BehavtestError, SettingsError
from behavtest.pytest_plugin.state import BEHAVIOR, STATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from behavtest.experiment import Progress, RunResult
    from behavtest.experiment.selection import Selection
    from behavtest.experiment.session import RunSettings
    from behavtest.pytest_plugin.options import Options
    from behavtest.sampling import Backend
    from behavtest.suite import Behavior

_RESULT = "result.json"
_FAILURE = "failure.txt"
_LOCK = "run.lock"


def runnable(items: Iterable[pytest.Item], options: Options) -> dict[str, Behavior]:
    """Select the family: the behaviors among the items that the given models can answer for.

    One that is marked to be skipped is left out, since every member costs the others power.
    """
    if options.model_a is None:
        return {}
    return {
        item.nodeid: item.stash[BEHAVIOR]
        for item in items
        if BEHAVIOR in item.stash
        and not _skipped(item)
        and (options.model_b is not None or item.stash[BEHAVIOR].expectation.absolute)
    }


def _skipped(item: pytest.Item) -> bool:
    """Whether a mark skips an item; a condition written as text is known to pytest alone."""
    conditions = (
        condition
        for mark in item.iter_markers("skipif")
        for condition in (*mark.args, mark.kwargs.get("condition"))
    )
    return item.get_closest_marker("skip") is not None or any(
        condition for condition in conditions if not isinstance(condition, str)
    )


def selection(session: pytest.Session) -> Selection:
    """Return what the session selects, for plugins that look at it without running it."""
    from behavtest.experiment.selection import Selection

    options = session.config.stash[STATE].options
    return Selection(
        behaviors={
            item.nodeid: item.stash[BEHAVIOR]
            for item in session.items
            if BEHAVIOR in item.stash and not _skipped(item)
        },
        settings=_settings(options),
        model_a=options.model_a,
        model_b=options.model_b,
        open_model=partial(open_backend, session.config),
    )


def _settings(options: Options) -> RunSettings:
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


def run_session(session: pytest.Session, progress: Progress) -> None:
    """Run the selected behaviors and keep the result in the session's state.

    Args:
        session: Collected and selected.
        progress: Told how far the run is.

    Raises:
        pytest.UsageError: The run cannot be done, in a session without workers. With workers the
            reason is kept, and every behavior reports it.
    """
    state = session.config.stash[STATE]
    family = runnable(session.items, state.options)
    if not family:
        return
    try:
        if state.shared is None:
            state.keep(_run(session.config, family, progress, state.keep))
        else:
            state.keep(_run_or_read(session.config, family, progress, state.shared))
    except BehavtestError as error:
        state.failure = str(error)
        if state.shared is None:
            raise pytest.UsageError(str(error)) from error
    except KeyboardInterrupt:
        # During the audit the verdicts are there.
        state.interrupted = state.result is None
        raise


def _run(
    config: pytest.Config,
    family: dict[str, Behavior],
    progress: Progress,
    keep: Callable[[RunResult], None],
) -> RunResult:
    """Run, audit if that was asked for, and tell the plugins; the verdicts are kept before that."""
    from behavtest.experiment.audit import AuditSettings, Models, audit, begun
    from behavtest.experiment.engine import run
    from behavtest.experiment.forks import with_forks
    from behavtest.pytest_plugin.listeners import tell_finished, with_sections

    options = config.stash[STATE].options
    _check_outputs(options)
    assert options.model_a is not None
    model_a = open_backend(config, options.model_a, base=None)
    model_b = None
    if options.model_b is not None:
        model_b = open_backend(config, options.model_b, base=model_a)
    result = run(
        family,
        model_a=model_a,
        model_b=model_b,
        settings=_settings(options),
        progress=progress,
    )
    keep(result)
    result = with_forks(result, Models(model_a, model_b), options.store, progress)
    result = with_sections(config, result)
    if options.audit:
        settings = AuditSettings(options.store, options.audit)
        keep(begun(result, settings))
        result = audit(result, family, Models(model_a, model_b), settings, progress)
    keep(result)
    tell_finished(config, result)
    return result


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
    for flag, file in options.outputs.items():
        if not file.parent.is_dir():
            raise SettingsError(
                f"--behavtest-{flag}: the folder {file.parent} does not exist; create it first"
            )
        if file.is_dir():
            raise SettingsError(f"--behavtest-{flag}: {file} is a folder; name a file in it")


def _run_or_read(
    config: pytest.Config, family: dict[str, Behavior], progress: Progress, shared: Path
) -> RunResult:
    """Run if no other worker has, else read what it found."""
    from filelock import FileLock

    with FileLock(shared / _LOCK):
        known = read_shared(shared)
        if known is not None:
            return known
        try:
            result = _run(config, family, progress, partial(put, shared / _RESULT))
        except Exception as error:
            # Whatever it is, a bug included, the other workers must not run into it one by one.
            ours = isinstance(error, BehavtestError)
            text = str(error) if ours else traceback.format_exc()
            (shared / _FAILURE).write_text(text, encoding="utf-8")
            raise BehavtestError(text) from error
        put(shared / _RESULT, result)
        return result


def read_shared(shared: Path) -> RunResult | None:
    """Read the result another worker left; None if none has yet.

    Raises:
        BehavtestError: That worker's run failed.
    """
    import msgspec

    from behavtest.experiment import RunResult

    if (shared / _FAILURE).exists():
        raise BehavtestError((shared / _FAILURE).read_text(encoding="utf-8"))
    if not (shared / _RESULT).exists():
        return None
    return msgspec.json.decode((shared / _RESULT).read_bytes(), type=RunResult)


def put(file: Path, value: object) -> None:
    """Write a value as JSON in one step: another process reads all of it or the one before."""
    import msgspec

    unfinished = file.with_name(f"{file.name}.{os.getpid()}")
    unfinished.write_bytes(msgspec.json.encode(value))
    unfinished.replace(file)
