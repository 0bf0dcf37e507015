"""behavtest's own scorers and backend, offered through the hooks any plugin uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from behavtest.sampling import Backend, BackendOptions
    from behavtest.scoring import ScorerFactory


def pytest_behavtest_scorers() -> Mapping[str, ScorerFactory]:
    """Offer the built-in scorers."""
    from behavtest.scoring import builtin

    return builtin.pytest_behavtest_scorers()


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
