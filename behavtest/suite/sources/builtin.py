"""The prompt sources behavtest brings, offered through the hook that other plugins use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

from behavtest.suite.sources.bbq import bbq
from behavtest.suite.sources.counterfact import counterfact
from behavtest.suite.sources.crows_pairs import crows_pairs
from behavtest.suite.sources.datasets import datasets
from behavtest.suite.sources.ifeval import ifeval
from behavtest.suite.sources.tofu import tofu
from behavtest.suite.sources.truthfulqa import truthfulqa
from behavtest.suite.sources.wmdp import wmdp
from behavtest.suite.sources.xstest import xstest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from behavtest.suite.sources.registry import PromptSourceFactory

hookimpl = pluggy.HookimplMarker("pytest")


@hookimpl
def pytest_behavtest_prompt_sources() -> Mapping[str, PromptSourceFactory]:
    """Offer the built-in prompt sources."""
    return {
        "bbq": bbq,
        "counterfact": counterfact,
        "crows_pairs": crows_pairs,
        "datasets": datasets,
        "ifeval": ifeval,
        "tofu": tofu,
        "truthfulqa": truthfulqa,
        "wmdp": wmdp,
        "xstest": xstest,
    }
