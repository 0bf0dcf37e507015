"""The report as one HTML file: no script, nothing loaded from elsewhere, no trust in the data."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from behavtest.report import words
from behavtest.report.files import write_whole
from behavtest.report.hostile import plain, reveal
from behavtest.report.page import page

if TYPE_CHECKING:
    from pathlib import Path

    from behavtest.experiment.result import RunResult


def write_html(result: RunResult, path: Path) -> None:
    """Write the report of a run.

    Args:
        result: The run.
        path: The file, replaced if it exists.

    Raises:
        SettingsError: The file cannot be written there.
    """
    write_whole(path, render(result).encode())


def render(result: RunResult) -> str:
    """Render the report of a run.

    Args:
        result: The run.

    Returns:
        An HTML document.
    """
    return fill("report.html.j2", page=page(result), icons=words.ICONS, verdicts=words.VERDICTS)


def fill(template: str, *, styles: tuple[str, ...] = ("report.css",), **content: object) -> str:
    """Fill a template in: styled, with a policy that allows this style and nothing else.

    Args:
        template: Its file.
        styles: Files of the one style block, in order.
        content: What the template shows.

    Returns:
        An HTML document.
    """
    folder = resources.files(__package__) / "templates"
    style = "\n".join((folder / name).read_text("utf-8") for name in styles)
    return (
        _environment()
        .get_template(template)
        # The style is ours, and its hash is of these very characters.
        .render(style=Markup(style), policy=_policy(style), **content)  # noqa: S704
    )


def piece(template: str, **content: object) -> str:
    """Fill a template in that is a piece of a page.

    Args:
        template: Its file.
        content: What the template shows.

    Returns:
        HTML elements.
    """
    return _environment().get_template(template).render(**content)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("behavtest.report"),
        # Said outright: select_autoescape() does not know the suffix .html.j2.
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["reveal"] = reveal
    return environment


def _finalize(value: object) -> object:
    """Let no control character of the data reach the page, wherever a template prints it."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return plain(value)
    return value


def _policy(style: str) -> str:
    """Allow this one style block and nothing else: no script, no request, no form."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
