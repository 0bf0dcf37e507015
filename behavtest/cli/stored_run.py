"""What the commands that decide a stored run share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.cli.failing import CommandError

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from behavtest.experiment import RunResult
    from behavtest.stats import Procedure

_MOST_TIME = 30
_MOST_MODEL = 72


def add_rule(parser: argparse.ArgumentParser) -> None:
    """Declare what another rule is made of: ``--alpha`` and ``--fdr``."""
    parser.add_argument("--alpha", type=float, help="error rate (default: the run's)")
    parser.add_argument("--fdr", metavar="PROCEDURE", help="as --behavtest-fdr")


def procedure_named(name: str | None) -> Procedure | None:
    """Read ``--fdr``.

    Raises:
        CommandError: There is no such procedure.
    """
    from behavtest.stats import Procedure

    if name is not None and name not in list(Procedure):
        raise CommandError(f"--fdr is {name!r}; use one of {', '.join(Procedure)}")
    return None if name is None else Procedure(name)


def print_run(result: RunResult, store: Path, *, done: str) -> None:
    """Say which run it is, of which models.

    Args:
        result: The run.
        store: Where it is.
        done: What was done with it: ``decided``, say.
    """
    from behavtest.report import format as fmt
    from behavtest.report.hostile import one_line

    when = one_line(fmt.moment(result.started), _MOST_TIME)
    print(f"run {one_line(result.run_id)[:8]} of {when}, {done} from the store")
    print(f"store {one_line(str(store), _MOST_MODEL)}")
    for name, model in (("A", result.model_a), ("B", result.model_b)):
        if model is not None:
            print(f"model {name} {one_line(model.name, _MOST_MODEL)}")


def print_verdicts(result: RunResult, arguments: argparse.Namespace) -> int:
    """Print a run's verdicts, and write the files that were asked for.

    Args:
        result: The run.
        arguments: As `add_outputs` declares them.

    Returns:
        0 if every behavior holds, else 1.
    """
    from behavtest.report.lines import result_lines

    for line in result_lines(result):
        print(line.text)
    write_outputs(result, arguments)
    return int(any(found.verdict != "holds" for found in result.behaviors))


def write_outputs(result: RunResult, arguments: argparse.Namespace) -> None:
    """Write the forms of a result that were asked for.

    Args:
        result: The run.
        arguments: As `add_outputs` declares them.
    """
    from behavtest.report.forms import WRITERS

    for form, write in WRITERS.items():
        file: Path | None = getattr(arguments, form)
        if file is not None:
            write([result], file.expanduser())
            print(f"wrote {file}")
