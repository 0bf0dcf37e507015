"""``--model-b`` given more than once: a comparison for each, as if it were alone."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from behavtest.errors import ModelError
from behavtest.experiment.engine import run
from behavtest.report.jsonfile import read_json

EXACT = ("name", "verdict", "pairs", "estimate", "interval", "e_holds", "e_violated", "path")
SUMMARY = re.compile(r"= behavtest =.*?^json: ", re.DOTALL | re.MULTILINE)
SCHEMA = Path(__file__).parents[2] / "docs" / "result.schema.json"


@pytest.fixture
def unchanged(organisms: Path) -> Path:
    """The base model trained further, without a change of behavior."""
    return organisms / "unchanged"


@pytest.fixture
def compare(behave, unlearned, unchanged):
    """Run the suite, of completions that are mostly stored, with both modified models."""

    def compare(*arguments: object, mode: str = "plain", second: Path = unchanged):
        return behave.run(f"--model-b={second}", *arguments, b=unlearned, mode=mode)

    return compare


def told(run: dict) -> list[list]:
    """What must not depend on other models: all of it but times and what was reused."""
    return [[found[key] for key in EXACT] for found in run["behaviors"]]


def test_each_has_the_verdicts_it_has_alone_to_the_last_bit(
    behave, compare, unlearned, unchanged, monkeypatch
):
    """Alone, beside another, and with workers: verdicts, e-values, ids in results and store."""
    monkeypatch.setattr("behavtest.pytest_plugin.live._LINE_EVERY", 0.0)
    behave.suite()
    behave.fill()
    out = behave.path / "out.json"
    alone = []
    for model in (unlearned, unchanged):
        behave.run("--behavtest-json=out.json", b=model)
        alone.append(told(json.loads(out.read_bytes())["run"]))
    for mode in ("plain", "n0", "n2"):
        result = compare("-v", "--behavtest-json=out.json", mode=mode)
        result.assert_outcomes(passed=5, failed=1)
        document = json.loads(out.read_bytes())
        assert [told(run) for run in document["runs"]] == alone
        assert [run["model_b"]["name"] for run in document["runs"]] == [
            str(unlearned),
            str(unchanged),
        ]
        result.stdout.fnmatch_lines(
            [
                "behavior*  unlearned  unchanged",
                "manners/capitals  ✕ *  ✓ *",
                "unlearned: 1 of 3 behaviors violated.",
                "violated *manners/capitals *",
                "unchanged: Every behavior holds.",
                "*Each modified model is a comparison by itself: alpha is *",
            ]
        )
        if mode == "plain":
            result.stdout.fnmatch_lines(["*unchanged (2 of 2): * decided,*"])
        (summary,) = SUMMARY.findall(str(result.stdout))
        assert max(map(len, summary.splitlines()[1:])) <= 80
    validator = Draft202012Validator(json.loads(SCHEMA.read_bytes()))
    assert not list(validator.iter_errors(document))
    assert [len(read_json(out)), document["schema"]] == [2, 2]
    assert behave.rows("SELECT count(*), count(DISTINCT run_id) FROM runs") == [(8, 8)]
    assert behave.rows("SELECT DISTINCT behavior FROM verdicts ORDER BY 1") == [
        (f"manners.behav.yaml::{name}",) for name in ("brief", "capitals", "polite")
    ]


def test_items_are_named_by_model_and_selected_by_it(behave, compare, unlearned):
    behave.suite()
    behave.fill()
    result = compare("--behavtest-json=out.json", "-v", "-k", "unlearned and not brief")
    result.assert_outcomes(passed=1, failed=1, deselected=4)
    result.stdout.fnmatch_lines(
        [
            f"behavtest: model B [[]unlearned[]] {unlearned}",
            "behavtest: model B [[]unchanged[]] *",
            "manners.behav.yaml::capitals[[]unlearned[]] FAILED*",
            "behavior *  unlearned",
        ]
    )
    assert behave.rows("SELECT DISTINCT model_b FROM runs") == [(str(unlearned),)]
    (only,) = read_json(behave.path / "out.json")
    assert [found.behavior for found in only.behaviors] == ["capitals", "polite"]
    again = compare("--lf", "--collect-only", "-q")
    again.stdout.fnmatch_lines(["manners.behav.yaml::capitals[[]unlearned[]]"])
    again.stdout.fnmatch_lines(["1 test collected*"])
    every = compare("--collect-only", "-q", "manners.behav.yaml::capitals")
    every.stdout.fnmatch_lines(["*capitals[[]unlearned[]]", "*capitals[[]unchanged[]]"])


FUNCTIONS = """
import pytest

behavior = pytest.mark.behavior(
    prompts=["Thank you for finding my book!"], expect={"at_least": 0.01}, max_new_tokens=12
)

@behavior
@pytest.mark.parametrize("letter", ["e", "é-"])
def test_has(completion, letter):
    return "e" in completion.text

class TestA:
    @behavior
    def test_one(self, completion):
        return 1.0

    @behavior
    @pytest.mark.skip
    def test_two(self, completion):
        return 1.0
