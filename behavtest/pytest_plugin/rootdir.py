"""pytest's rootdir, which a model's path can move.

pytest chooses rootdir and ini file before it knows any plugin's options, and counts every argument
that exists as a path, the model of ``--model-a PATH`` too (not that of ``--model-a=PATH``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from _pytest.config.findpaths import locate_config

if TYPE_CHECKING:
    from behavtest.pytest_plugin.options import Options


def check_ini(config: pytest.Config, options: Options) -> None:
    """Refuse a session in which a model's path made pytest overlook the ini file.

    Raises:
        pytest.UsageError: Settings would silently not count, alpha among them.
    """
    flag = _counted(config, options)
    if flag is None or config.getoption("inifilename", None):
        return
    here = config.invocation_params.dir
    wanted = locate_config(here, [here])[1]
    if wanted is not None and wanted != config.inipath:
        raise pytest.UsageError(
            f"pytest took the model for a test path and would not read {wanted}; "
            f"write {flag} with an equals sign"
        )


def rootdir_hint(config: pytest.Config, options: Options) -> list[str]:
    """Say so if pytest took a model for a test path and moved the rootdir."""
    flag = _counted(config, options)
    if flag is None or config.rootpath == config.invocation_params.dir:
        return []
    return [f"behavtest: pytest counted the model in its rootdir; write {flag}"]


def _counted(config: pytest.Config, options: Options) -> str | None:
    """Return the option, well written, whose model lies outside and was given as two words."""
    here = config.invocation_params.dir
    given = [("--model-b", model.reference) for model in options.modified]
    for flag, model in (("--model-a", options.model_a), *given):
        if model is None or model not in config.invocation_params.args:
            continue
        folder = (here / model).resolve()
        if folder.exists() and not folder.is_relative_to(here):
            return f"{flag}={model}"
    return None
