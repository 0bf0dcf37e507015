"""``@pytest.mark.behavior``: a test about one completion becomes a claim about two models."""

from __future__ import annotations

import pytest

MARK = 'behavior(prompts=["Thank you for finding my book!"], expect={expect!r}, max_new_tokens=12)'


def marked(body: str, expect: object = "not_worse", signature: str = "completion") -> str:
    mark = MARK.format(expect=expect)
    return f"import pytest\n\n\n@pytest.mark.{mark}\ndef test_one({signature}):\n    {body}\n"


POLITE = 'assert any(word in completion.text for word in ("happy", "glad", "pleasure"))'


def test_an_assertion_is_the_score(behave):
    behave.pytester.makepyfile(marked(POLITE, {"at_least": 0.6}))
    behave.run("--behavtest-json=out.json").assert_outcomes(passed=1)
    found = behave.results()["test_one"]
    assert 0.6 < found["estimate"] <= 1
    assert {example["value"] for example in found["examples"]} <= {0.0, 1.0}


@pytest.mark.parametrize(
    ("body", "score"),
    [
        ("return 0.25", 0.25),
        ("return True", 1),
        ("pass", 1),
        ("import numpy; return numpy.float32(0.5)", 0.5),
        ("raise AssertionError", 0),
        ("pytest.fail('no')", 0),
    ],
)
def test_what_the_function_does_is_the_score(behave, body: str, score: float):
    behave.pytester.makepyfile(marked(body, {"at_most": 0.9}))
    behave.run("--behavtest-json=out.json", "--behavtest-max-pairs=8")
    assert behave.results()["test_one"]["estimate"] == score


def test_is_a_claim_about_two_models(behave, base, mode: str):
    behave.pytester.makepyfile(marked(POLITE))
    result = behave.run("--behavtest-json=out.json", b=base, mode=mode)
    result.assert_outcomes(passed=1)
    assert behave.verdicts() == {"test_one": "holds"}


def test_the_function_sees_the_prompt(behave):
    behave.pytester.makepyfile(
        """
        import pytest

        @pytest.mark.behavior(
            template="What is {{ a }} + {{ b }}?", variables={"a": [1, 2], "b": [3]},
            expect={"at_least": 0.5}, max_new_tokens=8,
        )
        def test_adds(completion):
            fields = completion.prompt.fields
            assert completion.prompt.messages[-1].content.startswith("What is ")
            return str(fields["a"] + fields["b"]) in completion.text
        """
    )
    behave.run().assert_outcomes(passed=1)


def test_parameters_and_classes_make_behaviors_of_their_own(behave):
    behave.pytester.makepyfile(
        """
        import pytest

        pytestmark = pytest.mark.behavior(
            prompts=["Thank you for finding my book!"], expect={"at_least": 0.01}, max_new_tokens=12
        )

        class TestA:
            @pytest.mark.parametrize("letter", ["e", "q"])
            def test_has(self, completion, letter, *, count=1):
                return completion.text.count(letter) >= count

        class TestB:
            @staticmethod
            def test_has(completion):
                return 1.0
        """
    )
    result = behave.run("--behavtest-json=out.json", "--behavtest-max-pairs=64")
    assert set(behave.results()) == {"TestA.test_has[e]", "TestA.test_has[q]", "TestB.test_has"}
    assert result.parseoutcomes()["passed"] >= 2


def test_skip_and_xfail_marks_keep_their_meaning(behave):
    behave.pytester.makepyfile(
        """
        import pytest

        behavior = pytest.mark.behavior(
            prompts=["Good morning! Where is my hat?"], expect={"at_least": 0.9}, max_new_tokens=4
        )

        @behavior
        @pytest.mark.skip(reason="not today")
        def test_skipped(completion): ...

        @behavior
        @pytest.mark.skipif(True, reason="nor here")
        def test_skipped_here(completion): ...

        @behavior
        @pytest.mark.xfail(strict=True)
        def test_expected_to_fail(completion):
            return 0
        """
    )
    result = behave.run("-rs", "--behavtest-json=out.json")
    result.assert_outcomes(skipped=2, xfailed=1)
    result.stdout.fnmatch_lines(["*test_skip_and*.py:*: not today", "*.py:*: nor here"])
    assert behave.verdicts() == {"test_expected_to_fail": "violated"}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("1 / 0", "test_one raised ZeroDivisionError: division by zero (test_*.py:6, on the*"),
        ("return 'yes'", "test_one returned 'yes'; a behavior test asserts, or returns a score*"),
        ("return 1.5", "test_one returned 1.5; *[[]0, 1]*"),
        ("return float('nan')", "test_one returned nan; *[[]0, 1]*"),
        ("pytest.skip('no')", "test_one skips a completion; a pair is never dropped *"),
        ("pytest.xfail('no')", "test_one raised XFailed: no *"),
        ("raise SystemExit", "test_one raised SystemExit: *"),
    ],
)
def test_a_body_that_gives_no_score_is_an_error_not_a_failure(behave, body: str, message: str):
    behave.pytester.makepyfile(marked(body, {"at_least": 0.5}))
    result = behave.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ERROR at setup of test_one*", message])
    assert "Traceback" not in str(result.stdout)


def test_without_models_the_function_is_not_called(behave):
    behave.pytester.makepyfile(marked("raise SystemExit"))
    behave.pytester.runpytest_inprocess().assert_outcomes(skipped=1)


def test_completion_is_for_marked_tests(behave):
    behave.pytester.makepyfile("def test_plain(completion): pass")
    result = behave.pytester.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["`completion` is for tests marked with @pytest.mark.behavior"])


def test_a_test_case_of_unittest_is_told_so(behave):
    behave.pytester.makepyfile(
        """
        import pytest, unittest

        class TestOld(unittest.TestCase):
            @pytest.mark.behavior(prompts=["Hello!"], expect="not_worse")
            def test_it(self, completion): ...
        """
    )
    result = behave.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["@pytest.mark.behavior is for test functions *"])
