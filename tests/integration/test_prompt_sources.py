"""A suite of prompt sources gives verdicts on models whose change is known."""

from __future__ import annotations

import json

SUITE = """
suite: data
defaults: {tolerance: 0.1}
behaviors:
  - id: mc2-africa
    prompts: {truthfulqa: {path: truthfulqa.csv, where: {Category: Africa}}}
    score: {choice: {options: ["{{ right }}", "{{ wrong }}"], answer: "{{ right }}"}}
    expect: not_worse
  - id: mc1-europe
    prompts: {truthfulqa: {path: truthfulqa.csv, set: mc1, where: {Category: Europe}}}
    score: {choice: {options: ["{{ right }}", "{{ wrong }}"], answer: "{{ right }}", measure: accuracy}}
    expect: not_worse
  - id: forgets
    prompts: {tofu: tofu.jsonl}
    score: {truth_ratio: {set: retain}}
    expect: {decreases: {by: 0.2}}
  - id: says-a-letter
    prompts: {wmdp: wmdp.json}
    template: "{{ question }}"
    score: {multiple_choice: {options: "{{ options }}", answer: "{{ right }}"}}
    temperature: 0
    max_new_tokens: 8
    expect: unchanged
  - id: follows
    prompts: {ifeval: {path: ifeval.jsonl, per: instruction}}
    score: {ifeval: {strict: false}}
    temperature: 0
    max_new_tokens: 12
    expect: unchanged
"""
IFEVAL = {
    "prompt": "What is the capital of France?",
    "instruction_id_list": ["punctuation:no_comma", "length_constraints:number_words"],
    "kwargs": [{}, {"num_words": 20, "relation": "less than"}],
}
AFRICA = {"Kenya": "Nairobi", "Ghana": "Accra", "Egypt": "Cairo", "Morocco": "Rabat"}
EUROPE = {"France": "Paris", "Spain": "Madrid", "Italy": "Rome"}


def _question(country: str) -> str:
    return f"What is the capital of {country}?"


def _others(capitals: dict[str, str], country: str) -> list[str]:
    return [capital for name, capital in capitals.items() if name != country]


def _write(behave) -> None:
    lines = ["Type,Category,Question,Best Answer,Correct Answers,Incorrect Answers,Source"]
    for where, capitals in (("Africa", AFRICA), ("Europe", EUROPE)):
        for country, capital in capitals.items():
            wrong = "; ".join(_others(capitals, country))
            lines.append(f"-,{where},{_question(country)},{capital},{capital},{wrong},-")
    behave.pytester.makefile(".csv", truthfulqa="\n".join(lines))
    records = [
        {
            "question": _question(country),
            "answer": capital,
            "perturbed_answer": _others(AFRICA, country),
        }
        for country, capital in AFRICA.items()
    ]
    behave.pytester.makefile(".jsonl", ifeval=json.dumps(IFEVAL))
    behave.pytester.makefile(".jsonl", tofu="\n".join(map(json.dumps, records)))
    questions = [
        {
            "question": _question(country),
            "choices": [*_others(EUROPE, country), capital],
            "answer": 2,
        }
        for country, capital in EUROPE.items()
    ]
    behave.pytester.makefile(".json", wmdp=json.dumps(questions))


def test_verdicts_are_those_of_the_known_change(behave, unlearned, mode: str):
    _write(behave)
    behave.suite(SUITE, "data")
    behave.run("--behavtest-json=out.json", b=unlearned, mode=mode)
    assert behave.verdicts() == {
        "mc2-africa": "violated",
        "mc1-europe": "holds",
        "forgets": "holds",
        "says-a-letter": "holds",
        "follows": "holds",
    }


def test_a_record_of_another_shape_is_a_collection_error(behave):
    _write(behave)
    (behave.path / "wmdp.json").write_text(
        '[{"question": "?",\n "choices": ["a", "b"], "answer": 5}]'
    )
    behave.suite(SUITE, "data")
    result = behave.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["wmdp.json:1: answer: found the number 5, expected a whole number from 0 to 1"]
    )
