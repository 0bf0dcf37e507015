"""Every recipe of the cookbook does what it says, as it stands there."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from behavtest import hookspecs

GUIDE = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", GUIDE, re.DOTALL | re.MULTILINE))
CALM = "behaviors:\n- {id: calm, prompts: [Hi!], score: {length: {at_most: 90}}, expect: {at_least: 0.5}}\n"


def files(recipe: str) -> Mapping[str, str]:
    """The files of a recipe, by name."""
    return dict(re.findall(r"```\w+ title=(\S+)\n(.*?)```", RECIPES[recipe], re.DOTALL))


@pytest.fixture
def cook(pytester, audit):
    """Follow a recipe: write its files, and run its suite."""

    def cook(recipe: str, *arguments: str, suite: str = "", **models: str):
        written = files(recipe)
        for name, text in written.items():
            (pytester.path / name).write_text(text, encoding="utf-8")
        suites = [name for name in written if name.endswith(".behav.yaml")]
        for name in suites:
            (pytester.path / name).unlink()
        own = "".join(written[name] for name in suites)
        return audit(suite or own or CALM, "--behavtest-max-pairs=64", *arguments, **models)

    return cook


def test_a_scorer(cook):
    run, found = cook("A scorer")
    run.assert_outcomes(passed=1)
    assert found["calm"]["scorer"] == "not(shouting)"
    assert 0.8 < found["calm"]["mean_a"] < 1


def test_its_complaint_has_the_suites_line(cook):
    suite = files("A scorer")["tone.behav.yaml"].replace("{not: shouting}", "{shouting: 3}")
    run, _ = cook("A scorer", suite=suite)
    run.stdout.fnmatch_lines(["s.behav.yaml:2: *shouting takes no arguments"])


def test_a_scorer_of_many(cook):
    run, found = cook("A scorer of many completions at once")
    run.assert_outcomes(passed=1)
    assert 0.2 < found["varied"]["mean_a"] < 1


def test_a_prompt_source(cook):
    run, found = cook("A prompt source")
    run.assert_outcomes(passed=1)
    assert found["capitals"]["population"] == 2


def test_a_perturbation(cook):
    run, found = cook("A perturbation", b="unchanged")
    run.assert_outcomes(passed=1)
    example = found["unmoved"]["examples"][0]
    asked, plain = (example[side]["prompt"][-1]["content"] for side in ("target", "baseline"))
    assert re.fullmatch(rf"(Um|Well|So), {re.escape(plain)}", asked)


def test_a_backend(cook, pytester):
    for name, text in files("A model backend").items():
        (pytester.path / name).write_text(text, encoding="utf-8")
    (command,) = re.findall(r"^\$ pytest (.*)$", RECIPES["A model backend"], re.MULTILINE)
    run = pytester.runpytest_inprocess(*command.split())
    run.assert_outcomes(passed=1)
    run.stdout.fnmatch_lines(["behavtest: model A canned:answers.json"])
    missing = pytester.runpytest_inprocess(*command.replace("answers", "none").split())
    missing.stderr.fnmatch_lines(["*there are no canned answers in none.json*"])


def test_a_section(cook, pytester):
    run, _ = cook("A section of the report", "--behavtest-report=out.html")
    run.assert_outcomes(passed=1)
    run.stdout.fnmatch_lines(["Effort: calm took the most pairs, *"])
    assert ">Effort</h2>" in (pytester.path / "out.html").read_text()


@pytest.fixture
def webhook():
    """A server that takes note of what is posted."""
    posted: list[dict] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield SimpleNamespace(url=f"http://127.0.0.1:{server.server_port}", posted=posted)
        server.shutdown()


def test_a_notification(cook, webhook, monkeypatch):
    monkeypatch.setenv("TEAM_WEBHOOK", webhook.url)
    cook("A notification")
    cook("A notification", suite=CALM.replace("at_most: 90", "at_least: 900"))
    assert [one["text"] for one in webhook.posted] == [
        "behavtest: all behaviors hold",
        "behavtest: calm failed",
    ]


def test_a_notification_that_fails_is_a_warning(cook, monkeypatch):
    monkeypatch.setenv("TEAM_WEBHOOK", "http://127.0.0.1:9/")
    run, found = cook("A notification")
    run.assert_outcomes(passed=1, warnings=1)
    assert found["calm"]["verdict"] == "holds"


def test_what_was_selected(cook):
    run, _ = cook("What was selected", "-s")
    run.stdout.fnmatch_lines(["*1 behaviors, alpha 0.05*"])


def test_the_packages_use_what_any_plugin_may():
    """And the guide says what that is."""
    public = set(re.findall(r"`(behavtest\.[a-z_.]+)`", RECIPES["What a plugin may import"]))
    used = {
        module
        for file in Path(__file__).parent.glob("behavtest-*/behavtest_*/*.py")
        for module in re.findall(
            r"^\s*from (behavtest(?:\.\w+)*) import", file.read_text(), re.MULTILINE
        )
    }
    assert used
    assert used <= public


def test_every_hook_has_a_recipe():
    hooks = {name for name in vars(hookspecs) if name.startswith("pytest_behavtest_")}
    code = "\n".join(text for recipe in RECIPES for text in files(recipe).values())
    assert hooks == set(re.findall(r"^def (pytest_behavtest_\w+)", code, re.MULTILINE))
