"""Checks that cost nothing and save the user a collection, or workers that all fail alike."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from behavtest.errors import BehavtestError
from behavtest.pytest_plugin.state import STATE

if TYPE_CHECKING:
    from behavtest.pytest_plugin.options import Options


def check_models(config: pytest.Config) -> None:
    """Look at the models' folders, where they are local.

    Raises:
        pytest.UsageError: A folder does not exist or does not hold a model.
    """
    options: Options = config.stash[STATE].options
    if options.model_a is None or hasattr(config, "workerinput"):
        return
    from behavtest.pytest_plugin.rootdir import check_ini

    check_ini(config, options)
    from behavtest.models.folder import inspect_folder
    from behavtest.models.reference import HUB_ID, locate

    others = len(config.hook.pytest_behavtest_backend.get_hookimpls()) > 1
    for reference in (options.model_a, *(model.reference for model in options.modified)):
        # Not on disk: it may be on the hub, or be a name that only another plugin knows.
        if (others or HUB_ID.match(reference)) and not Path(reference).expanduser().exists():
            continue
        try:
            inspect_folder(locate(reference))
        except BehavtestError as error:
            raise pytest.UsageError(str(error)) from error
