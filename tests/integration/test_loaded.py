"""A model is loaded only if something is to be generated with it."""

from __future__ import annotations

import json

import pytest

WATCHED = """
import json
from pathlib import Path
from behavtest.sampling.local import LocalBackend

opened = []

class Watched(LocalBackend):
    asked = 0

    def generate(self, requests, settings, *, references=None):
        self.asked += len(requests)
        return super().generate(requests, settings, references=references)

def pytest_behavtest_backend(reference, options, base):
    opened.append(Watched(reference, options, base=base))
    return opened[-1]

def pytest_sessionfinish():
    if opened:
        facts = {
            "loaded": [model.loaded for model in opened],
            "asked": [model.asked for model in opened],
            "weights": len({id(model.weights) for model in opened if model.loaded}),
        }
        Path("facts.json").write_text(json.dumps(facts))
"""


@pytest.fixture
def loaded(behave):
    """Run a few pairs; return which models were loaded in the end, and what they were asked."""
    behave.suite()
    behave.pytester.makeconftest(WATCHED)

    def loaded(b, mode="plain"):
        behave.run("-k", "polite", "--behavtest-max-pairs=32", b=b, mode=mode)
        return json.loads((behave.path / "facts.json").read_text())

    return loaded


def test_model_a_is_not_if_its_completions_are_cached(organisms, loaded, mode: str):
    first = loaded(organisms / "unlearned")
    assert first["loaded"] == [True, True]
    second = loaded(organisms / "regression", mode)
    assert second["loaded"] == [False, True]
    assert second["asked"][0] == 0 < second["asked"][1]
    again = loaded(organisms / "regression")
    assert again == {"loaded": [False, False], "asked": [0, 0], "weights": 0}


def test_an_adapter_brings_the_base_it_needs_and_no_second_one(organisms, loaded):
    together = loaded(organisms / "lora")
    assert together["loaded"] == [True, True]
    loaded(organisms / "unlearned")
    alone = loaded(organisms / "lora")
    assert alone == {"loaded": [False, False], "asked": [0, 0], "weights": 0}
    assert together["weights"] == 1
