"""Which embedding model a suite means, opened once for all scorers that use it."""

from __future__ import annotations

import os
from pathlib import Path

from behavtest_embeddings.embedder import Embedder
from behavtest_embeddings.folder import read_folder

ENVIRONMENT = "BEHAVTEST_EMBEDDINGS_MODEL"


class Models:
    """Embedding models by folder.

    Args:
        root: The project's folder, to which suites and the ini file give paths.
        ini: The folder the ini file names; empty if none.
        device: Where models run.
    """

    def __init__(self, *, root: Path, ini: str = "", device: str = "cpu") -> None:
        self._root = root
        self._ini = ini
        self._device = device
        self._opened: dict[Path, Embedder] = {}

    def open(self, named: str | None) -> Embedder:
        """Return the model of a folder; its weights are read when it is first used.

        Args:
            named: The folder the suite names; None for the environment's, else the ini file's.

        Raises:
            ValueError: No folder is named, or it holds no model that can be used.
        """
        folder = self._folder(named).resolve()
        if folder not in self._opened:
            self._opened[folder] = Embedder(read_folder(folder), device=self._device)
        return self._opened[folder]

    def _folder(self, named: str | None) -> Path:
        if named is not None:
            return self._root / Path(named).expanduser()
        told = os.environ.get(ENVIRONMENT, "")
        if told:
            return Path(told).expanduser()
        if self._ini:
            return self._root / Path(self._ini).expanduser()
        raise ValueError(
            "similarity needs an embedding model: name its folder as `model`, in the ini option "
            f"behavtest_embeddings_model, or in the environment variable {ENVIRONMENT}"
        )
