"""The JSON Schemas of what a release leaves: decision, sign-off record, accepted changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from behavtest.release import coverage, decision, document, policy, signoff
from behavtest.release.acceptance import ANY, BOUNDS, DAY, REQUIRED
from behavtest.report.document_schema import document_schema
from behavtest.scoring.shapes import NUMBER, TEXT, about, fields, words
from behavtest.suite.schema.document import DRAFT

if TYPE_CHECKING:
    from behavtest.scoring.shapes import Shape


def decision_schema() -> dict[str, Any]:
    """Return the schema of a decision."""
    return document_schema(
        "gate",
        document.DecisionDocument,
        [document, decision, policy, coverage],
        title="A decision of behavtest gate",
        about="What `behavtest gate --json FILE` writes.",
    )


def sign_off_schema() -> dict[str, Any]:
    """Return the schema of a sign-off record."""
    return document_schema(
        "sign_off",
        signoff.SignOff,
        [signoff],
        title="A sign-off record of behavtest",
        about="What `behavtest gate --sign-off FILE` writes and `behavtest verify` reads.",
    )


def acceptances_schema() -> dict[str, Any]:
    """Return the schema of a file of accepted changes, for editors.

    What spans several fields is for the gate to check: that the days are within a year of each
    other, that the bound covers the estimate.
    """
    day: Shape = {"type": "string", "format": "date", "pattern": f"^{DAY}$"}
    fingerprint = f"Fingerprint of the {{}} model, or `{ANY}`."
    shapes = {
        "behavior": about("`suite/behavior`, or the pytest item's node id.", TEXT),
        "model": about("The name or label of the modified model it is for; else any.", TEXT),
        "verdict": about("What it was then.", words(["violated", "inconclusive"])),
        "expect": about("The expectation's kind then.", TEXT),
        "estimate": about("The mean change, or mean, then, in score units.", NUMBER),
        "base": about(fingerprint.format("base"), TEXT),
        "modified": about(fingerprint.format("modified"), TEXT),
        "reason": about("Why it was accepted.", TEXT),
        "by": about("Who accepted it.", TEXT),
        "created": about("When.", day),
        "until": about("The last day on which it counts, within a year.", day),
        "lowest": about("The least estimate it covers, of a change downwards.", NUMBER),
        "highest": about("The greatest estimate it covers, of a change upwards.", NUMBER),
    }
    bounds = [{"required": [bound]} for bound in BOUNDS]
    return {
        "$schema": DRAFT,
        "title": "Accepted changes",
        "description": "What `behavtest accept` adds to and `behavtest gate` reads.",
        "type": ["array", "null"],
        "items": {**fields(shapes, required=REQUIRED), "oneOf": bounds},
    }
