"""``--behavtest-seed``: one seed, one result, to the last bit."""

from __future__ import annotations

import pytest

EXACT = ("verdict", "pairs", "estimate", "interval", "e_holds", "e_violated", "path", "examples")


def exact(behave) -> dict[str, list[object]]:
    return {name: [found[field] for field in EXACT] for name, found in behave.results().items()}


def test_the_same_seed_gives_the_same_result_with_and_without_cache(behave, unlearned):
    behave.suite()
    seen = []
    for _ in range(2):
        behave.run("--behavtest-seed=7", "--behavtest-json=out.json", b=unlearned)
        seen.append(exact(behave))
    behave.store.unlink()
    behave.run("--behavtest-seed=7", "--behavtest-json=out.json", b=unlearned)
    seen.append(exact(behave))
    assert seen[0] == seen[1] == seen[2]
    assert seen[0]["capitals"][0] == "violated"


def test_another_seed_draws_other_pairs(behave, base):
    behave.suite()
    seen = []
    for seed in (0, 1):
        behave.run(f"--behavtest-seed={seed}", "--behavtest-json=out.json", "-k", "brief", b=base)
        seen.append([example["target"] for example in behave.results()["brief"]["examples"]])
    assert seen[0] != seen[1]


def test_is_recorded_with_the_run(behave):
    behave.suite()
    behave.run("--behavtest-seed=-12", "-k", "brief")
    assert behave.rows("SELECT seed FROM runs") == [(-12,)]


@pytest.mark.parametrize("seed", ["1.5", "x", "9223372036854775808"])
def test_a_seed_is_a_64_bit_integer(behave, seed: str):
    behave.suite()
    result = behave.run(f"--behavtest-seed={seed}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --behavtest-seed is *; it must be a *"])