"""


def test_marked_functions_are_parametrized(behave, compare, tmp_path, unlearned):
    """The model comes last in the id, and is no part of the behavior's name."""
    copy = tmp_path / "übung"
    shutil.copytree(unlearned, copy)
    behave.pytester.makepyfile(test_f=FUNCTIONS)
    arguments = ("-v", "--behavtest-max-pairs=64", "--behavtest-json=out.json")
    result = compare(*arguments, second=copy)
    result.assert_outcomes(passed=6, skipped=2)
    result.stdout.fnmatch_lines(
        [
            "test_f.py::test_has[[]e-unlearned[]] PASSED*",
            "test_f.py::test_has[[]e-*bung[]] PASSED*",
            "test_f.py::TestA::test_one[[]unlearned[]] PASSED*",
            "test_f.py::TestA::test_two[[]unlearned[]] SKIPPED*",
        ]
    )
    names = {
        "test_f.py::test_has[e]",
        r"test_f.py::test_has[\xe9-]",
        "test_f.py::TestA::test_one",
    }
    for one in read_json(behave.path / "out.json"):
        assert {found.name for found in one.behaviors} == names
        assert one.behaviors[2].behavior == "TestA.test_one"
    some = compare("--collect-only", "-q", "-k", "unlearned and has", second=copy)
    some.stdout.fnmatch_lines(["2/8 tests collected*"])


def test_two_adapters_take_turns_on_one_base(behave, organisms, tmp_path):
    """The base stays what it was, bit for bit: an audit of both runs finds nothing else."""
    shutil.copytree(organisms / "lora", tmp_path / "another")
    behave.suite()
    result = behave.run(
        f"--model-b={tmp_path / 'another'}",
        *("--behavtest-json=out.json", "--behavtest-audit=100%", "--behavtest-max-pairs=32"),
        b=organisms / "lora",
    )
    result.stdout.no_fnmatch_line("*ERROR*")
    first, second = read_json(behave.path / "out.json")
    assert first.model_b.generated > 0
    assert (second.model_a.generated, second.model_b.generated) == (0, 0)
    assert second.model_b.fingerprint == first.model_b.fingerprint
    for one in (first, second):
        for model in (one.audit.model_a, one.audit.model_b):
            assert model.sampled == model.agreed > 0
    assert [found.e_violated for found in first.behaviors] == [
        found.e_violated for found in second.behaviors
    ]


WATCHED = """
import json
from pathlib import Path
from behavtest.sampling.local import LocalBackend

opened, seen = [], []

class Watched(LocalBackend):
    def generate(self, requests, settings, *, references=None):
        for batch in super().generate(requests, settings, references=references):
            seen.append([model.loaded for model in opened])
            yield batch

def pytest_behavtest_backend(reference, options, base):
    opened.append(Watched(reference, options, base=base))
    return opened[-1]

def pytest_sessionfinish():
    Path("seen.json").write_text(json.dumps(seen))
"""


def test_one_modified_model_is_in_memory_at_a_time(behave, organisms, unchanged):
    behave.pytester.makeconftest(WATCHED)
    behave.suite()
    behave.run(
        *(f"--model-b={unchanged}", "-k", "polite", "--behavtest-max-pairs=16"),
        b=organisms / "regression",
    )
    seen = json.loads((behave.path / "seen.json").read_text())
    assert [True, True, False] in seen  # beside the base, opened once
    assert any(last for _, _, last in seen)
    assert not any(first and last for _, first, last in seen)


SECOND = """
import behavtest.experiment.engine as engine

run, calls = engine.run, []

def second(family, **options):
    calls.append(1)
    if len(calls) == 2:
        raise KeyboardInterrupt
    return run(family, **options)

engine.run = second
"""


def test_ctrl_c_leaves_the_models_before_their_verdicts(behave, unlearned, unchanged):
    behave.pytester.makeconftest(SECOND)
    behave.suite()
    behave.fill()
    result = behave.fresh(f"--model-b={unchanged}", "--behavtest-json=out.json", b=unlearned)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(
        [
            "unlearned: 1 of 3 behaviors violated.",
            "json: not written, as not every model was compared; `behavtest show RUN --json *",
            "Stopped before a verdict on unchanged, after 0 pairs.",
        ]
    )
    assert not (behave.path / "out.json").exists()
    assert behave.rows("SELECT status FROM runs") == [("finished",)]


def test_a_model_that_fails_is_its_items_error_and_no_others(
    behave, compare, unlearned, monkeypatch
):
    """A report without it would pass a gate, and is not written."""

    def failing(family, *, model_b, **options):
        if model_b.name != str(unlearned):
            raise ModelError("out of luck")
        return run(family, model_b=model_b, **options)

    monkeypatch.setattr("behavtest.experiment.engine.run", failing)
    behave.suite()
    behave.fill()
    result = compare("--behavtest-json=out.json")
    result.assert_outcomes(passed=2, failed=1, errors=3)
    result.stdout.fnmatch_lines(
        [
            "out of luck",
            "unlearned: 1 of 3*",
            "unchanged: not compared, see its errors",
            "json: not*",
        ]
    )
    assert not (behave.path / "out.json").exists()


def test_the_same_twice_is_an_error(behave, base):
    for again in (f"{base}/", base):
        result = behave.run(f"--model-b={again}", b=base)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines(["ERROR: --model-b * is given twice*"])


def test_a_missing_one_is_an_error_before_collection(behave, base, unlearned):
    result = behave.run(f"--model-b={base.parent / 'unlerned'}", b=unlearned)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: there is no model folder *unlerned*"])
