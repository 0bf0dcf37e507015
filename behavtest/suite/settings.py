"""Reads how completions are sampled: ``max_new_tokens``, ``temperature``, ``top_k``, ``top_p``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from behavtest.core import SamplingSettings
from behavtest.errors import SettingsError
from behavtest.suite import fields as read
from behavtest.suite.problems import Problems
from behavtest.suite.schema.tables import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from behavtest.suite.node import Node

_WHOLE: Final = ("max_new_tokens", "top_k")


def read_settings(fields: Mapping[str, Node]) -> SamplingSettings:
    """Read the sampling settings among the fields.

    Raises:
        SuiteError: One is not a number, or is outside its range.
    """
    settings, problems = SamplingSettings(), Problems()
    for name in SETTINGS:
        with problems.collected():
            if name in fields:
                settings = _with_setting(settings, name, fields[name])
    problems.raise_all()
    return settings


def no_settings(fields: Mapping[str, Node]) -> SamplingSettings:
    """Refuse settings where nothing is sampled; a file's defaults are for its other behaviors.

    Raises:
        SuiteError: There is one.
    """
    problems = Problems()
    for name in SETTINGS:
        with problems.collected():
            if name in fields:
                raise fields[name].error(
                    "the scorer computes how likely given texts are, and samples nothing: "
                    f"{name} would change nothing; leave it out"
                )
    problems.raise_all()
    return SamplingSettings()


def _with_setting(settings: SamplingSettings, name: str, node: Node) -> SamplingSettings:
    value: Any = read.whole(node) if name in _WHOLE else read.number(node)
    try:
        return replace(settings, **{name: value})
    except SettingsError as error:
        raise node.error(str(error)) from None
