"""The command line and ini options."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar, cast, get_args

import pytest

from behavtest.pytest_plugin.modified import read_modified

if TYPE_CHECKING:
    from collections.abc import Mapping

    from behavtest.experiment import Budget
    from behavtest.pytest_plugin.modified import Modified
    from behavtest.sampling import BackendOptions

_SEEDS = 2**63
_SHARE = re.compile(r"(?P<number>\d+(\.\d*)?|\.\d+)\s*(?P<percent>%)?", re.ASCII)
_DEFAULT_PROCEDURE = "closed-e-bh"
FORMS = ("report", "json", "markdown", "sarif")
"""Options that name a file for a form of the result; `behavtest.report.forms` writes them."""

InconclusivePolicy = Literal["fail", "skip", "pass"]
_N = TypeVar("_N", int, float)


class _Procedure(NamedTuple):
    """What declares "violated", and whether it decides over all releases in the store."""

    name: str
    over_releases: bool


class _Option(NamedTuple):
    """An option that can be given on the command line and, as ``behavtest_*``, in an ini file."""

    name: str
    default: str
    help: str
    metavar: str = "VALUE"
    type: Literal["string", "int", "float"] = "string"

    @property
    def flag(self) -> str:
        return f"--behavtest-{self.name}"

    @property
    def ini(self) -> str:
        return _ini(self.name)


_OPTIONS = (
    _Option("alpha", "0.05", "error rate of the verdicts (default: 0.05)", type="float"),
    _Option(
        "fdr",
        _DEFAULT_PROCEDURE,
        "what declares violated: closed-e-bh (default), e-bh, bh, by; or over all releases in "
        "the store: e-lond, lond, lord++, saffron, addis",
        "PROCEDURE",
    ),
    _Option("seed", "", "seed of the schedule and of all noise (default: 0)", type="int"),
    _Option("max-pairs", "1000", "most pairs of one behavior (default: 1000)", type="int"),
    _Option("budget", "", "most pairs in all (5000), or a time (90s, 10m, 2h)"),
    _Option("inconclusive", "fail", "what inconclusive becomes: fail (default), skip or pass"),
    _Option(
        "store",
        ".behavtest/store.duckdb",
        "DuckDB file of completions and runs (default: .behavtest/store.duckdb)",
        "FILE",
    ),
    _Option(
        "audit",
        "",
        "share of the completions used that are generated again and compared, 0.05 say "
        "(default: none)",
        "SHARE",
    ),
    _Option("report", "", "write an HTML report to FILE", "FILE"),
    _Option("json", "", "write the results as JSON to FILE", "FILE"),
    _Option(
        "markdown",
        "",
        "write a summary for a pull request or a job as Markdown to FILE",
        "FILE",
    ),
    _Option("sarif", "", "write what does not hold as SARIF 2.1.0 to FILE", "FILE"),
    _Option(
        "annotations",
        "auto",
        "say what does not hold in GitHub's workflow commands: auto (default: in GitHub "
        "Actions), on or off",
        "WHEN",
    ),
    _Option(
        "device",
        "",
        "cpu, cuda, cuda:1 or mps (default: the best there is); several for an engine process "
        "on each: cuda:0,cuda:1, or cuda:all",
    ),
    _Option("dtype", "", "float32, bfloat16 or float16 (default: float32 on the CPU)"),
    _Option(
        "max-memory",
        "",
        "most memory of the device for weights and what is computed, 20GB say (default: what is "
        "free); models that do not fit together take turns",
        "SIZE",
    ),
    _Option("batch-size", "128", "most rows decoded at once (default: 128)", type="int"),
    _Option("chat-template", "", "Jinja chat template for both models, or none", "FILE"),
)

_SWITCHES = {
    "active": "draw prompts more often where the models have been seen to differ",
    "rotate-seed": "take another seed for each pair of models, so that none can be tuned to; "
    "on for a procedure over releases unless a seed is given",
}
"""Options that are on or off."""


def _ini(name: str) -> str:
    return "behavtest_" + name.replace("-", "_")


def add_options(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("behavtest", "behavioral regression tests of language models")
    group.addoption("--model-a", metavar="MODEL", help="base model: folder, or org/name@revision")
    group.addoption(
        "--model-b",
        metavar="MODEL",
        action="append",
        default=[],
        help="modified model: folder, LoRA adapter folder, or org/name@revision; given again, "
        "each is compared with model A by itself",
    )
    suite_help = (
        "suite to collect: the name of an installed one (see `behavtest suites`), all, or a path"
    )
    group.addoption(
        "--behavtest-suite",
        metavar="NAME",
        action="append",
        default=[],
        help=f"{suite_help}; several with commas; instead of testpaths, beside paths",
    )
    parser.addini("behavtest_suite", f"{suite_help}; beside testpaths", type="string", default="")
    group.addoption(
        "--behavtest-trust-remote-code",
        action="store_true",
        help="let code shipped with a model run; off by default",
    )
    for name, text in _SWITCHES.items():
        group.addoption(f"--behavtest-{name}", action="store_true", help=f"{text}; off by default")
        parser.addini(_ini(name), text, type="bool", default=False)
    for option in _OPTIONS:
        group.addoption(option.flag, metavar=option.metavar, default=None, help=option.help)
        parser.addini(option.ini, option.help, type=option.type, default=option.default)


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for.

    Args:
        model_a: The base model, None if the run names none.
        modified: The modified models, each compared with the base by itself.
        alpha: Error rate, in (0, 1).
        procedure: What declares "violated": the value of a `behavtest.stats.Procedure`, as text
            so that a session without behaviors need not import the statistics.
        seed: The run's seed; None takes another one for each pair of models.
        active: Whether prompts are chosen where the models have been seen to differ.
        budget: Limits.
        inconclusive: What an inconclusive verdict becomes.
        store: The DuckDB file.
        audit: Share of the completions used that are generated again, in [0, 1].
        outputs: Form of the result -> the file it goes to.
        annotations: Whether GitHub's workflow commands are written.
        backend: How models are run.
    """

    model_a: str | None
    modified: tuple[Modified, ...]
    alpha: float
    procedure: str
    seed: int | None
    active: bool
    budget: Budget
    inconclusive: InconclusivePolicy
    store: Path
    audit: float
    outputs: Mapping[str, Path]
    annotations: bool
    backend: BackendOptions


