"""``choice`` and ``likelihood``: from the suite to the verdict, with nothing generated."""

from __future__ import annotations

import pytest

from behavtest.cli.main import main
from behavtest.experiment import ProgressState
from behavtest.pytest_plugin.terminal import kept_words
from behavtest.report.format import MINUS, NBSP

NUMBER = "[0-9]*"
EXACT = """
suite: exact
defaults: {max_new_tokens: 8, temperature: 1.0}
behaviors:
  - id: prefers
    prompts:
      - {prompt: What is the capital of Kenya?, answer: Nairobi, wrong: [Accra, Cairo]}
      - {prompt: Name the capital of Ghana., answer: Accra, wrong: [Nairobi, Cairo, Dakar]}
      - {prompt: Tell me the capital of Egypt., answer: Cairo, wrong: [Nairobi]}
    score: {choice: {options: ["{{ answer }}", "{{ wrong }}"], answer: "{{ answer }}"}}
    expect: not_worse
  - id: says
    prompts:
      - {prompt: What is the capital of Kenya?, answer: Nairobi}
      - {prompt: Name the capital of Ghana., answer: Accra}
    score: {likelihood: "{{ answer }}"}
    expect: not_worse
  - id: europe
    prompts:
      - {prompt: What is the capital of France?, answer: Paris}
      - {prompt: Name the capital of Spain., answer: Madrid}
    score: {likelihood: {text: "{{ answer }}"}}
    expect: {at_least: 0.4}
"""
PARROT = """
class Parrot:
    vocabulary = ""
    context = None

    def __init__(self, reference):
        self.name = self.fingerprint = reference

    def encode(self, prompt):
        return tuple(prompt.messages[-1].content.encode())

    def generate(self, requests, settings, *, references=None):
        raise AssertionError("nothing is to be generated")

    def describe(self):
        return "a parrot"

    def release(self):
        pass

def pytest_behavtest_backend(reference, options, base):
    return Parrot(reference) if reference.startswith("parrot:") else None
"""
VERDICTS = {"prefers": "violated", "says": "violated", "europe": "holds"}


@pytest.mark.parametrize("mode", ["plain", "n0"])
def test_a_loss_is_found_exactly_and_nothing_is_generated(behave, unlearned, mode: str):
    behave.suite(EXACT, "exact")
    result = behave.run("--behavtest-json=out.json", b=unlearned, mode=mode)
    result.assert_outcomes(passed=1, failed=2)
    assert behave.verdicts() == VERDICTS
    found = behave.results()
    assert {name: (one["exact"], one["stop"]) for name, one in found.items()} == dict.fromkeys(
        VERDICTS, (True, "census")
    )
    assert found["says"]["estimate"] < -0.2
    assert found["prefers"]["sampling"] == "none: the likelihood of given texts is computed"
    assert behave.rows("SELECT count(*) FROM completions") == [(0,)]
    assert behave.rows("SELECT count(*) FROM likelihoods") == [(20,)]


def test_a_second_run_reads_nothing(behave, unlearned, mode: str):
    behave.suite(EXACT, "exact")
    first = behave.run("--behavtest-json=one.json", b=unlearned, mode=mode)
    second = behave.run("--behavtest-json=two.json", b=unlearned, mode=mode)
    first.stdout.fnmatch_lines(
        ["*0 completions generated and 0 reused*", "20 given texts read and 0 reused"]
    )
    second.stdout.fnmatch_lines(
        ["*0 completions generated and 0 reused*", "0 given texts read and 20 reused"]
    )
    assert behave.results("one.json") == behave.results("two.json")


def test_one_model_is_held_to_its_bounds(behave, base):
    behave.suite(EXACT, "exact")
    behave.run("-k", "europe", "--behavtest-json=out.json").assert_outcomes(passed=1)
    assert behave.results()["europe"]["exact"]


