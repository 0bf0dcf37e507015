"""The fingerprint changes when, and only when, the answers may."""

from __future__ import annotations

import json
import shutil

from behavtest.models.fingerprint import fingerprint
from behavtest.models.folder import inspect_folder


def digest(folder, *, dtype="float32", base="") -> str:
    return fingerprint(inspect_folder(folder), dtype=dtype, base=base)


def test_a_copy_elsewhere_is_the_same_model(folder, tmp_path):
    before = digest(folder)
    shutil.copytree(folder, tmp_path / "elsewhere")
    config = json.loads((folder / "config.json").read_text())
    (tmp_path / "elsewhere" / "config.json").write_text(
        json.dumps({"_name_or_path": "x", "transformers_version": "9", **config}, indent=4)
    )
    (tmp_path / "elsewhere" / "README.md").write_text("a card")
    (tmp_path / "elsewhere" / "tokenizer_config.json").write_text('{"chat_template": "x"}')
    assert digest(tmp_path / "elsewhere") == before


def test_whatever_decides_answers_is_in_it(folder):
    seen = {digest(folder), digest(folder, dtype="bfloat16"), digest(folder, base="other")}
    weights = bytearray((folder / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (folder / "model.safetensors").write_bytes(weights)
    seen.add(digest(folder))
    (folder / "tokenizer.json").write_text('{"x": 1}')
    seen.add(digest(folder))
    (folder / "generation_config.json").write_text('{"eos_token_id": 4}')
    seen.add(digest(folder))
    (folder / "tokenizer_config.json").write_text('{"eos_token": "b"}')
    seen.add(digest(folder))
    (folder / "special_tokens_map.json").write_text('{"eos_token": "c"}')
    seen.add(digest(folder))
    (folder / "modeling.py").write_text("print()")
    seen.add(digest(folder))
    (folder / "config.json").write_text('{"model_type": "llama", "hidden_size": 16}')
    seen.add(digest(folder))
    assert len(seen) == 10
