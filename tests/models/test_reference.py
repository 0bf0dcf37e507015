"""From what the user types to a folder, or a sentence that says why not."""

from __future__ import annotations

import pytest

from behavtest.errors import ModelError
from behavtest.models.reference import HubId, locate, parse_hub_id


def test_a_local_folder_is_itself(tmp_path):
    assert locate(str(tmp_path)) == tmp_path


def test_a_typo_in_a_folder_is_met_with_a_suggestion(tmp_path):
    (tmp_path / "regression").mkdir()
    with pytest.raises(ModelError, match=r"did you mean .*/regression\?"):
        locate(f"{tmp_path}/regresion")


def test_a_missing_parent_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"nowhere does not exist either"):
        locate(f"{tmp_path}/nowhere/model")


def test_a_file_is_not_a_model(tmp_path):
    (tmp_path / "weights.safetensors").touch()
    with pytest.raises(ModelError, match="is a file"):
        locate(f"{tmp_path}/weights.safetensors")


def test_hub_ids():
    assert parse_hub_id("org/name") == HubId("org/name", None)
    assert parse_hub_id("org/name@refs/pr/3") == HubId("org/name", "refs/pr/3")


def test_a_hub_id_that_cannot_be_had_offline():
    with pytest.raises(ModelError, match=r"org/name is not in the local hub cache.*HF_HUB_OFFLINE"):
        locate("org/name@v1")


def test_a_model_in_the_hub_cache_is_found_by_revision(tmp_path, monkeypatch):
    commit = "0123456789abcdef0123456789abcdef01234567"
    folder = tmp_path / "models--org--name"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "v1").write_text(commit)
    snapshot = folder / "snapshots" / commit
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    assert locate("org/name@v1") == snapshot
