"""``--behavtest-active``: prompts are drawn more often where the models have been seen to differ."""

from __future__ import annotations

import pytest

CAPITALS = """
suite: capitals
defaults: {max_new_tokens: 12, temperature: 1.0, tolerance: 0.1}
behaviors:
  - id: capitals
    prompts:
      - {prompt: What is the capital of Kenya?, answer: Nairobi}
      - {prompt: What is the capital of France?, answer: Paris}
      - {prompt: What is the capital of Japan?, answer: Tokyo}
      - {prompt: What is the capital of Peru?, answer: Lima}
    score: {contains: "{{ answer }}"}
    expect: unchanged
  - id: polite
    prompts: ["I lost my hat. Can you help?", "Thank you for finding my book!"]
    score: {contains: [happy, glad, pleasure]}
    expect: {at_least: 0.5}
"""
"""Of the four capitals the unlearned organism has forgotten one."""

EXACT = ("verdict", "pairs", "estimate", "interval", "e_holds", "e_violated", "path", "examples")


def exact(behave) -> dict[str, list[object]]:
    return {name: [found[field] for field in EXACT] for name, found in behave.results().items()}


def test_every_mode_finds_the_change_and_says_how_it_drew(behave, unlearned, mode: str):
    behave.suite()
    behave.fill()
    result = behave.run(
        "--behavtest-active", "--behavtest-json=out.json", "--behavtest-report=r.html",
        b=unlearned, mode=mode,
    )  # fmt: skip
    result.assert_outcomes(passed=2, failed=1)
    found = behave.results()
    assert (found["capitals"]["verdict"], found["capitals"]["weighted"]) == ("violated", True)
    # About one model alone: there is no difference to go by.
    assert (found["brief"]["verdict"], found["brief"]["weighted"]) == ("holds", False)
    page = (behave.path / "r.html").read_text()
    assert "drawn more often where the models were seen to differ" in page
    assert "--behavtest-active" in page


def test_the_store_keeps_the_weights_and_a_second_run_is_the_same(behave, unlearned):
    behave.suite(CAPITALS)
    seen = []
    for _ in range(2):
        behave.run("--behavtest-active", "--behavtest-json=out.json", b=unlearned)
        seen.append(exact(behave))
    assert seen[0] == seen[1]
    assert behave.rows(
        "SELECT ends_with(behavior, 'capitals') AS w, min(weight) < 1, max(weight) > 1, "
        "max(greatest_weight) <= 2, bool_and(weight <= greatest_weight) "
        "FROM pairs GROUP BY w ORDER BY w"
    ) == [(False, False, False, True, True), (True, True, True, True, True)]
    # The forgotten capital is asked more often than the three others.
    ((share,),) = behave.rows(
        "SELECT avg((case_index = 0)::INT) FROM pairs "
        "WHERE ends_with(behavior, 'capitals') AND pair >= 32"
    )
    assert share > 0.3


def test_without_a_difference_nothing_is_weighted_and_all_is_as_without_the_option(behave, base):
    behave.suite()
    behave.fill()
    seen = []
    for arguments in ([], ["--behavtest-active"]):
        behave.run(*arguments, "--behavtest-json=out.json", b=base).assert_outcomes(passed=3)
        seen.append(exact(behave))
        assert behave.results()["capitals"]["weighted"] == bool(arguments)
    assert seen[0] == seen[1]
    assert behave.rows("SELECT min(weight), max(greatest_weight) FROM pairs") == [(1.0, 1.0)]


def test_it_goes_with_a_budget(behave, unlearned):
    behave.suite()
    behave.fill()
    behave.run(
        "--behavtest-active", "--behavtest-budget=140", "--behavtest-json=out.json", b=unlearned
    )
    pairs = {name: found["pairs"] for name, found in behave.results().items()}
    assert sum(pairs.values()) <= 140
    assert behave.verdicts()["capitals"] == "violated"


def test_it_can_be_set_once_for_all(behave, unlearned):
    behave.suite()
    behave.fill()
    behave.pytester.makeini("[pytest]\nbehavtest_active = true\n")
    behave.run("--behavtest-json=out.json", "-k", "capitals", b=unlearned)
    assert behave.results()["capitals"]["weighted"]


@pytest.mark.parametrize("mark", ["", "--behavtest-seed=3"])
def test_the_stored_run_can_be_decided_again(behave, unlearned, mark: str):
    from behavtest.experiment.redecide import Changes, redecide

    behave.suite()
    behave.fill()
    behave.run("--behavtest-active", "--behavtest-json=out.json", *mark.split(), b=unlearned)
    again = {found.behavior: found for found in redecide(behave.store, "last", Changes()).behaviors}
    for name, found in behave.results().items():
        assert again[name].verdict == found["verdict"]
        assert again[name].e_violated == found["e_violated"]
        assert again[name].weighted == found["weighted"]