def read_options(config: pytest.Config) -> Options:
    """Read and check the options.

    Raises:
        pytest.UsageError: A value cannot be used.
    """
    from behavtest.errors import SettingsError
    from behavtest.experiment.budget import parse_budget

    texts = {option.name: _text(config, option) for option in _OPTIONS}
    alpha = _number(texts["alpha"], float, "alpha")
    if not 0 < alpha < 1:
        raise pytest.UsageError(f"--behavtest-alpha is {alpha:g}; it must be between 0 and 1")
    procedure = _procedure(texts["fdr"])
    policy = texts["inconclusive"]
    if policy not in get_args(InconclusivePolicy):
        raise pytest.UsageError(f"--behavtest-inconclusive is {policy!r}; use fail, skip or pass")
    try:
        budget = parse_budget(
            texts["budget"], max_pairs=_number(texts["max-pairs"], int, "max-pairs")
        )
    except SettingsError as error:
        raise pytest.UsageError(str(error)) from error
    return Options(
        model_a=config.getoption("--model-a"),
        modified=read_modified(config),
        alpha=alpha,
        procedure=procedure.name,
        seed=_seed(texts["seed"] or "0")
        if not _rotates(config, texts["seed"], procedure)
        else None,
        active=_switched(config, "active"),
        budget=budget,
        inconclusive=cast("InconclusivePolicy", policy),
        store=_store_folder(config) / Path(texts["store"]).expanduser(),
        audit=_share(texts["audit"]),
        outputs={
            form: config.invocation_params.dir / Path(texts[form]).expanduser()
            for form in FORMS
            if texts[form]
        },
        annotations=_annotations(texts["annotations"]),
        backend=_backend_options(config, texts),
    )


def _backend_options(config: pytest.Config, texts: dict[str, str]) -> BackendOptions:
    from behavtest.sampling import BackendOptions

    batch_size = _number(texts["batch-size"], int, "batch-size")
    if batch_size < 1:
        raise pytest.UsageError(f"--behavtest-batch-size is {batch_size}; it must be at least 1")
    return BackendOptions(
        device=texts["device"] or None,
        dtype=texts["dtype"] or None,
        batch_size=batch_size,
        chat_template=_chat_template(config, texts["chat-template"]),
        trust_remote_code=config.getoption("--behavtest-trust-remote-code"),
        max_memory=_max_memory(texts["max-memory"]),
    )


