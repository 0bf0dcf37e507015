"""Imports go down only (DESIGN.md, section 7)."""

from __future__ import annotations

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports


def test_layers(pytestconfig, capsys):
    status = lint_imports(
        config_filename=str(pytestconfig.rootpath / "pyproject.toml"), no_cache=True
    )
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out
