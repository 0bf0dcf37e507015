"""The installed plugin in pytest runs of the example models, with a judge of known behavior."""

from __future__ import annotations

import json

import duckdb
import pytest
from judge_server import KEY, Answer, finds

SUITE = """
defaults: {max_new_tokens: 12, tolerance: 0.2}
behaviors:
  - id: capitals
    prompts:
      - {prompt: What is the capital of Kenya?, answer: Nairobi}
      - {prompt: Tell me the capital of Kenya., answer: Nairobi}
    score:
      judge: {question: Does it name the capital?, reference: "{{ answer }}", labelled: labels.jsonl}
    expect: not_worse
  - id: polite
    prompts: ["I lost my hat. Can you help?"]
    score: {contains: [happy, glad, pleasure]}
    expect: not_worse
"""

LABELS = [
    ("It is Nairobi.", 1), ("Nairobi", 1), ("The city you mean", 1),
    ("I don't know.", 0), ("Nairobi, or not.", 0), ("No.", 0), ("Accra.", 0),
]  # fmt: skip


@pytest.fixture
def project(pytester, audit):
    """Run the suite with a judge at a server."""

    def project(server, *arguments: str, ini: str = ""):
        rows = [
            {"prompt": "?", "completion": text, "label": label, "fields": {"answer": "Nairobi"}}
            for text, label in LABELS
        ]
        (pytester.path / "labels.jsonl").write_text("\n".join(map(json.dumps, rows)))
        pytester.makeini(
            f"[pytest]\nbehavtest_judge_model = judge-1\nbehavtest_judge_endpoint = {server.url}\n"
            f"behavtest_judge_retries = 0\nbehavtest_judge_timeout = 10\n{ini}\n"
        )
        return audit(SUITE, "--behavtest-report=out.html", *arguments, b="unlearned")

    return project


def test_a_loss_is_judged_reported_and_remembered(project, serve, pytester, monkeypatch):
    monkeypatch.setenv("BEHAVTEST_JUDGE_API_KEY", KEY)
    server = serve(finds("Nairobi"))
    run, found = project(server)
    run.assert_outcomes(passed=1, failed=1)
    assert found["capitals"]["verdict"] == "violated"
    # of the labelled examples it finds 2 of 3, and is taken in by 1 of 4
    run.stdout.fnmatch_lines(
        [
            "Judges: 'Does it name the capital?' has sensitivity 0.667 [[]0.09, 0.99[]] of 3,",
            "specificity 0.75 [[]0.19, 0.99[]] of 4",
        ]
    )
    (section,) = json.loads((pytester.path / "out.json").read_bytes())["run"]["sections"]
    assert section["title"] == "Judges"
    assert section["tables"][0]["rows"][0][-1] == "judge-1-2026"
    assert '<h2 id="section-1">Judges</h2>' in (pytester.path / "out.html").read_text()
    # blinded: no model's name is in anything it was shown
    shown = json.dumps(server.asked)
    assert not any(name in shown for name in ("organisms", "unlearned", "base"))

    # again: nothing is asked, and all is as it was
    before = len(server.asked)
    _, again = project(server)
    assert len(server.asked) == before
    assert again == found
    for file in pytester.path.rglob("*"):
        assert not file.is_file() or KEY.encode() not in file.read_bytes()


@pytest.fixture
def store(pytester, monkeypatch):
    """Where the run keeps its pairs; there is a key in the environment."""
    monkeypatch.setenv("BEHAVTEST_JUDGE_API_KEY", KEY)
    return pytester.path / ".behavtest" / "store.duckdb"


def broken(body, number):
    """Answers all but the tenth question."""
    return Answer(500, b"overloaded") if number == 10 else finds("Nairobi")(body, number)


@pytest.mark.parametrize(
    ("says", "message"),
    [
        (broken, "HTTP 500: 'overloaded'"),
        (lambda body, number: "I'd rather not." if number else "W", "gave no verdict, asked twice"),
        (lambda body, number: Answer(401, KEY.encode()), r"HTTP 401: '\[key\]'"),
    ],
)
def test_a_missing_verdict_is_an_error_of_its_behavior_and_never_a_score(
    project, serve, store, says, message
):
    run, found = project(serve(says))
    run.assert_outcomes(passed=1, errors=1)
    assert (found["capitals"]["verdict"], found["polite"]["verdict"]) == ("error", "holds")
    assert message.replace("\\", "") in found["capitals"]["error"]
    assert found["capitals"]["mean_a"] is None
    assert KEY not in str(run.stdout)
    with duckdb.connect(str(store)) as connection:
        kept = connection.execute("SELECT count(*) FROM pairs WHERE behavior LIKE '%capitals'")
        assert kept.fetchone() == (0,)


def test_a_judge_on_this_machine(audit, reader):
    suite = SUITE.replace("question:", f"model: {reader}, question:").replace(
        ", labelled: labels.jsonl", ""
    )
    run, found = audit(suite, "-k", "capitals", "--behavtest-max-pairs=32")
    run.assert_outcomes(skipped=1, deselected=1)
    run, found = audit(suite, "-k", "capitals", "--behavtest-max-pairs=32", b="unlearned")
    assert found["capitals"]["error"] is None
    assert found["capitals"]["pairs"] == 32


@pytest.mark.parametrize(
    ("ini", "message"),
    [
        ("", "*judge needs a model: name it as `model`, in the ini option*"),
        ("behavtest_judge_model = m\nbehavtest_judge_endpoint = host/v1", "*'host/v1' is no URL*"),
        (
            "behavtest_judge_model = m\nbehavtest_judge_endpoint = https://me:pw@host/v1",
            "*give the address alone, and the key in the environment variable BEHAVTEST_JUDGE_API_KEY*",
        ),
        ("behavtest_judge_timeout = soon", "*behavtest_judge_timeout is 'soon'; it must be *"),
    ],
)
def test_what_is_wrong_is_told_at_collection(pytester, audit, ini, message):
    pytester.makeini(f"[pytest]\n{ini}\n")
    run, _ = audit(SUITE.replace(", labelled: labels.jsonl", ""))
    run.stdout.fnmatch_lines([message])
    assert "pw@" not in str(run.stdout)


@pytest.mark.parametrize("key", ["sk-\nsecret", "sk-s\u00e9cret"])
def test_a_key_that_is_none_is_refused_without_being_shown(pytester, audit, monkeypatch, key):
    monkeypatch.setenv("BEHAVTEST_JUDGE_API_KEY", key)
    pytester.makeini("[pytest]\nbehavtest_judge_model = m\nbehavtest_judge_endpoint = http://h/v1")
    run, _ = audit(SUITE.replace(", labelled: labels.jsonl", ""))
    run.stdout.fnmatch_lines(["*the key in BEHAVTEST_JUDGE_API_KEY has characters that no key has"])
    assert "cret" not in str(run.stdout)


def test_unused_it_imports_nothing_heavy(pytester):
    pytester.makepyfile(
        """
        import sys

        def test_a():
            assert "behavtest_judge.plugin" in sys.modules
            assert not {"torch", "httpx", "scipy", "jinja2", "sqlite3"} & set(sys.modules)
        """
    )
    alone = ("-p", "no:html")  # it imports jinja2 itself
    pytester.runpytest_subprocess(*alone, "-p", "no:cacheprovider").assert_outcomes(passed=1)
    pytester.runpytest_subprocess(*alone, "-p", "no:behavtest").assert_outcomes(passed=1)
