"""The pytest face: every hook behavtest implements, each delegating to one module.

Nothing heavy is imported here or before a behavior is collected or an option is given, so that
the plugin costs a session without behaviors nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from behavtest.pytest_plugin.mark import COMPLETION, behavior_mark
from behavtest.pytest_plugin.not_run import not_run_lines
from behavtest.pytest_plugin.options import add_options, read_options
from behavtest.pytest_plugin.state import BEHAVIOR, STATE, State
from behavtest.pytest_plugin.tag_markers import SUITE_SUFFIXES, register_early

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from behavtest.pytest_plugin.collect import SuiteFile

_MARK = (
    "behavior(prompts, expect, tolerance, ...): judge one `completion`; the test becomes a "
    "statistical claim about two models (see behavtest's docs/authoring.md)"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    add_options(parser)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare behavtest's own hooks."""
    from behavtest import hookspecs

    pluginmanager.add_hookspecs(hookspecs)


def pytest_configure(config: pytest.Config) -> None:
    """Read the options and make the built-in scorers and backend known like any plugin's."""
    from behavtest.pytest_plugin import builtin
    from behavtest.pytest_plugin.workers import shared_folder

    config.addinivalue_line("markers", _MARK)
    config.stash[STATE] = State(read_options(config), shared=shared_folder(config))
    config.pluginmanager.register(builtin, "behavtest-builtin")
    if config.getoption("--behavtest-suite") or config.getini("behavtest_suite"):
        from behavtest.pytest_plugin.named_suites import take_suites

        take_suites(config)
    register_early(config)


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Name the models under test."""
    options = config.stash[STATE].options
    if options.model_a is None:
        return []
    from behavtest.pytest_plugin.terminal import header_lines

    return header_lines(config, options)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Refuse a missing or damaged model before anything is collected."""
    from behavtest.pytest_plugin.early import check_models

    check_models(session.config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> SuiteFile | None:
    """Collect suite files."""
    if not file_path.name.endswith(SUITE_SUFFIXES):
        return None
    from behavtest.pytest_plugin.collect import SuiteFile

    return SuiteFile.from_parent(parent, path=file_path)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Add the suites that were asked for by name to what the session collects."""
    report = yield
    if isinstance(collector, pytest.Session) and report.passed:
        suites = collector.config.stash[STATE].suites
        if suites:
            from behavtest.pytest_plugin.named_suites import SuiteFolder

            report.result.extend(SuiteFolder.of(collector, suite) for suite in suites)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_pycollect_makeitem(
    collector: pytest.Module | pytest.Class,
) -> Generator[None, object, object]:
    """Turn marked test functions into behaviors."""
    made = yield
    for item in made if isinstance(made, list) else [made]:
        if not isinstance(item, pytest.Function):
            continue
        mark = behavior_mark(item)
        if mark is not None:
            from behavtest.pytest_plugin.collect import behavior_of_function

            behavior_of_function(item, mark, collector)
    return made


@pytest.hookimpl(trylast=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a marked test function one item per model where there are several modified ones."""
    modified = metafunc.config.stash[STATE].options.modified
    several = len(modified) > 1 and COMPLETION in metafunc.fixturenames
    if several and behavior_mark(metafunc.definition) is not None:
        labels = [model.label for model in modified]
        metafunc.parametrize(COMPLETION, range(len(modified)), ids=labels, indirect=True)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Tell whoever asked which behaviors are selected."""
    hook = session.config.hook.pytest_behavtest_selected
    if hook.get_hookimpls():
        from behavtest.pytest_plugin.runner import selection

        hook(selection=selection(session))


@pytest.fixture
def completion(request: pytest.FixtureRequest) -> None:
    """The completion under test, in a test marked ``behavior``."""
    if BEHAVIOR not in request.node.stash:
        pytest.fail("`completion` is for tests marked with @pytest.mark.behavior", pytrace=False)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Run all selected behaviors at once, before the first item reports."""
    if any(BEHAVIOR in item.stash for item in session.items):
        from behavtest.pytest_plugin.loop import run_before_items

        run_before_items(session)
    state = session.config.stash[STATE]
    shared = None if hasattr(session.config, "workerinput") else state.shared
    if shared is None or state.options.model_a is None:
        return (yield)
    from behavtest.pytest_plugin.watch import watching

    with watching(session.config, shared):
        return (yield)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a behavior that lacks a model, and error on one that could not be computed."""
    if BEHAVIOR in item.stash or behavior_mark(item) is not None:
        from behavtest.pytest_plugin.outcome import check_ready

        check_ready(item)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Make the verdict the outcome."""
    yield
    if BEHAVIOR in item.stash:
        from behavtest.pytest_plugin.outcome import judge

        judge(item)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Keep a marked function from being called once more: the run has called it already."""
    return True if BEHAVIOR in pyfuncitem.stash else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show our own failures without a traceback."""
    report = yield
    if BEHAVIOR in item.stash:
        from behavtest.pytest_plugin.html_report import add_pairs
        from behavtest.pytest_plugin.outcome import shorten

        shorten(report, call)
        add_pairs(report, item)
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell an xdist worker where the workers share their run."""
    from behavtest.pytest_plugin.workers import tell_worker

    config: pytest.Config = node.config  # type: ignore[attr-defined]  # xdist's WorkerController
    workerinput: dict[str, object] = node.workerinput  # type: ignore[attr-defined]  # the same
    tell_worker(workerinput, config)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the report and the JSON."""
    if not hasattr(session.config, "workerinput") and session.config.stash[STATE].options.model_a:
        from behavtest.pytest_plugin.outputs import write_outputs

        write_outputs(session)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the verdicts, and what was not run."""
    state = terminalreporter.config.stash[STATE]
    if state.results or state.interrupted:
        from behavtest.pytest_plugin.terminal import summarize

        summarize(terminalreporter, state)
    for line in not_run_lines(terminalreporter, state):
        terminalreporter.write_line(line, yellow=True)
