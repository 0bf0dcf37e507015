"""A suite that cannot be read as written: a collection error with file, line and field."""

from __future__ import annotations

import pytest

GOOD = "- {id: good, prompts: [Hi!], score: refusal, expect: not_worse}"


def behaviors(*entries: str) -> str:
    return "behaviors:\n" + "".join(f"  {entry}\n" for entry in (GOOD, *entries))


BROKEN = {
    "a scorer with a typo": (
        "- {id: b, prompts: [Hi!], score: refusl, expect: not_worse}",
        "s.behav.yaml:3: behaviors[[]1].score: there is no scorer 'refusl'; did you mean 'refusal'*",
    ),
    "a field with a typo": (
        "- {id: b, promts: [Hi!], score: refusal, expect: not_worse}",
        "s.behav.yaml:3: behaviors[[]1].promts: *did you mean 'prompts'*",
    ),
    "an expectation with a typo": (
        "- {id: b, prompts: [Hi!], score: refusal, expect: not_wors}",
        "s.behav.yaml:3: behaviors[[]1].expect: *not_worse*",
    ),
    "a prompt file without prompts": (
        "- {id: b, prompts: empty.jsonl, score: refusal, expect: not_worse}",
        "empty.jsonl: the file has no prompts",
    ),
    "a prompt file that is not there": (
        "- {id: b, prompts: emty.jsonl, score: refusal, expect: not_worse}",
        "*emty.jsonl: there is no such file; did you mean 'empty.jsonl'*",
    ),
    "a template without an end": (
        (
            "- {id: b, template: '{% for a in range(99999) %}{% for b in range(99999) %}x"
            "{% endfor %}{% endfor %}', score: refusal, expect: not_worse}"
        ),
        "s.behav.yaml:3: behaviors[[]1].template: the template cannot be rendered: *",
    ),
    "one id twice": (
        "- {id: good, prompts: [Hi!], score: refusal, expect: not_worse}",
        "s.behav.yaml:3: behaviors[[]1].id: 'good' is the id of another behavior too (line 2)",
    ),
    "no YAML": ("- {id: [", "s.behav.yaml:*: this is not valid YAML: *"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_names_file_line_and_field(behave, kind: str):
    entry, message = BROKEN[kind]
    (behave.path / "empty.jsonl").touch()
    behave.suite(behaviors(entry), name="s")
    result = behave.run()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ERROR collecting s.behav.yaml*", message])
    assert "Traceback" not in str(result.stdout)
    assert not behave.store.exists()


MARKS = {
    "no argument completion": (
        "@pytest.mark.behavior(prompts=['Hi!'], expect='not_worse')\ndef test_it(): ...",
        "test_m.py:2: test_it is marked as a behavior but has no argument `completion`*",
    ),
    "a fixture": (
        "@pytest.mark.behavior(prompts=['Hi!'], expect='not_worse')\ndef test_it(completion, tmp_path): ...",
        "test_m.py:2: test_it asks for tmp_path; a behavior test is called once per completion*",
    ),
    "async": (
        "@pytest.mark.behavior(prompts=['Hi!'], expect='not_worse')\nasync def test_it(completion): ...",
        "test_m.py:2: test_it is async; a behavior test is a plain function",
    ),
    "positional": (
        "@pytest.mark.behavior(['Hi!'], expect='not_worse')\ndef test_it(completion): ...",
        "test_m.py:2: @pytest.mark.behavior takes keyword arguments only*",
    ),
    "a typo": (
        "@pytest.mark.behavior(promts=['Hi!'], expect='not_worse')\ndef test_it(completion): ...",
        "test_m.py:2: promts: unknown field; did you mean 'prompts'*",
    ),
    "a missing file": (
        "@pytest.mark.behavior(prompts='no.jsonl', expect='not_worse')\ndef test_it(completion): ...",
        "test_m.py:2: prompts: no.jsonl: there is no such file*",
    ),
}


@pytest.mark.parametrize("kind", MARKS)
def test_of_a_mark_names_the_functions_line(behave, kind: str):
    code, message = MARKS[kind]
    behave.pytester.makepyfile(test_m=f"import pytest\n{code}\n")
    result = behave.run()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*ERROR collecting test_m.py*", message])
    assert "Traceback" not in str(result.stdout)


def test_continue_on_collection_errors_runs_the_rest(behave):
    behave.suite()
    behave.suite(behaviors("- {id: b}"), name="broken")
    result = behave.run("--continue-on-collection-errors")
    result.assert_outcomes(passed=1, skipped=2, errors=1)


def test_workers_run_the_rest_as_xdist_has_it(behave):
    behave.suite()
    behave.suite(behaviors("- {id: b}"), name="broken")
    result = behave.run(mode="n2")
    result.assert_outcomes(passed=1, skipped=2, errors=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
