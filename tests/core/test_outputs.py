"""What keeps files from being written is told before the work."""

from __future__ import annotations

from pathlib import Path

from behavtest.core import unwritable


def test_files_of_their_own_in_folders_that_exist_can_be_written(tmp_path):
    assert unwritable({"--json": tmp_path / "a.json", "--sarif": tmp_path / "b.sarif"}) is None
    assert unwritable({}) is None


def test_what_is_wrong_names_the_option_and_the_way_out(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wrong = unwritable({"--json": Path("no") / "a.json"})
    assert wrong == "--json: the folder no does not exist; create it first"
    wrong = unwritable({"--json": tmp_path})
    assert wrong == f"--json: {tmp_path} is a folder; name a file in it"
    wrong = unwritable({"--json": tmp_path / "a", "--sarif": Path("a")})
    assert wrong == "--json and --sarif name one file, a; give each its own"
