"""What behaviors ask, as lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.report import format as fmt
from behavtest.report.hostile import one_line
from behavtest.report.labelled import WIDTH, labelled, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from behavtest.core import Message
    from behavtest.experiment.preview import CaseShown, Preview, PromptShown
    from behavtest.suite.behavior import Behavior


def preview_lines(preview: Preview) -> Iterator[str]:
    """Show a behavior's prompts, the texts they become and their lengths.

    Args:
        preview: Some of its cases; what would act on a terminal is made visible.
    """
    behavior, size = preview.behavior, len(preview.behavior.prompts)
    shown = fmt.plural(size, "prompt")
    if len(preview.cases) < size:
        shown = f"{len(preview.cases):,} of {shown}"
    yield from heading_lines(behavior, shown)
    if preview.lengths is not None:
        least, median, most, counted = preview.lengths
        tokens = f"{least:,} to {most:,}, half of them up to {median:,}"
        tokens = tokens if least < most else f"{most:,}"
        of = "" if counted >= size else f" (of the first {counted:,} drawn)"
        yield from labelled("tokens", f"{tokens}{of}")
    for case in preview.cases:
        yield ""
        yield from _case_lines(case, contrast=behavior.prompts.contrast)
    if preview.error is not None:
        yield ""
        yield from labelled("error", preview.error)


def heading_lines(behavior: Behavior, shown: str) -> Iterator[str]:
    """Name a behavior and what it claims.

    Args:
        behavior: The behavior.
        shown: How much of it is shown.
    """
    name = one_line(f"{behavior.suite}/{behavior.id}", WIDTH - len(shown) - 2)
    yield f"{name}  {shown}".replace(fmt.NBSP, " ")
    if behavior.description:
        yield from labelled("about", behavior.description)
    yield from labelled("expect", behavior.statement)
    yield from labelled("score", behavior.scorer.name)
    yield from labelled("sampling", behavior.sampling)


def _case_lines(case: CaseShown, *, contrast: bool) -> Iterator[str]:
    names = ("target", "baseline") if contrast else ("",)
    for name, shown in zip(names, case.prompts, strict=True):
        counted = "" if shown.tokens is None else f", {fmt.plural(shown.tokens, 'token')}"
        title = f"prompt {case.place + 1:,}{' ' + name if name else ''}{counted}"
        yield rule(title)
        yield from _prompt_lines(shown)


def _prompt_lines(shown: PromptShown) -> Iterator[str]:
    if shown.text is None:
        yield from message_lines(shown.prompt.messages)
    else:
        yield from labelled("", shown.text, indent=0, column=2)
    for text in shown.given:
        yield from labelled("given", text)


def message_lines(messages: tuple[Message, ...]) -> Iterator[str]:
    """Show messages, each after its role."""
    for message in messages:
        yield from labelled(message.role, message.content, column=13)
