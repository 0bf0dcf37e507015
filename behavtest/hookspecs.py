"""The hooks through which plugins extend behavtest; the built-ins come through the same ones.

A hook's types are those of the lowest layers, so that this file needs nothing of what it extends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path
    from random import Random

    import pytest

    from behavtest.core import ReportSection, Row

hookspec = pluggy.HookspecMarker("pytest")


@hookspec
def pytest_behavtest_scorers() -> Mapping[str, Callable[[object], object]]:  # type: ignore[empty-body]
    """Offer scorers to suites.

    A scorer's factory gets the arguments as written in the suite (``{name: arguments}``; None if
    the name stands alone), raises ``ValueError`` with a sentence for the author if they are wrong,
    and returns a scorer: a callable from completion to a score in [0, 1], with a ``name`` that
    describes it and its arguments (see `behavtest.scoring.Scorer`); or what scores many
    completions in one call (`behavtest.scoring.BatchScorer`); or what scores how likely given
    texts are (`behavtest.scoring.ExactScorer`).

    Returns:
        Scorer factories by the name suites use.
    """


@hookspec
def pytest_behavtest_prompt_sources() -> Mapping[  # type: ignore[empty-body]
    str, Callable[[object, Path], Iterable[Row | Mapping[str, object]]]
]:
    """Offer prompt sources to suites.

    A source's factory gets the arguments as written in the suite (``prompts: {name: arguments}``)
    and the folder of the suite, which relative paths are relative to. It raises ``ValueError``
    with a sentence for the author if the arguments are wrong, and returns rows. A row is a mapping
    with a ``prompt`` (text) or ``messages`` (a list of ``{role, content}``) and any other fields,
    which scorers and templates can use; or a `behavtest.core.Row`, which also says where it is
    written, so that an error about it can say so, too.

    Returns:
        Prompt source factories by the name suites use.
    """


@hookspec
def pytest_behavtest_perturbations() -> Mapping[  # type: ignore[empty-body]
    str, Callable[[object], Callable[[str, Random], str]]
]:
    """Offer perturbations to suites.

    A perturbation's factory gets the arguments as written in the suite (``{name: arguments}``; None
    if the name stands alone), raises ``ValueError`` with a sentence for the author if they are
    wrong, and returns a perturbation: a callable from a text and a random generator to a text, with
    a ``name`` that describes it and its arguments (see `behavtest.suite.Perturbation`). It takes
    all chance from the generator, and returns the text as it is where it has nothing to change.

    Returns:
        Perturbation factories by the name suites use.
    """


@hookspec(firstresult=True)
def pytest_behavtest_backend(reference: str, options: object, base: object | None) -> object | None:
    """Open a model; the first plugin that knows the reference answers.

    Args:
        reference: As the user gave it.
        options: The run's `behavtest.sampling.BackendOptions`.
        base: For model B, the backend of model A, whose weights an adapter changes.

    Returns:
        A `behavtest.sampling.Backend`, or None if the reference is not this plugin's. It may also
        be a `behavtest.sampling.SpellsTokens`, so that the first token that differs is marked in
        the report, a `behavtest.sampling.TellsAlternatives`, which says what else was likely, and
        a `behavtest.sampling.EncodesAhead`, which spares a large run time.

    Raises:
        ModelError: The reference is this plugin's, but the model cannot be used.
    """


@hookspec
def pytest_behavtest_report_sections(
    result: object, config: pytest.Config
) -> Sequence[ReportSection] | None:
    """Add sections to the report: HTML, JSON and, in a sentence, the terminal.

    It is called once for each modified model in a session that ran behaviors, in the process that
    ran them, when the model's verdicts are there. A plugin that raises, or returns something
    else, is named in a warning.

    Args:
        result: The `behavtest.experiment.RunResult`.
        config: The pytest session's.

    Returns:
        Sections, in the order in which they are shown; None for none.
    """


@hookspec
def pytest_behavtest_finished(result: object, config: pytest.Config) -> None:
    """Tell that a run has ended, with verdicts.

    It is called once for each modified model in a session that ran behaviors, in the process that
    ran them, after an audit if there is one. The session waits for it. A plugin that raises is
    named in a warning.

    Args:
        result: The `behavtest.experiment.RunResult`.
        config: The pytest session's.
    """


@hookspec
def pytest_behavtest_selected(selection: object) -> None:
    """Tell which behaviors a session has selected, once they are collected.

    Args:
        selection: A `behavtest.experiment.Selection`: the behaviors, the run's settings and the
            models; a plugin may plan with it, or count, and changes nothing.
    """
