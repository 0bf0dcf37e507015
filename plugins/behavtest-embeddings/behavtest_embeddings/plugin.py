"""The pytest face: an ini option and the hook through which suites get the scorer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from behavtest_embeddings.models import Models
    from behavtest_embeddings.scorer import Similarity

MODEL_INI = "behavtest_embeddings_model"
DEVICE_INI = "behavtest_embeddings_device"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the ini options."""
    parser.addini(MODEL_INI, "folder of the embedding model of the scorer similarity", default="")
    parser.addini(DEVICE_INI, "where it runs: cpu (default), cuda, cuda:1, mps", default="cpu")


def pytest_configure(config: pytest.Config) -> None:
    """Offer the scorer, with this session's options and models."""
    config.pluginmanager.register(SimilarityPlugin(config), "behavtest-embeddings-scorers")


class SimilarityPlugin:
    """Offers the scorer; models are shared by all that name one folder.

    Args:
        config: The session's.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._models: Models | None = None

    # optional: pytest refuses an unknown hook where behavtest is turned off
    @pytest.hookimpl(optionalhook=True)
    def pytest_behavtest_scorers(self) -> Mapping[str, Callable[[object], Similarity]]:
        """Offer the scorer."""
        from behavtest.scoring.shapes import takes
        from behavtest_embeddings.scorer import SHAPE

        @takes(SHAPE)
        def similarity(arguments: object) -> Similarity:
            """Make a scorer: how close in meaning the completion is to a reference."""
            return self._similarity(arguments)

        return {"similarity": similarity}

    def _similarity(self, arguments: object) -> Similarity:
        from behavtest_embeddings.models import Models
        from behavtest_embeddings.scorer import similarity

        if self._models is None:
            self._models = Models(
                root=self._config.rootpath,
                ini=self._config.getini(MODEL_INI),
                device=self._config.getini(DEVICE_INI),
            )
        return similarity(arguments, models=self._models)
