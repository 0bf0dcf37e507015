"""``--behavtest-max-memory``: models that do not fit together take turns."""

from __future__ import annotations

import json

import pytest

WATCHED = """
import json
from pathlib import Path
from behavtest.sampling.local import LocalBackend

opened, seen = [], []

class Watched(LocalBackend):
    def generate(self, requests, settings, *, references=None):
        for batch in super().generate(requests, settings, references=references):
            loaded = [model.loaded for model in opened]
            weights = {id(model.weights) for model in opened if model.loaded}
            seen.append((loaded, len(weights), self.memory.taken()))
            yield batch

def pytest_behavtest_backend(reference, options, base):
    opened.append(Watched(reference, options, base=base))
    return opened[-1]

def pytest_sessionfinish():
    if opened:
        Path("seen.json").write_text(json.dumps(seen))
"""
LIMIT = 7_500_000
"""Bytes: less than two organisms' weights in float32, which take 3.94 MB each."""


@pytest.fixture
def watch(behave):
    """Run with a limit; return who was loaded after each batch, in how many weights, and all bytes."""
    behave.suite()
    behave.pytester.makeconftest(WATCHED)

    def watch(limit, b, mode="plain"):
        behave.store.unlink(missing_ok=True)
        behave.run(
            *("-k", "polite", "--behavtest-max-pairs=48", "--behavtest-json=out.json"),
            f"--behavtest-max-memory={limit}",
            b=b,
            mode=mode,
        )
        return json.loads((behave.path / "seen.json").read_text())

    return watch


def found(behave):
    result = behave.results()["polite"]
    return result["verdict"], result["pairs"], result["e_holds"], result["changed"]


def descriptions(behave):
    ((a, b),) = behave.rows(
        "SELECT result ->> '$.model_a.description', result ->> '$.model_b.description' FROM runs"
    )
    return a, b


def test_between_one_model_and_two_they_take_turns_and_find_the_same(
    behave, unlearned, watch, mode: str
):
    together = watch("1GB", unlearned)
    assert max(weights for _, weights, _ in together) == 2
    assert "by turns" not in descriptions(behave)[0]
    expected = found(behave)
    by_turns = watch("7.5MB", unlearned, mode)
    assert [weights for _, weights, _ in by_turns] == [1] * len(by_turns)
    assert {tuple(loaded) for loaded, _, _ in by_turns} == {(True, False), (False, True)}
    assert max(taken for _, _, taken in by_turns) <= LIMIT
    assert found(behave) == expected
    for description in descriptions(behave):
        assert description.endswith(", in memory by turns with the other")


def test_an_adapter_needs_no_second_model(behave, organisms, watch):
    seen = watch("7.5MB", organisms / "lora")
    assert seen[-1][:2] == [[True, True], 1]
    assert max(taken for _, _, taken in seen) <= LIMIT
    assert "by turns" not in descriptions(behave)[1]


def test_a_model_that_does_not_fit_alone_is_an_error_before_anything_is_generated(
    behave, unlearned
):
    behave.suite()
    result = behave.run("--behavtest-max-memory=3MB", b=unlearned)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: *base does not fit into the memory of cpu: its weights take 3.94 MB *"]
    )
    result.stderr.fnmatch_lines(["*, and 3 MB are to be had; raise --behavtest-max-memory, *"])
    assert behave.rows("SELECT count(*) FROM completions") == [(0,)]


@pytest.mark.parametrize("size", ["20", "lots", "20 gigabytes", "0GB"])
def test_what_is_no_size_is_an_error_that_says_how_to_write_one(behave, size: str):
    result = behave.run(f"--behavtest-max-memory={size}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [f"ERROR: --behavtest-max-memory: '{size}' is no size; *: 20GB, 512MiB"]
    )
