"""What the published schema makes of a suite, beside what the loader does."""

from __future__ import annotations

import re
from pathlib import Path

from jsonschema import Draft7Validator

from behavtest.errors import SuiteError
from behavtest.suite.schema.document import builtin_offered, suite_schema
from behavtest.suite.yaml_reader import read_yaml

SCHEMA = suite_schema(builtin_offered())
_VALIDATOR = Draft7Validator(SCHEMA)

BEYOND_SHAPE = {
    r"there is no such file|\.jsonl|\.csv|\.txt: ": "files are looked for when the suite is loaded",
    r"the template|the message comes out empty|has no attribute": "templates are tried when loaded",
    r"there is no filter|powers \(\*\*\)|cannot be read": "templates are compiled when loaded",
    r"to match on|is not in the (target|baseline)|is there twice": "rows are matched when loaded",
    r"half a character|prompt begins with its own system message": "what prompts say is looked at",
    r"the last message is the": "draft 7 of JSON Schema cannot speak of a list's last item",
    r"too many combinations": "a product is no shape",
    r"is the id of another behavior": "a list whose items differ in one field is no shape",
    r"there is no (scorer|prompt source|perturbation) ": "a plugin may bring one of any name",
    r"is not a regular expression": "expressions are compiled when loaded",
    r"lets the score rise|with relation: ": "how a relation and an expectation go together",
    r"must lie strictly between|puts the boundary at": "how far a contrast's relation lets scores go",
    r"expected a finite one": "JSON has no infinity and no NaN to refuse",
    r"no number of samples can show": "which settings leave nothing to chance",
    r"says what the target says": "two values that must differ are no shape",
}
"""Messages of the loader about what a schema cannot tell, and why it cannot."""


def allows(file: str) -> bool:
    """Tell whether the schema finds nothing wrong with a file.

    Raises:
        SuiteError: It cannot be read as YAML.
    """
    return _VALIDATOR.is_valid(read_yaml(Path(file)).plain())


def faults(file: Path) -> list[str]:
    """Return what the schema finds wrong with a file."""
    errors = _VALIDATOR.iter_errors(read_yaml(file).plain())
    return [f"{error.json_path}: {error.message}" for error in errors]


def agrees(file: str, error: SuiteError) -> bool:
    """Tell whether the schema refuses a file that the loader refused, or why it cannot.

    What is wrong with a file that the suite names is none of its business.
    """
    if error.file != file:
        return True
    beyond = any(re.search(pattern, error.message) for pattern in BEYOND_SHAPE)
    try:
        return beyond or not allows(file)
    except SuiteError:
        return True
