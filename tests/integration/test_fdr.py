"""``--behavtest-fdr`` chooses what declares "violated"; a stream's tests are kept in the ledger."""

from __future__ import annotations

import pytest

FAMILY = ("closed-e-bh", "e-bh", "bh", "by")
STREAMS = ("saffron", "addis", "lord++", "lond", "e-lond")


@pytest.mark.parametrize("procedure", [*FAMILY, *STREAMS])
def test_every_procedure_finds_the_change(behave, unlearned, procedure: str):
    behave.suite()
    behave.fill()
    result = behave.run(
        f"--behavtest-fdr={procedure}", "--behavtest-seed=0", "--behavtest-json=out.json",
        "--behavtest-report=r.html", b=unlearned,
    )  # fmt: skip
    result.assert_outcomes(passed=2, failed=1)
    found = behave.results()
    assert {name: one["verdict"] for name, one in found.items()} == {
        "capitals": "violated",
        "polite": "holds",
        "brief": "holds",
    }
    noted = "e-lond" if procedure in FAMILY else procedure
    assert {one["ledger"]["procedure"] for one in found.values()} == {noted}
    assert "Violated means" in (behave.path / "r.html").read_text()


def test_every_mode_finds_the_same(behave, unlearned, mode: str):
    behave.suite()
    behave.fill()
    behave.run("--behavtest-fdr=lond", "--behavtest-json=out.json", b=unlearned, mode=mode)
    assert behave.verdicts()["capitals"] == "violated"
    assert behave.rows("SELECT procedure, count(*) FROM ledger GROUP BY 1 ORDER BY 1") == [
        ("e-lond", 3),
        ("lond", 3),
    ]


def test_an_unknown_procedure_names_the_known_ones(behave):
    result = behave.run("--behavtest-fdr=bonferroni")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --behavtest-fdr is 'bonferroni'; use one of closed-e-bh*"])


def test_a_release_is_one_test_however_often_it_runs(behave, base, unlearned):
    behave.suite()
    behave.fill()
    for _ in range(2):
        behave.run("--behavtest-fdr=e-lond", "--behavtest-json=out.json", b=unlearned)
    first = behave.results()["capitals"]["ledger"]
    assert (first["test"], first["alarm"]) == (1, True)
    # Another seed is another draw of the same release: a test of its own.
    behave.run(
        "--behavtest-fdr=e-lond", "--behavtest-seed=1", "--behavtest-json=out.json", b=unlearned
    )
    second = behave.results()["capitals"]["ledger"]
    assert second["test"] == 2
    # e-LOND after one alarm: alpha gamma_2 (1 + 1) > alpha gamma_1 (0 + 1) * .4
    assert second["level"] != first["level"]
    rows = behave.rows(
        "SELECT test, count(DISTINCT run_id) FROM ledger WHERE behavior = 'capitals' "
        "GROUP BY 1 ORDER BY 1"
    )
    assert rows == [(1, 1), (2, 1)]
    # A model against itself is no release.
    behave.run(b=base)
    assert behave.rows("SELECT max(test) FROM ledger") == [(2,)]


def test_a_stream_rotates_the_seed_unless_one_is_given(behave, unlearned):
    behave.suite()
    behave.fill()
    small = ("-k", "brief", "--behavtest-max-pairs=4", "--behavtest-inconclusive=pass")
    for arguments in (
        ["--behavtest-fdr=e-lond"],
        ["--behavtest-rotate-seed"],
        ["--behavtest-fdr=e-lond", "--behavtest-seed=3"],
        [],
    ):
        behave.run(*small, *arguments, b=unlearned)
    # rowid is the order of insertion
    seeds = [seed for (seed,) in behave.rows("SELECT seed FROM runs ORDER BY rowid")]
    assert seeds[0] == seeds[1] not in {0, 3}
    assert seeds[2:] == [3, 0]


def test_a_seed_and_its_rotation_contradict_each_other(behave):
    result = behave.run("--behavtest-seed=1", "--behavtest-rotate-seed")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: give --behavtest-seed or --behavtest-rotate-seed, not*"])