def test_the_failure_says_what_the_models_make_of_the_texts(behave, unlearned):
    behave.suite(EXACT, "exact")
    result = behave.run(b=unlearned)
    result.stdout.fnmatch_lines(
        [
            f"violated: dropped by {NUMBER} (exact: every prompt was seen)",
            "  scorer     choice(*",
            "    A (*) * | B (*)",
            "    0.* 'Nairobi' (right) * | 0.* 'Nairobi' (right)",
            "    0.* 'Accra' * | 0.* 'Accra'",
            f"violated: dropped by {NUMBER} (exact: every prompt was seen)",
            "  evidence   exact: every prompt was seen, nothing is left to chance",
            "  scorer     likelihood('{{ answer }}')",
            f"  pair 1 (number * of the schedule), change {MINUS}*",
            "    * per token, perplexity * | * per token, perplexity *",
        ]
    )
    assert max(map(len, result.outlines)) < 200


def test_the_report_shows_them(behave, unlearned):
    behave.suite(EXACT, "exact")
    behave.run("--behavtest-report=out.html", "-k", "prefers or says", b=unlearned)
    page = (behave.path / "out.html").read_text(encoding="utf-8")
    for words in (
        "none: the likelihood of given texts is computed",
        "given texts",
        "Pairs that differ",
        "perplexity",
        "&#39;Nairobi&#39;",
    ):
        assert words in page


def test_answers_and_given_texts_go_together(behave, unlearned):
    behave.suite(EXACT, "exact")
    behave.suite()
    behave.fill()
    result = behave.run("--behavtest-json=out.json", "-k", "says or capitals", b=unlearned)
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*completions generated and [1-9]* reused*", "*given texts read*"])


def test_a_backend_that_only_generates_is_an_error_of_those_behaviors(behave):
    behave.pytester.makeconftest(PARROT)
    behave.suite(EXACT, "exact")
    result = behave.run("-k", "europe", a="parrot:polly")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*parrot:polly cannot tell how likely a given text is*"])


def test_wrong_arguments_are_collection_errors(behave):
    behave.suite(EXACT.replace("options:", "option:"), "exact")
    result = behave.run()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(
        ["*exact.behav.yaml:9: behaviors[[]0].score.choice: choice has no argument 'option'; did *"]
    )


@pytest.fixture
def command(behave, monkeypatch, capsys):
    """The command, in the folder of the suite."""
    monkeypatch.chdir(behave.path)

    def command(*arguments: object) -> str:
        assert main([*map(str, arguments)]) == 0
        return capsys.readouterr().out

    return command


def test_a_plan_counts_texts_and_no_tokens(behave, base, unlearned, command):
    behave.suite(EXACT, "exact")
    said = command("plan", f"--model-a={base}", f"--model-b={unlearned}", behave.path)
    assert "Up to 24 given texts are read besides" in said
    assert "time: unknown" not in said
    total = next(line for line in said.splitlines() if line.startswith("total if every behavior"))
    assert total.split()[-3:] == ["0", "0.0", "s"]


def test_a_stored_run_can_be_decided_again(behave, unlearned, command):
    behave.suite(EXACT, "exact")
    behave.run("-k", "says", b=unlearned).assert_outcomes(failed=1)
    said = command("decide", "last", "--tolerance=0.9")
    assert any(line.startswith("holds  ") and "exact" in line for line in said.splitlines())


def test_active_choice_leaves_them_a_census(behave, unlearned):
    behave.suite(EXACT, "exact")
    behave.run("--behavtest-active", "--behavtest-json=out.json", b=unlearned)
    assert behave.verdicts() == VERDICTS


@pytest.mark.parametrize(
    ("generated", "read", "said"),
    [
        (0, 0, ""),
        (1, 0, "1 new completion is"),
        (0, 40, "40 likelihoods are"),
        (2, 1, "2 new completions and 1 likelihood are"),
    ],
)
def test_what_ctrl_c_keeps(generated: int, read: int, said: str):
    state = ProgressState(3, 0, 0, generated, reused=0, seconds=2.0, texts_read=read)
    assert kept_words(state).replace(NBSP, " ") == said
