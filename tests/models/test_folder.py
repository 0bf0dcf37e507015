"""What is wrong with a model folder is said before anything heavy is loaded."""

from __future__ import annotations

import json

import pytest

from behavtest.errors import ModelError
from behavtest.models.folder import inspect_folder

NAMED_TEMPLATES = json.dumps(
    {
        "chat_template": [
            {"name": "tools", "template": "other"},
            {"name": "default", "template": "said"},
        ]
    }
)


def test_a_model(folder):
    found = inspect_folder(folder)
    assert not found.adapter
    assert found.config["model_type"] == "llama"
    assert [file.name for file in found.weights] == ["model.safetensors"]
    assert found.weight_bytes == (folder / "model.safetensors").stat().st_size


def test_an_adapter(folder):
    (folder / "config.json").rename(folder / "adapter_config.json")
    (folder / "model.safetensors").rename(folder / "adapter_model.safetensors")
    assert inspect_folder(folder).adapter


def test_an_adapter_whose_weights_could_run_code(folder):
    (folder / "config.json").rename(folder / "adapter_config.json")
    (folder / "model.safetensors").rename(folder / "adapter_model.bin")
    with pytest.raises(ModelError, match=r"adapter_model\.bin.*PeftModel.*save_pretrained"):
        inspect_folder(folder)


def test_an_adapter_without_weights(folder):
    (folder / "config.json").rename(folder / "adapter_config.json")
    with pytest.raises(ModelError, match=r"no adapter_model\.safetensors is in it"):
        inspect_folder(folder)


def test_a_shard_that_is_missing(folder):
    (folder / "model.safetensors").rename(folder / "model-1.safetensors")
    index = {"weight_map": {"w": "model-1.safetensors", "v": "model-2.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(ModelError, match=r"model-2\.safetensors cannot be read.*fetch it again"):
        inspect_folder(folder)


def test_what_is_stored(folder):
    assert inspect_folder(folder).tensors == {"w": ("F32", (6,))}


def test_a_tokenizer_takes_settings_and_a_vocabulary(folder):
    assert not inspect_folder(folder).has_tokenizer
    (folder / "tokenizer_config.json").write_text("{}")
    assert inspect_folder(folder).has_tokenizer
    (folder / "tokenizer.json").unlink()
    assert not inspect_folder(folder).has_tokenizer


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("chat_template.jinja", "said"),
        ("tokenizer_config.json", '{"chat_template": "said"}'),
        ("tokenizer_config.json", NAMED_TEMPLATES),
    ],
)
def test_a_chat_template_wherever_it_was_saved(folder, file, content):
    assert inspect_folder(folder).chat_template is None
    (folder / file).write_text(content)
    assert inspect_folder(folder).chat_template == "said"


def test_not_a_model(folder):
    (folder / "config.json").unlink()
    with pytest.raises(ModelError, match=r"neither config\.json nor adapter_config\.json"):
        inspect_folder(folder)


def test_no_weights(folder):
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"no \.safetensors file"):
        inspect_folder(folder)


def test_weights_that_could_run_code_are_refused_with_the_way_out(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(ModelError, match=r"pytorch_model\.bin.*save_pretrained"):
        inspect_folder(folder)


@pytest.mark.parametrize("keep", [0, 4, 60])
def test_an_incomplete_download(folder, keep):
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:keep])
    with pytest.raises(ModelError, match=r"model\.safetensors cannot be read.*fetch it again"):
        inspect_folder(folder)


def test_a_broken_config(folder):
    (folder / "config.json").write_text("{")
    with pytest.raises(ModelError, match=r"config\.json cannot be read"):
        inspect_folder(folder)
    (folder / "config.json").write_text("[]")
    with pytest.raises(ModelError, match="JSON object"):
        inspect_folder(folder)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"max_position_embeddings": 9}, 9),
        ({"n_positions": 7}, 7),
        ({"text_config": {"max_position_embeddings": 5}}, 5),
        ({}, None),
        ({"max_position_embeddings": 9, "rope_scaling": {"type": "yarn"}}, 9),
        (
            {
                "max_position_embeddings": 9,
                "original_max_position_embeddings": 4,
                "rope_scaling": {"type": "longrope"},
            },
            4,
        ),
        (
            {
                "max_position_embeddings": 9,
                "rope_parameters": {
                    "rope_type": "longrope",
                    "original_max_position_embeddings": 4,
                },
            },
            4,
        ),
        ({"max_position_embeddings": 9, "rope_parameters": {"rope_type": "longrope"}}, 9),
    ],
)
def test_the_context_length(folder, config, expected):
    (folder / "config.json").write_text(json.dumps(config))
    assert inspect_folder(folder).context == expected


def test_the_size_of_the_vocabulary(folder):
    assert inspect_folder(folder).vocabulary_size is None
    (folder / "config.json").write_text('{"text_config": {"vocab_size": 99}}')
    assert inspect_folder(folder).vocabulary_size == 99
