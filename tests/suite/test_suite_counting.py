"""How many different prompts a suite asks, as `behavtest suites` says it."""

from __future__ import annotations

import pytest

from behavtest.scoring import builtin_registry
from behavtest.suite import load_suite
from behavtest.suite.counting import distinct_prompts

TEMPLATE = 'template: "{{ a }} {{ b }}", variables: {a: [1, 2], b: [x, y, z]}'
REST = "score: refusal, expect: unchanged"


@pytest.mark.parametrize(
    ("behaviors", "count"),
    [
        (["prompts: [Hi!, Hello!, Hi!]"], 2),
        (["prompts: [Hi!, Hello!]", "prompts: [Hello!, Hey!]"], 3),
        ([TEMPLATE, TEMPLATE, "prompts: [1 x, 3 x]"], 7),
        (["prompts: [Hi!], system: Be kind.", "prompts: [Hi!]"], 2),
        (
            [
                "contrast: {target: [{i: 1, prompt: A}], baseline: [{i: 1, prompt: B}], match_on: i}",
                "prompts: [A]",
            ],
            2,
        ),
        (
            [
                'template: "{{ a }}{{ b }}{{ a }}", variables: {a: %s, b: %s}'
                % ((list(range(60)),) * 2)
            ]
            * 2,
            3600,
        ),
    ],
)
def test_each_prompt_counts_once(tmp_path, behaviors, count):
    file = tmp_path / "one.behav.yaml"
    lines = [f"- {{id: b{i}, {one}, {REST}}}" for i, one in enumerate(behaviors)]
    file.write_text("\n".join(["behaviors:", *lines]))
    assert distinct_prompts(load_suite(file, scorers=builtin_registry()).behaviors) == count