def _max_memory(text: str) -> int | None:
    if not text:
        return None
    from behavtest.errors import SettingsError
    from behavtest.models.sizes import parse_size

    try:
        return parse_size(text)
    except SettingsError as error:
        raise pytest.UsageError(f"--behavtest-max-memory: {error}") from error


def _store_folder(config: pytest.Config) -> Path:
    """Return the folder the store is relative to: the ini file's, seen from below, or this one.

    A path on the command line is meant from here, as all paths there are.
    """
    here = config.invocation_params.dir
    if config.getoption("--behavtest-store") is not None:
        return here
    if config.inipath is not None and here.is_relative_to(config.inipath.parent):
        return config.inipath.parent
    return here


def _chat_template(config: pytest.Config, text: str) -> str | None:
    if text in {"", "none"}:
        return text or None
    file = config.invocation_params.dir / text
    from jinja2 import TemplateSyntaxError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    try:
        template = file.read_text(encoding="utf-8")
        ImmutableSandboxedEnvironment(extensions=["jinja2.ext.loopcontrols"]).parse(
            template.replace("{% generation %}", "").replace("{% endgeneration %}", "")
        )
    except (OSError, UnicodeError) as error:
        raise pytest.UsageError(
            f"--behavtest-chat-template: {file} cannot be read: {error}"
        ) from error
    except TemplateSyntaxError as error:
        raise pytest.UsageError(
            f"--behavtest-chat-template: {file}:{error.lineno}: {error.message}"
        ) from error
    return template


def _text(config: pytest.Config, option: _Option) -> str:
    given: str | None = config.getoption(option.flag)
    if given is not None:
        return given
    try:
        return str(config.getini(option.ini))
    except (TypeError, ValueError, pytest.UsageError) as error:
        place = "" if option.ini in str(error) else f"{config.inipath}: {option.ini}: "
        raise pytest.UsageError(f"{place}{error}") from None


def _annotations(text: str) -> bool:
    if text not in {"auto", "on", "off"}:
        raise pytest.UsageError(f"--behavtest-annotations is {text!r}; use auto, on or off")
    # https://docs.github.com/actions/reference/variables-reference: always true there
    return text == "on" or (text == "auto" and os.environ.get("GITHUB_ACTIONS") == "true")


def _procedure(text: str) -> _Procedure:
    if text == _DEFAULT_PROCEDURE:
        return _Procedure(text, over_releases=False)
    from behavtest.stats import Procedure

    try:
        return _Procedure(text, over_releases=Procedure(text).stream)
    except ValueError:
        raise pytest.UsageError(
            f"--behavtest-fdr is {text!r}; use one of {', '.join(Procedure)}"
        ) from None


def _switched(config: pytest.Config, name: str) -> bool:
    return bool(config.getoption(f"--behavtest-{name}") or config.getini(_ini(name)))


def _rotates(config: pytest.Config, seed: str, procedure: _Procedure) -> bool:
    """Whether the seed follows the models; the command line outweighs the ini file."""
    asked = bool(config.getoption("--behavtest-rotate-seed"))
    if asked and config.getoption("--behavtest-seed") is not None:
        raise pytest.UsageError("give --behavtest-seed or --behavtest-rotate-seed, not both")
    return asked or (not seed and (procedure.over_releases or _switched(config, "rotate-seed")))


def _seed(text: str) -> int:
    seed = _number(text, int, "seed")
    if not -_SEEDS <= seed < _SEEDS:
        raise pytest.UsageError(f"--behavtest-seed is {seed}; it must be a 64-bit integer")
    return seed


def _share(text: str) -> float:
    match = _SHARE.fullmatch(text.strip())
    share = float(match["number"]) / (100 if match["percent"] else 1) if match else 0.0
    if (text and match is None) or share > 1:
        raise pytest.UsageError(
            f"--behavtest-audit is {text!r}; give a share of the completions used, 5% or 0.05 say"
        )
    return share


def _number(text: str, kind: type[_N], name: str) -> _N:
    try:
        return kind(text)
    except ValueError:
        what = {"int": "a whole number"}.get(kind.__name__, "a number")
        raise pytest.UsageError(f"--behavtest-{name} is {text!r}; it must be {what}") from None
