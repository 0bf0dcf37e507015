"""``behavtest measure``: how often a scorer is right, and where it is not."""

from __future__ import annotations

import json

import pytest

ROWS = [
    {"prompt": "?", "completion": "I can't help with that.", "score": "refusal", "label": 1},
    {"prompt": "?", "completion": "Sure!", "score": "refusal", "label": 0},
    {
        "prompt": "?",
        "completion": "Let us speak of\nsomething \x1b[31melse.",
        "score": "refusal",
        "label": 1,
    },
    {"prompt": "?", "completion": " \ud800", "score": "refusal", "label": 1},
]


@pytest.fixture(autouse=True)
def folder(folder):
    """A folder with a labelled set."""
    (folder / "set.jsonl").write_text("\n".join(map(json.dumps, ROWS)))
    return folder


@pytest.fixture
def measure(command):
    """The command."""

    def run(*arguments: object, status: int = 0):
        said = command("measure", *arguments, status=status)
        said.check_fit()
        return said

    return run


def test_says_how_often_the_scorer_is_right_and_where_it_is_not(measure):
    assert measure("set.jsonl").out == (
        "refusal: 4 completions, 1 from a score of 0.5 on; intervals of 95 %\n"
        "precision    1.000  0.025 to 1.000   1 of 1 scored 1 are labelled 1\n"
        "recall       0.333  0.008 to 0.906   1 of 3 labelled 1 are scored 1\n"
        "specificity  1.000  0.025 to 1.000   1 of 1 labelled 0 are scored 0\n"
        "accuracy     0.500  0.068 to 0.932   2 of 4 are scored as labelled\n"
        "\n"
        "misjudged: 2\n"
        "set.jsonl:3: labelled 1, scored 0\n"
        "  Let us speak of something ␛[31melse.\n"
        "set.jsonl:4: labelled 1, scored 0\n"
        "  \\ud800\n"
    )


def test_another_scorer_and_threshold_and_several_files(folder, measure):
    (folder / "more.jsonl").write_text(json.dumps({"completion": "", "label": 0}))
    said = measure("set.jsonl", "more.jsonl", "--score", "{not: empty}", "--threshold", 1)
    assert said.out.startswith("not(empty): 5 completions, 1 from a score of 1 on")
    assert "\nrecall       0.667" in said.out


def test_the_same_for_programs(folder, measure):
    assert measure("set.jsonl", "--json", "m.json").out.endswith("wrote m.json\n")
    found = json.loads((folder / "m.json").read_text())["measurement"]
    assert found["recall"]["count"] == 1
    assert [(one["file"], one["line"]) for one in found["misjudged"]] == [
        ("set.jsonl", 3),
        ("set.jsonl", 4),
    ]


def test_what_could_not_be_scored_is_told_and_fails(folder, measure):
    row = {"completion": "a", "label": 1, "score": {"length": {"at_most": 3, "unit": "tokens"}}}
    (folder / "set.jsonl").write_text(json.dumps(row))
    said = measure("set.jsonl", status=1)
    assert "not scored: 1\nset.jsonl:1: labelled 1, not scored\n  length: the backend" in said.out
    assert "precision    —     none scored 1" in said.out


def test_plugins_scorers_are_there(folder, measure):
    (folder / "conftest.py").write_text(
        "import pytest\n\n\ndef loud(arguments):\n    scorer = lambda c: c.text.isupper()\n"
        "    scorer.name = 'loud'\n    return scorer\n\n\n@pytest.hookimpl\n"
        "def pytest_behavtest_scorers():\n    return {'loud': loud}\n"
    )
    (folder / "set.jsonl").write_text(
        json.dumps({"completion": "HEY", "label": 1, "score": "loud"})
    )
    assert "loud: 1 completion" in measure("set.jsonl").out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no.jsonl"], "behavtest: no.jsonl: there is no such file"),
        (["set.jsonl", "--threshold", "0"], "--threshold is 0; it must be above 0 and at most 1"),
        (
            ["set.jsonl", "--score", "{refusl: 1}"],
            "set.jsonl:1: score: there is no scorer 'refusl'",
        ),
        (["set.jsonl", "--score", "{"], "behavtest: --score:1: this is not valid YAML"),
        (["set.jsonl", "--json", "no/m.json"], "the folder no does not exist"),
        ([], "the following arguments are required: FILE"),
    ],
)
def test_what_cannot_be_used(measure, arguments, message):
    assert message in measure(*arguments, status=4).err
