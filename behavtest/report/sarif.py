"""The run as SARIF 2.1.0: what does not hold, at the lines that say it must.

SARIF is the OASIS standard that code scanning services read:
https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from behavtest.report import format as fmt
from behavtest.report import words
from behavtest.report.columns import columns
from behavtest.report.files import write_whole
from behavtest.report.headline import certainty, headline, movement, ranked
from behavtest.report.hostile import plain
from behavtest.report.jsonfile import plain_json
from behavtest.report.source_place import source_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from behavtest.experiment.behavior_result import BehaviorResult, VerdictName
    from behavtest.experiment.result import RunResult
    from behavtest.report.columns import Column

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_ROOT = "%SRCROOT%"
_LEVELS: dict[VerdictName, str] = {
    "violated": "error",
    "error": "error",
    "inconclusive": "warning",
    "holds": "none",
}
_MOST_TEXT = 2_000
_SPECIAL = re.compile(r"[\[\]\\]")


def write_sarif(results: Sequence[RunResult], path: Path) -> None:
    """Write runs as SARIF.

    Args:
        results: The runs.
        path: The file, replaced if it exists.

    Raises:
        SettingsError: The file cannot be written there.
    """
    document = plain_json(sarif(results))
    write_whole(path, msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n")


def sarif(runs: Sequence[RunResult]) -> dict[str, Any]:
    """Make the SARIF log of runs.

    Every behavior is a rule; what is violated, inconclusive or could not be measured is a result,
    at its line of the suite. A result's fingerprint depends on the behavior's node id alone, so
    that it is the same alert in every run. Of several modified models each has a run of its own in
    the log, of a category named after it: services that read SARIF keep alerts by category, and
    GitHub refuses two runs of one.

    Args:
        runs: The runs of one model A, in the order their modified models were given.

    Returns:
        The log, ready for JSON.
    """
    alone = len(runs) == 1
    entries = [_entry(c.run, None if alone else c) for c in columns(runs)]
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": entries}


def _entry(run: RunResult, column: Column | None) -> dict[str, Any]:
    places = {behavior.name: place for place, behavior in enumerate(run.behaviors)}
    whose, place = ("", "") if column is None else (column.label, f"{column.slug}/")
    grave = [behavior for behavior in ranked(run.behaviors) if behavior.verdict != "holds"]
    driver: dict[str, Any] = {
        "name": "behavtest",
        "rules": [_rule(behavior) for behavior in run.behaviors],
    }
    if "behavtest" in run.versions:
        driver["version"] = run.versions["behavtest"]
    entry: dict[str, Any] = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"behavtest/{place}{run.run_id}"},
        "invocations": [
            {"executionSuccessful": all(found.verdict != "error" for found in run.behaviors)}
        ],
        "columnKind": "unicodeCodePoints",
        "results": [_result(behavior, places[behavior.name], whose) for behavior in grave],
        "properties": {
            "decision": headline(run).title,
            "modelA": _model(run.model_a.name, run.model_a.fingerprint),
            "alpha": run.alpha,
            "procedure": run.procedure,
            "seed": run.seed,
        },
    }
    if run.model_b is not None:
        entry["properties"]["modelB"] = _model(run.model_b.name, run.model_b.fingerprint)
    return entry


def _model(name: str, fingerprint: str) -> dict[str, str]:
    return {"name": name, "fingerprint": fingerprint}


def _rule(behavior: BehaviorResult) -> dict[str, Any]:
    statement = behavior.statement or behavior.behavior
    return {
        "id": behavior.name,
        "name": f"{behavior.suite}/{behavior.behavior}",
        "shortDescription": _message(behavior.description or statement),
        "fullDescription": _message(statement),
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": list(dict.fromkeys(behavior.tags))},
    }


def _result(behavior: BehaviorResult, place: int, whose: str) -> dict[str, Any]:
    stable = hashlib.blake2b(behavior.name.encode("utf-8", "replace"), digest_size=16).hexdigest()
    numbers = {
        "verdict": behavior.verdict,
        "pairs": behavior.pairs,
        "estimate": behavior.estimate,
        "lower": None if behavior.interval is None else behavior.interval.lower,
        "upper": None if behavior.interval is None else behavior.interval.upper,
        "eHolds": behavior.e_holds,
        "eViolated": behavior.e_violated,
    }
    return {
        "ruleId": behavior.name,
        "ruleIndex": place,
        "level": _LEVELS[behavior.verdict],
        "message": _message(explained(behavior, whose)),
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": _artifact(behavior.file),
                    "region": {"startLine": max(behavior.line, 1)},
                }
            }
        ],
        # The second is the one that GitHub matches alerts by; ours holds wherever the line goes.
        "partialFingerprints": {"behavior/v1": stable, "primaryLocationLineHash": f"{stable}:1"},
        "properties": {name: value for name, value in numbers.items() if value is not None},
    }


def explained(behavior: BehaviorResult, whose: str = "") -> str:
    """Say in a line or two what was found of a behavior that does not hold.

    Args:
        behavior: The behavior.
        whose: The modified model's label, where there are several.

    Returns:
        Text with its odd characters made visible; an error's message as it is.
    """
    of = f"{whose}: " if whose else ""
    if behavior.verdict == "error":
        return plain(f"{of}error: {(behavior.error or '(no message)')[:_MOST_TEXT]}")
    sure = certainty(behavior)
    text = f"{of}{behavior.verdict}: {movement(behavior)}" + (f" ({sure})" if sure else "")
    text += f". Expected: {behavior.statement[:_MOST_TEXT]}."
    text += f" Stopped after {fmt.plural(behavior.pairs, 'pair')}: {words.stop(behavior.stop)}."
    if behavior.verdict == "inconclusive" and behavior.forecast:
        text += f" {fmt.plural(behavior.forecast, 'more pair')} would likely decide."
    return plain(text).replace(fmt.NBSP, " ")


def _message(text: str) -> dict[str, str]:
    """Write a message; brackets would be a link (3.11.6), braces a placeholder (3.11.5)."""
    escaped = _SPECIAL.sub(lambda found: f"\\{found[0]}", plain(text[:_MOST_TEXT]))
    return {"text": escaped.replace("{", "{{").replace("}", "}}")}


def _artifact(file: str) -> dict[str, str]:
    """Name a file by a URI: relative to the root of the sources, if it lies below."""
    path = source_path(file)
    uri = quote(path.as_posix(), errors="replace")
    return {"uri": f"file://{uri}"} if path.is_absolute() else {"uri": uri, "uriBaseId": _ROOT}
