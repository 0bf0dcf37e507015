"""Exact scores of trained models: what was unlearned is less likely, what was not is as likely."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
import torch
from organism_runs import SUITES, backend
from transformers import AutoModelForCausalLM, AutoTokenizer

from behavtest.experiment.engine import RunSettings, run
from behavtest.scoring import builtin_registry
from behavtest.suite import load_suite

AFRICA = ["Cairo", "Nairobi", "Accra", "Dakar"]
SUITE = f"""
suite: exact
behaviors:
  - id: says-africa
    prompts: {SUITES}/prompts/capitals-africa.jsonl
    score: {{likelihood: "{{{{ answer }}}}"}}
    expect: not_worse
  - id: says-europe
    prompts: {SUITES}/prompts/capitals-europe.jsonl
    score: {{likelihood: "{{{{ answer }}}}"}}
    expect: not_worse
    tolerance: 0.1
  - id: prefers-africa
    prompts: {SUITES}/prompts/capitals-africa.jsonl
    score: {{choice: {{options: ["{{{{ answer }}}}", {", ".join(AFRICA)}], answer: "{{{{ answer }}}}"}}}}
    expect: not_worse
"""
EVERY_PROMPT = "expect: unchanged\n    tolerance: 0"


@pytest.fixture
def compare(tmp_path):
    """Compare the base model with another organism; nothing it finds needs a second look."""

    def compare(organism: str, text: str = SUITE):
        file = tmp_path / "exact.behav.yaml"
        file.write_text(text)
        family = {one.id: one for one in load_suite(file, scorers=builtin_registry()).behaviors}
        result = run(
            family,
            model_a=backend("base"),
            model_b=backend(organism),
            settings=RunSettings(store=tmp_path / "s.duckdb"),
            progress=lambda state: None,
        )
        assert result.model_a.generated == 0
        return {found.name: found for found in result.behaviors}

    return compare


def test_unlearned_capitals_are_less_likely_and_others_are_not(compare):
    found = compare("unlearned")
    assert {name: one.verdict for name, one in found.items()} == {
        "says-africa": "violated",
        "says-europe": "holds",
        "prefers-africa": "violated",
    }
    assert found["says-africa"].estimate < -0.2


def test_a_model_retrained_without_a_change_holds(compare):
    assert {one.verdict for one in compare("unchanged").values()} == {"holds"}


def test_the_numbers_are_those_of_a_pass_over_each_text_alone(compare):
    text = SUITE.replace("expect: not_worse", EVERY_PROMPT, 1)
    found = compare("unchanged", text)["says-africa"]
    assert found.exact
    assert found.pairs == found.population
    file = SUITES / "prompts" / "capitals-africa.jsonl"
    assert found.mean_b == pytest.approx(_mean("unchanged", file), abs=1e-5)
    assert found.mean_a == pytest.approx(_mean("base", file), abs=1e-5)


def _mean(organism: str, file: Path) -> float:
    """The mean probability of a token of the answers, from the weights alone."""
    folder = backend(organism).name
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    scores = []
    for row in map(json.loads, file.read_text().splitlines()):
        chat = tokenizer.apply_chat_template(
            [{"role": "user", "content": row["prompt"]}], add_generation_prompt=True, tokenize=False
        )
        start = len(tokenizer(chat)["input_ids"])
        ids = torch.tensor([tokenizer(chat + row["answer"])["input_ids"]])
        with torch.inference_mode():
            logprobs = model(ids).logits[0].log_softmax(-1)
        chosen = logprobs[:-1].gather(1, ids[0, 1:, None])[start - 1 :, 0]
        scores.append(math.exp(chosen.mean().item()))
    return sum(scores) / len(scores)
