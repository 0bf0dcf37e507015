from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from behavtest.errors import SettingsError
from behavtest.report import write_html, write_json
from behavtest.report.files import write_whole

if TYPE_CHECKING:
    from behavtest.experiment.result import RunResult


def test_writes_and_replaces(tmp_path: Path, sample: RunResult) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")
    write_html([sample], path)
    assert path.read_text("utf-8").startswith("<!doctype html>\n")
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


def test_a_missing_folder_is_named(tmp_path: Path, sample: RunResult) -> None:
    path = tmp_path / "missing" / "report.html"
    for write in (write_html, write_json):
        with pytest.raises(
            SettingsError, match=r"folder .*missing does not exist; create it"
        ) as caught:
            write([sample], path)
        assert str(caught.value).startswith(str(path))


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="not a regular file"):
        write_whole(tmp_path, b"")


@pytest.mark.skipif(not Path(os.devnull).exists(), reason="no device files here")
def test_a_device_is_not_replaced() -> None:
    with pytest.raises(SettingsError, match="not a regular file"):
        write_whole(Path(os.devnull), b"")


def test_a_link_is_followed(tmp_path: Path) -> None:
    real, link = tmp_path / "real.html", tmp_path / "link.html"
    real.write_bytes(b"old")
    link.symlink_to(real)
    write_whole(link, b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"


def test_the_file_can_be_shared(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    before = os.umask(0o022)
    try:
        write_whole(path, b"")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.html"
    path.write_bytes(b"old")

    def fail(_: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied", str(target))

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(SettingsError, match=r"cannot be written \(Permission denied\)"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


def test_a_killed_write_leaves_no_half_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.html"
    path.write_bytes(b"old")

    def interrupted(self: Path, _: bytes) -> int:
        self.open("wb").close()
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


def test_a_name_that_cannot_be_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be written"):
        write_whole(tmp_path / ("x" * 300), b"")


def test_import_is_light() -> None:
    code = "import behavtest.report, sys; print([m for m in ('torch', 'duckdb', 'pytest') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
