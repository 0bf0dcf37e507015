"""The report as one HTML file: nothing loaded from elsewhere, no trust in the data.

The one script in it is a constant, allowed by its hash; data is only ever text and attributes.
"""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from behavtest.report import words
from behavtest.report.columns.page import columns_page
from behavtest.report.files import write_whole
from behavtest.report.hostile import plain, reveal
from behavtest.report.page import page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from behavtest.experiment.result import RunResult
    from behavtest.report.columns.decision import Decision
    from behavtest.report.columns.page import ColumnsPage
    from behavtest.report.headline import Headline
    from behavtest.report.page import Page

SCRIPTS = ("theme.js", "filter.js", "links.js", "keys.js", "print.js")
"""Files of the report's one script, in order: each uses what stands before it."""


def write_html(results: Sequence[RunResult], path: Path) -> None:
    """Write the report of runs.

    Args:
        results: One run, or several of one model A in the order their modified models were given.
        path: The file, replaced if it exists.

    Raises:
        SettingsError: The file cannot be written there.
    """
    write_whole(path, render_all(results).encode())


def render_all(results: Sequence[RunResult]) -> str:
    """Render the report of one run, or of several of one model A side by side.

    Args:
        results: The runs, at least one, in the order their modified models were given.

    Returns:
        An HTML document.
    """
    if len(results) == 1:
        return render(results[0])
    shown = columns_page(results)
    return _report(
        "columns.html.j2", shown, decision=shown.decision, any=bool(shown.groups), level=4
    )


def render(result: RunResult) -> str:
    """Render the report of a run.

    Args:
        result: The run.

    Returns:
        An HTML document.
    """
    shown = page(result)
    return _report(
        "report.html.j2", shown, decision=shown.headline, any=bool(shown.sections), level=3
    )


def _report(
    template: str,
    shown: Page | ColumnsPage,
    *,
    decision: Headline | Decision,
    any: bool,  # noqa: A002 -- the templates' name for it
    level: int,
) -> str:
    return fill(
        template,
        scripts=SCRIPTS,
        page=shown,
        title=decision.title,
        verdict=decision.verdict,
        any=any,
        level=level,
        icons=words.ICONS,
        verdicts=words.VERDICTS,
    )


def fill(
    template: str,
    *,
    styles: tuple[str, ...] = ("report.css",),
    scripts: tuple[str, ...] = (),
    **content: object,
) -> str:
    """Fill a template in, with a policy that allows its style, its script and nothing else.

    Args:
        template: Its file.
        styles: Files of the one style block, in order.
        scripts: Files of the one script, in order; without any, no script may run.
        content: What the template shows.

    Returns:
        An HTML document.
    """
    style, script = _joined(styles), _joined(scripts)
    if script:
        # Strict, and of no name that an element's id could stand in for.
        script = f'"use strict";\n(() => {{\n{script}}})();\n'
    return (
        _environment()
        .get_template(template)
        .render(
            # Both are ours, and their hashes are of these very characters.
            style=Markup(style),  # noqa: S704
            script=Markup(script),  # noqa: S704
            policy=_policy(style, script),
            **content,
        )
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


def _joined(names: tuple[str, ...]) -> str:
    folder = resources.files(__package__) / "templates"
    return "\n".join((folder / name).read_text("utf-8") for name in names)


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


def _policy(style: str, script: str) -> str:
    """Allow this one style and this one script, if any, and nothing else: no request, no form."""
    allowed = f"script-src {_hash(script)}; " if script else ""
    return (
        f"default-src 'none'; {allowed}style-src {_hash(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
