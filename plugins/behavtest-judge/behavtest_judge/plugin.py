"""The pytest face: ini options, and the hooks through which suites and reports get judges."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from behavtest.core import ReportSection
    from behavtest.sampling import Backend, BackendOptions
    from behavtest_judge.scorer import Judge
    from behavtest_judge.settings import Judges, Settings

_PREFIX: Final = "behavtest_judge_"


class _Option(NamedTuple):
    name: str
    default: str
    help: str
    type: Literal["string", "bool"] = "string"


_OPTIONS: Final = (
    _Option("model", "", "the judge: a server's name for a model, or the folder of one"),
    _Option("endpoint", "", "base URL of an OpenAI-compatible server, https://host/v1 say"),
    _Option("cache", ".behavtest/judge.sqlite", "file in which verdicts are kept"),
    _Option("timeout", "60", "seconds that one request may take"),
    _Option("retries", "4", "tries after the first where a server is busy or out of reach"),
    _Option("concurrency", "8", "most requests at once"),
    _Option("max_tokens", "16", "most tokens of a reply; more for a judge that thinks first"),
    _Option("sampled", "false", "accept a server that ignores temperature 0", "bool"),
    _Option("device", "cpu", "where a judge on this machine runs"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the ini options."""
    for option in _OPTIONS:
        parser.addini(_PREFIX + option.name, option.help, type=option.type, default=option.default)


def pytest_configure(config: pytest.Config) -> None:
    """Offer the scorer, with this session's options."""
    config.pluginmanager.register(JudgePlugin(config), "behavtest-judge-scorers")


class JudgePlugin:
    """Offers the scorer, and tells the report of the judges asked.

    Args:
        config: The session's.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._judges: Judges | None = None

    # optional: pytest refuses an unknown hook where behavtest is turned off
    @pytest.hookimpl(optionalhook=True)
    def pytest_behavtest_scorers(self) -> Mapping[str, Callable[[object], Judge]]:
        """Offer the scorer."""
        from behavtest.scoring.shapes import takes
        from behavtest_judge.rubric import SHAPE

        @takes(SHAPE)
        def judge(arguments: object) -> Judge:
            """Make a scorer: what a language model answers to a question about the completion."""
            return self._judge(arguments)

        return {"judge": judge}

    @pytest.hookimpl(optionalhook=True)
    def pytest_behavtest_report_sections(self) -> list[ReportSection]:
        """Report the judges asked, and their error rates."""
        if self._judges is None:
            return []
        from behavtest_judge.report import judges_section

        return judges_section(self._judges.opened)

    def _judge(self, arguments: object) -> Judge:
        if self._judges is None:
            from behavtest_judge.settings import Judges

            self._judges = Judges(self._settings(), self._open_model)
            self._config.add_cleanup(self._judges.close)
        return self._judges.make(arguments)

    def _open_model(self, reference: str, options: BackendOptions) -> Backend:
        backend: Backend = self._config.hook.pytest_behavtest_backend(
            reference=reference, options=options, base=None
        )
        close = getattr(backend, "close", None)
        if callable(close):
            self._config.add_cleanup(close)
        return backend

    def _settings(self) -> Settings:
        from behavtest_judge.http import Limits
        from behavtest_judge.settings import Settings

        return Settings(
            root=self._config.rootpath,
            model=self._ini("model"),
            endpoint=self._ini("endpoint"),
            cache=Path(self._ini("cache")),
            limits=Limits(
                timeout=self._number("timeout", least=0.1), retries=int(self._number("retries"))
            ),
            concurrency=int(self._number("concurrency", least=1)),
            max_tokens=int(self._number("max_tokens", least=1)),
            sampled=bool(self._config.getini(f"{_PREFIX}sampled")),
            device=self._ini("device"),
        )

    def _ini(self, name: str) -> str:
        return str(self._config.getini(_PREFIX + name))

    def _number(self, name: str, *, least: float = 0) -> float:
        text = self._ini(name)
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if not least <= number < float("inf"):
            raise pytest.UsageError(
                f"{_PREFIX}{name} is {text!r}; it must be a number of at least {least:g}"
            )
        return number
