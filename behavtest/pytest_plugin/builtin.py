"""behavtest's own scorers, prompts, perturbations and backend, through the hooks of any plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from behavtest.sampling import Backend, BackendOptions
    from behavtest.scoring import ScorerFactory
    from behavtest.suite import PerturbationFactory, PromptSourceFactory


def pytest_behavtest_scorers() -> Mapping[str, ScorerFactory]:
    """Offer the built-in scorers."""
    from behavtest.scoring import builtin

    return builtin.pytest_behavtest_scorers()


def pytest_behavtest_prompt_sources() -> Mapping[str, PromptSourceFactory]:
    """Offer the built-in prompt sources."""
    from behavtest.suite.sources import builtin

    return builtin.pytest_behavtest_prompt_sources()


def pytest_behavtest_perturbations() -> Mapping[str, PerturbationFactory]:
    """Offer the built-in perturbations."""
    from behavtest.suite.perturbations import builtin

    return builtin.pytest_behavtest_perturbations()


@pytest.hookimpl(trylast=True)
def pytest_behavtest_backend(
    reference: str, options: BackendOptions, base: Backend | None
) -> Backend:
    """Open a transformers model on this machine; asked last, so that other backends come first."""
    from behavtest.sampling.sharded import ShardedBackend, names_several

    if names_several(options.device):
        return ShardedBackend(reference, options, base=base)
    from behavtest.sampling.local import LocalBackend

    return LocalBackend(reference, options, base=base)
