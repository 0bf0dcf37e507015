"""Model folders that hold no model, or a damaged one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest


@pytest.fixture
def copy(behave, base: Path) -> Path:
    folder = behave.path / "copy"
    shutil.copytree(base, folder)
    return folder


def refused(behave, folder: Path, message: str) -> None:
    behave.suite()
    result = behave.run(a=folder)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {message}"])
    assert "Traceback" not in str(result.stdout) + str(result.stderr)


def test_cut_short(behave, copy: Path):
    file = copy / "model.safetensors"
    file.write_bytes(file.read_bytes()[:100_000])
    refused(behave, copy, f"the weights in {file} cannot be read (*the file is damaged or *")


def test_not_safetensors_at_all(behave, copy: Path):
    (copy / "model.safetensors").write_text("<html>404</html>")
    refused(behave, copy, "the weights in *model.safetensors cannot be read *")


def test_none(behave, copy: Path):
    (copy / "model.safetensors").unlink()
    refused(behave, copy, "* has no weights: no .safetensors file is in it")


def test_only_as_a_pickle(behave, copy: Path):
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    refused(behave, copy, "* has weights only as pytorch_model.bin, and behavtest reads *")


def test_a_folder_without_a_model(behave):
    (behave.path / "empty").mkdir()
    refused(behave, behave.path / "empty", "*empty is not a model: *")


def test_a_configuration_that_is_no_json(behave, copy: Path):
    (copy / "config.json").write_text("{")
    refused(behave, copy, "*config.json cannot be read: *")


def test_a_configuration_of_another_model(behave, copy: Path):
    config = json.loads((copy / "config.json").read_text())
    config["num_hidden_layers"] += 1
    (copy / "config.json").write_text(json.dumps(config))
    refused(behave, copy, "the weights in * lack * tensors that its config.json asks for *")


def test_without_a_tokenizer(behave, copy: Path):
    for file in copy.glob("tokenizer*"):
        file.unlink()
    refused(behave, copy, "*tokenizer*")
