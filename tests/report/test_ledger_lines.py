# ruff: noqa: RUF001 - signs as people read them are what is tested
"""The ledger in lines of 80 columns."""

from __future__ import annotations

import pytest

from behavtest.report.ledger_lines import ledger_lines
from behavtest.stats.online import open_stream
from behavtest.store import LedgerEntry

HOSTILE = "\x1b[31m\x1b]0;owned\x07\u202e\nverdict\tholds\x00"


def stream(
    values: list[float],
    *,
    suite: str = "refusal",
    behavior: str = "weapons",
    procedure: str = "e-lond",
    alpha: float = 0.05,
    model: str = "/models/{}",
) -> list[LedgerEntry]:
    """Make a stream as runs would have written it."""
    online = open_stream(procedure, alpha=alpha)
    made = []
    for test, value in enumerate(values, start=1):
        decision = online.test(value)
        made.append(
            LedgerEntry(
                suite,
                behavior,
                procedure,
                alpha,
                test,
                f"release{test}",
                f"{test:08x}{'0' * 24}",
                f"2026-01-{test:02}T03:00:00+00:00",
                model.format(test),
                value,
                decision.level,
                decision.reject,
                100,
            )
        )
    return made


def lines(entries: list[LedgerEntry], *, every: bool = False) -> list[str]:
    found = list(ledger_lines(entries, every=every))
    for line in found:
        assert len(line) <= 80, line
        assert line.isprintable(), line
        assert line == line.rstrip()
        assert "\u00a0" not in line
    return found


def test_a_stream_with_an_alarm() -> None:
    assert lines(stream([0.5, 2.5e6, 3.0])) == [
        "e-LOND at alpha 0.05: 1 behavior, 3 tests, 1 alarm",
        "",
        "behavior                                tests  alarms  last evidence  next needs",
        "refusal/weapons                             3       1              3   1.2 × 10³",
        "  ALARM in test 2: evidence 2.5 × 10⁶, 1.7 × 10³ was needed",
        "        2026-01-02, run 00000002, model /models/2",
        "",
        "Each behavior is a stream with one test for each release. Among a stream's",
        "alarms the expected share of false ones is at most 5 %, under any dependence",
        "between tests: in each stream, not in all of them together. Evidence is the",
        "e-value of “violated” at the stop. What an alarm needs is fixed by the tests",
        "before it, and can be more than “violated” needs in a run.",
        "",
        "--all lists every test; `behavtest decide RUN` shows the verdicts of a run.",
    ]


def test_every_test_of_a_stream() -> None:
    found = lines(stream([0.5, 1e300]), every=True)
    assert found[2:7] == [
        "behavior                                tests  alarms  last evidence  next needs",
        "         test  date        run          evidence of     needed  model",
        "refusal/weapons                             2       1        > 10³⁰⁰   1.0 × 10³",
        "            1  2026-01-01  00000001          0.5 of        374  /models/1",
        "  ALARM     2  2026-01-02  00000002      > 10³⁰⁰ of  1.7 × 10³  /models/2",
    ]
    assert found[-1] == "`behavtest decide RUN` shows the verdicts of a run."


def test_what_is_alarming_now_comes_first_then_what_has_been() -> None:
    entries = [
        *stream([0.5, 0.5], behavior="a-quiet"),
        *stream([1e6, 0.5], behavior="b-once"),
        *stream([0.5, 0.5], behavior="c-quiet"),
        *stream([0.5, 1e6], behavior="d-now"),
    ]
    found = lines(entries)
    rows = [line.split()[0].rpartition("/")[2] for line in found if line.startswith("refusal/")]
    assert rows == ["d-now", "b-once", "a-quiet", "c-quiet"]
    assert found[0] == "e-LOND at alpha 0.05: 4 behaviors, 8 tests, 2 alarms"
    assert [line.partition(":")[0] for line in found if "ALARM" in line] == [
        "  ALARM in the latest test",
        "  ALARM in test 1",
    ]


def test_kinds_of_streams_are_told_apart() -> None:
    entries = [
        *stream([0.5]),
        *stream([0.5], alpha=0.1),
        *stream([1.0, 1e-300, 0.0], procedure="lond"),
    ]
    found = lines(entries)
    assert [line for line in found if " at alpha " in line] == [
        "e-LOND at alpha 0.05: 1 behavior, 1 test, 0 alarms",
        "e-LOND at alpha 0.1: 1 behavior, 1 test, 0 alarms",
        "LOND at alpha 0.05: 1 behavior, 3 tests, 2 alarms",
    ]
    text = " ".join(found)
    assert text.count("under any dependence between tests") == 2
    assert text.count("if the tests are independent or positively dependent") == 1
    assert text.count("Evidence is 1 over the p-value") == 1
    # A p-value of 0 is infinite evidence, which is shown as its cap.
    assert "  ALARM in the latest test: evidence > 10³⁰⁰" in text


def test_streams_whose_names_run_together_are_told_apart() -> None:
    entries = [
        *stream([0.5], suite="a", behavior="b/c"),
        *stream([0.5], suite="a/b", behavior="c"),
    ]
    assert lines(entries)[0] == "e-LOND at alpha 0.05: 2 behaviors, 2 tests, 0 alarms"


@pytest.mark.parametrize("every", [False, True])
def test_long_and_hostile_names_stay_on_their_line(*, every: bool) -> None:
    entries = [
        *stream([1e6], suite="s" * 90, behavior="b" * 90, model="/path" * 40),
        *stream([1e6], suite=HOSTILE, behavior=HOSTILE, model=HOSTILE),
    ]
    odd = entries[-1]._replace(started=HOSTILE, run_id=HOSTILE)
    found = lines([entries[0], odd], every=every)
    assert sum("ALARM" in line for line in found) == 2
    assert any("…" + "b" * 37 in line for line in found)
    assert any(line.endswith("/path") for line in found)


@pytest.mark.parametrize(
    "changes", [{"procedure": "of-tomorrow"}, {"value": -1.0}, {"value": float("nan")}]
)
def test_a_damaged_ledger_is_an_error(changes: dict[str, object]) -> None:
    (entry,) = stream([0.5])
    with pytest.raises(ValueError, match=r"of-tomorrow|e-value"):
        list(ledger_lines([entry._replace(**changes)]))
