"""``--model-b`` can be a LoRA adapter on model A."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def lora(organisms: Path) -> Path:
    return organisms / "lora"


def test_an_adapter_is_tested_on_its_base(behave, lora: Path):
    behave.suite()
    result = behave.run("--behavtest-json=out.json", "-k", "polite", b=lora)
    found = behave.results()["polite"]
    assert found["changed"] > 0
    assert found["mean_b"] < found["mean_a"]
    assert result.ret in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}
    ((described,),) = behave.rows("SELECT result ->> '$.model_b.description' FROM runs")
    assert "with a LoRA adapter" in described


def test_the_base_still_answers_as_itself(behave, base, lora: Path):
    behave.suite()
    behave.run("-k", "polite", b=lora)
    beside = behave.rows(
        "SELECT c.key, text FROM completions c JOIN runs ON fingerprint = fingerprint_a"
    )
    behave.store.unlink()
    behave.run("-k", "polite", b=base)
    alone = dict(behave.rows("SELECT key, text FROM completions"))
    assert {key: alone[key] for key, _ in beside if key in alone} == {
        key: text for key, text in beside if key in alone
    }
    assert set(alone) & {key for key, _ in beside}


def test_an_adapter_alone_is_an_error_that_says_where_it_belongs(behave, lora: Path):
    behave.suite()
    result = behave.run(a=lora)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *lora is a LoRA adapter, not a whole model; *--model-a"])


def test_the_base_is_the_same_to_the_last_bit_beside_an_adapter(behave, base, lora: Path):
    """Once the adapter has been on its weights, switched off for every answer of model A."""
    behave.suite()
    beside = {}
    for b in (lora, base):
        behave.store.unlink(missing_ok=True)
        behave.run("-k", "polite", "--behavtest-max-pairs=96", "--behavtest-batch-size=1", b=b)
        rows = behave.rows(
            "SELECT c.key, token_ids, logprobs FROM completions c "
            "JOIN runs ON fingerprint = fingerprint_a"
        )
        beside[b] = {key: tuple(rest) for key, *rest in rows}
    shared = beside[lora].keys() & beside[base].keys()
    assert len(shared) >= 32
    assert all(beside[lora][key] == beside[base][key] for key in shared)


def test_an_adapter_that_virtual_tokens_make_is_refused(behave, lora: Path):
    behave.suite()
    adapter = behave.path / "adapter"
    adapter.mkdir()
    (adapter / "adapter_config.json").write_text(
        '{"peft_type": "PROMPT_TUNING", "task_type": "CAUSAL_LM", "num_virtual_tokens": 4}'
    )
    (adapter / "adapter_model.safetensors").write_bytes(
        (lora / "adapter_model.safetensors").read_bytes()
    )
    result = behave.run(b=adapter)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *adapter is an adapter (PROMPT_TUNING) that acts on *"])
