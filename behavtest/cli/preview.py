"""``behavtest preview``: the prompts of a suite as a model would see them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from behavtest.cli.commands import add_command
from behavtest.cli.looking import add_count, check_count, separated

if TYPE_CHECKING:
    import argparse

    from behavtest.cli.commands import Commands
    from behavtest.experiment.preview import Renderer
    from behavtest.experiment.selection import Selection

_NO_MODEL = (
    "These are the messages. With --model-a=MODEL they are shown as the model sees them, with "
    "the number of tokens; no weights are loaded for it."
)


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = add_command(
        commands,
        "preview",
        help="show some prompts of each behavior, rendered as a model sees them; loads no weights",
        usage="preview SUITE... [-n N] [--model-a MODEL] [--chat-template FILE] [pytest arguments]",
    )
    add_count(parser, "prompts of each behavior (default: 5)")
    parser.add_argument(
        "--chat-template",
        metavar="FILE",
        help="a Jinja chat template to render them with, or none, as --behavtest-chat-template",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Show prompts.

    Returns:
        0, or 1 if a prompt cannot be rendered.

    Raises:
        CommandError: An argument cannot be used, or no behavior is selected.
        ModelError: The model cannot be found or read.
    """
    check_count(arguments)
    template: str | None = arguments.chat_template
    if template is not None:
        rest = [*rest, f"--behavtest-chat-template={template}"]

    from behavtest.cli.selecting import select
    from behavtest.experiment.preview import preview
    from behavtest.report.preview_lines import preview_lines

    selection = select(rest)
    renderer = _renderer(selection, template)
    failed = False
    for place, (name, behavior) in enumerate(selection.behaviors.items()):
        found = preview(
            name, behavior, renderer, count=arguments.n, seed=selection.settings.seed or 0
        )
        separated(preview_lines(found), first=place == 0)
        failed = failed or found.error is not None
    if selection.model_a is None and template is None:
        separated([_NO_MODEL], first=False)
    return int(failed)


def _renderer(selection: Selection, template: str | None) -> Renderer:
    from behavtest.experiment.preview import Messages
    from behavtest.experiment.renderers import OfModel, OfTemplate

    if selection.model_a is not None:
        return OfModel(selection.open_model(selection.model_a, base=None))
    if template is None:
        return Messages()
    return OfTemplate(template if template == "none" else Path(template).read_text("utf-8"))
