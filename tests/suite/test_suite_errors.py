"""Every field has a wrong value, and the error says where it is, what it is and what it should be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from suite_schema import agrees

from behavtest.errors import SuiteError
from behavtest.suite import Suite

Load = Callable[[str], Suite]

_PLAIN = {"id": "a", "prompts": "[Hi]", "score": "json", "expect": "not_worse"}


def _written(**fields: str | None) -> str:
    every = {**_PLAIN, **fields}
    lines = [f"{name}: {value}" for name, value in every.items() if value is not None]
    return "behaviors:\n  - " + "\n    ".join(lines) + "\n"


def _error(load: Load, text: str) -> SuiteError:
    with pytest.raises(SuiteError) as caught:
        load(text)
    assert agrees("s.behav.yaml", caught.value), "the schema refuses what has the wrong shape"
    return caught.value


_NO = {"prompts": None}
_CONTRAST = {**_NO, "contrast": "{target: harmful.csv, baseline: harmless.csv, match_on: id}"}

WRONG_FIELDS: list[tuple[dict[str, str | None], int, str, str]] = [
    (
        {"id": "a b"},
        2,
        "id",
        "found 'a b', expected a short name of letters, digits, '-', '_' and '.', beginning with a letter or digit, such as 'a-b'",
    ),
    (
        {"id": "3"},
        2,
        "id",
        "found the number 3, expected text; write it in quotes if it is meant as text",
    ),
    ({"id": "'!'"}, 2, "id", "such as 'refuses-weapons'"),
    ({"id": "''"}, 2, "id", "found an empty text"),
    ({"id": None}, 2, "", "the behavior has no 'id'"),
    ({"score": None}, 2, "", "there is no 'score'; one of all, any, "),
    ({"expect": None}, 2, "", "there is no 'expect'"),
    ({"prompts": None}, 2, "", "there is nothing to ask; write one of prompts, template, contrast"),
    ({"prompts": "[]"}, 3, "prompts", "the list has no prompts"),
    (
        {"prompts": "3"},
        3,
        "prompts",
        "found the number 3, expected a list of prompts, the path of a .jsonl, .json, .csv, .txt file, or a prompt source: {name: arguments}",
    ),
    (
        {"prompts": "Hello?"},
        3,
        "prompts",
        "found the text 'Hello?', expected the path of a .jsonl, .json, .csv, .txt file; a single prompt is a list too: [\"…\"]",
    ),
    (
        {"prompts": "captials.jsonl"},
        3,
        "prompts",
        "captials.jsonl: there is no such file; did you mean 'capitals.jsonl'?",
    ),
    (
        {"prompts": "zz.jsonl"},  # an ending in common makes no likeness
        3,
        "prompts",
        "zz.jsonl: there is no such file (files in that folder: capitals.jsonl, harmful.csv, harmless.csv, lines.txt, s.behav.yaml)",
    ),
    (
        {"prompts": "no/x.jsonl"},
        3,
        "prompts",
        "no/x.jsonl: there is no such file, nor a folder 'no'",
    ),
    (
        {"prompts": "zzzz.txt"},
        3,
        "prompts",
        "zzzz.txt: there is no such file (files in that folder: capitals.jsonl, harmful.csv, harmless.csv, lines.txt, s.behav.yaml)",
    ),
    (
        {"prompts": "[true]"},
        3,
        "prompts[0]",
        "found the boolean true, expected text; write it in quotes if it is meant as text",
    ),
    (
        {"prompts": "[Hi, null]"},
        3,
        "prompts[1]",
        "found nothing (null), expected text; write it in quotes",
    ),
    (
        {"prompts": "[{promt: Hi}]"},
        3,
        "prompts[0]",
        "the row has no 'prompt' and no 'messages'; 'promt' does not count as one (fields: promt)",
    ),
    (
        {"prompts": "[{prompt: Hi, messages: []}]"},
        3,
        "prompts[0]",
        "the row has both 'prompt' and 'messages'",
    ),
    ({"prompts": "[{prompt: 3}]"}, 3, "prompts[0].prompt", "found the number 3, expected text"),
    (
        {"prompts": "[{messages: []}]"},
        3,
        "prompts[0].messages",
        "found an empty list, expected at least one of messages {role, content}",
    ),
    (
        {"prompts": "[{messages: [{role: usr, content: Hi}]}]"},
        3,
        "prompts[0].messages[0].role",
        "found 'usr', expected one of system, user, assistant; did you mean 'user'?",
    ),
    (
        {"prompts": "[{messages: [{role: user}]}]"},
        3,
        "prompts[0].messages[0]",
        "the message has no 'content'",
    ),
    (
        {"prompts": "[{messages: [{role: user, content: Hi, name: x}]}]"},
        3,
        "prompts[0].messages[0].name",
        "unknown field (fields: role, content)",
    ),
    (
        {"prompts": "[{messages: [{role: assistant, content: Hi}]}]"},
        3,
        "prompts[0].messages",
        "the last message is the assistant's; the model answers the user's",
    ),
    (
        {
            "prompts": "[{messages: [{role: user, content: a}, {role: system, content: b}, {role: user, content: c}]}]"
        },
        3,
        "prompts[0].messages",
        "a system message comes after another message; it must be the first",
    ),
    ({"prompts": '["\\ud800"]'}, 3, "prompts[0].prompt", "half a character"),
    (
        {
            "prompts": "[{messages: [{role: system, content: a}, {role: user, content: b}]}]",
            "system": "x",
        },
        6,
        "system",
        "a prompt begins with its own system message (the text 'a'); keep one of the two",
    ),
    ({"system": "3"}, 6, "system", "found the number 3, expected text"),
    (
        {"system": "'{{ who }}'"},
        6,
        "system",
        "the template uses 'who', which is not a field here (fields: prompt)",
    ),
    (
        {"variables": "{x: [1]}"},
        6,
        "variables",
        "variables belong to a template without prompts; found prompts",
    ),
    (
        {"contrast": "{}"},
        6,
        "contrast",
        "found prompts, contrast together, expected one of prompts, template, contrast",
    ),
    (
        {**_NO, "template": "3"},
        5,
        "template",
        "found the number 3, expected a list of messages {role, content}",
    ),
    ({**_NO, "template": "''"}, 5, "template", "found an empty text"),
    (
        {**_NO, "template": "'{{ x'"},
        5,
        "template",
        "the template cannot be read: unexpected end of template",
    ),
    (
        {**_NO, "template": "'{{ nme }}'", "variables": "{name: [1]}"},
        5,
        "template",
        "the template uses 'nme', which is not a field here; did you mean 'name'? (fields: name)",
    ),
    (
        {
            **_NO,
            "template": "'{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}'",
        },
        5,
        "template",
        "the template does too much work",
    ),
    (
        {**_NO, "template": "\"{{ 'a' * 10**10 }}\""},
        5,
        "template",
        "powers (**) are not available in suites",
    ),
    (
        {**_NO, "template": "'{{ x }}'", "variables": "{x: ['', a]}"},
        5,
        "template",
        "the message comes out empty",
    ),
    (
        {
            **_NO,
            "template": "'{{ x }} {{ y.z }}'",
            "variables": "{x: [1, 2, 3], y: [{z: a}, {q: b}]}",
        },
        5,
        "template",
        "has no attribute 'z'",
    ),
    (
        {**_NO, "template": "|\n      a\n      {{ b | uper }}"},
        7,
        "template",
        "there is no filter 'uper'; did you mean 'upper'?",
    ),
    ({**_NO, "messages": "[{role: user}]"}, 5, "messages[0]", "the message has no 'content'"),
    (
        {**_NO, "template": "a", "messages": "[]"},
        6,
        "messages",
        "found template, messages together",
    ),
    (
        {**_NO, "template": "a", "variables": "[x]"},
        6,
        "variables",
        "found a list, expected a mapping",
    ),
    (
        {**_NO, "template": "a", "variables": "{x: []}"},
        6,
        "variables.x",
        "found an empty list, expected at least one of values",
    ),
    (
        {**_NO, "template": "a", "variables": "{x: [true]}"},
        6,
        "variables.x[0]",
        "found the boolean true, expected text; write it in quotes",
    ),
    (
        {**_NO, "template": "a", "variables": "{x: 3}"},
        6,
        "variables.x",
        "found the number 3, expected a list of values",
    ),
    (
        {**_NO, "template": "a", "variables": "{x: words.csv}"},
        6,
        "variables.x",
        "found the text 'words.csv', expected a list or the path of a .txt file",
    ),
    (
        {**_NO, "template": "a", "variables": "{x: line.txt}"},
        6,
        "variables.x",
        "line.txt: there is no such file; did you mean 'lines.txt'?",
    ),
    (
        {**_NO, "template": "a", "variables": "{x-y: [1]}"},
        6,
        "variables.x-y",
        "found 'x-y', expected a name that a template can use",
    ),
    (
        {
            **_NO,
            "template": "a",
            "variables": "{" + ", ".join(f"v{i}: [1, 2]" for i in range(63)) + "}",
        },
        6,
        "variables",
        "the variables have too many combinations to count",
    ),
    (
        {**_NO, "contrast": "harmful.csv"},
        5,
        "contrast",
        "found the text 'harmful.csv', expected a mapping (target, baseline, match_on, perturb, keep)",
    ),
    (
        {**_NO, "contrast": "{target: harmful.csv, baseline: harmless.csv}"},
        5,
        "contrast",
        "the contrast has no 'match_on'; it needs target, baseline, match_on",
    ),
    (
        {**_NO, "contrast": "{target: [], base: [], match_on: id}"},
        5,
        "contrast.base",
        "unknown field; did you mean 'baseline'?",
    ),
    (
        {**_NO, "contrast": "{target: harmful.csv, baseline: harmless.csv, match_on: idd}"},
        2,
        "",
        "the row has no field 'idd' to match on; did you mean 'id'? (fields: prompt, id)",
    ),
    (
        {**_NO, "contrast": "{target: harmful.csv, baseline: [{prompt: a, id: 1}], match_on: id}"},
        5,
        "contrast.match_on",
        "id '2' of the target (harmful.csv:3) is not in the baseline",
    ),
    (
        {**_NO, "contrast": "{target: [{prompt: a, id: 1}], baseline: harmless.csv, match_on: id}"},
        5,
        "contrast.match_on",
        "id '2' of the baseline (harmless.csv:2) is not in the target",
    ),
    (
        {
            **_NO,
            "contrast": "{target: [{prompt: a, id: 1}, {prompt: b, id: '1'}], baseline: harmless.csv, match_on: id}",
        },
        5,
        "contrast.target[1]",
        "id '1' is there twice (first at s.behav.yaml:5)",
    ),
    (
        {
            **_NO,
            "contrast": "{target: [{prompt: a, id: 1.5}], baseline: harmless.csv, match_on: id}",
        },
        5,
        "contrast.target[0]",
        "id: found the number 1.5, expected text or a whole number to match on",
    ),
    ({"score": "refusl"}, 4, "score", "there is no scorer 'refusl'; did you mean 'refusal'?"),
    (
        {"score": "{contains: true}"},
        4,
        "score.contains",
        "found the boolean true, expected text; write it in quotes",
    ),
    (
        {"score": "{all: [json, {not: {regex: '(('}}]}"},
        4,
        "score.all[1].not.regex",
        "'((' is not a regular expression",
    ),
    (
        {"score": "{contains: '{{ answr }}'}", "prompts": "capitals.jsonl"},
        4,
        "score",
        "the template uses 'answr', which is not a field here; did you mean 'answer'?",
    ),
    (  # of many rows, the one at fault is named
        {"score": "{contains: '{{ n }}'}", "prompts": "[{prompt: One, n: 1}, {prompt: Two}]"},
        4,
        "score",
        "contains: the template uses 'n', which is not a field here (fields: prompt); the prompt is 'Two'",
    ),
    (
        {"prompts": "[{prompt: One, n: 1}, {prompt: Two}]", "system": "'{{ n }}'"},
        6,
        "system",
        "the template uses 'n', which is not a field here (fields: prompt); the row is s.behav.yaml:3",
    ),
    (
        {"prompts": "capitals.jsonl", "template": "'{{ answer }} {{ wrong }}'"},
        6,
        "template",
        "; the row is capitals.jsonl:1",
    ),
    (
        {"expect": "not_wors"},
        5,
        "expect",
        "found 'not_wors'; did you mean 'not_worse'? (expected one of not_worse, not_higher, unchanged, {increases: {by: 0.1}}, {decreases: {by: 0.1}}, {at_least: 0.9}, {at_most: 0.9})",
    ),
    ({"expect": "3"}, 5, "expect", "found the number 3, expected one of not_worse"),
    (
        {"expect": "increases"},
        5,
        "expect",
        "increases needs a number; write expect: {increases: {by: 0.1}}",
    ),
    (
        {"expect": "{increases: 0.3}"},
        5,
        "expect.increases",
        "found the number 0.3, expected by how much: {by: 0.1}",
    ),
    (
        {"expect": "{increases: {by: lots}}"},
        5,
        "expect.increases.by",
        "found the text 'lots', expected a number",
    ),
    (
        {"expect": "{decreases: {by: 1}}"},
        5,
        "expect.decreases.by",
        "must lie strictly between -1 and 1",
    ),
    ({"expect": "{at_least: 1.5}"}, 5, "expect.at_least", "must lie strictly between 0 and 1"),
    (
        {"expect": "{not_worse: 0.1}"},
        5,
        "expect.not_worse",
        "not_worse takes no value; write expect: not_worse, and its tolerance apart",
    ),
    ({"expect": "{at_least: 0.1, at_most: 0.9}"}, 5, "expect", "found a mapping, expected one of"),
    (
        {"relation": "invariance"},
        6,
        "relation",
        "a relation is between the target and the baseline of a contrast, and there is no 'contrast'",
    ),
    (
        {**_CONTRAST, "relation": "invarance"},
        6,
        "relation",
        "found 'invarance', expected one of difference, invariance, not_lower, not_higher; did you mean 'invariance'?",
    ),
    (
        {**_CONTRAST, "relation": "3"},
        6,
        "relation",
        "found the number 3, expected text; write it in quotes if it is meant as text",
    ),
    ({**_CONTRAST, "relation": "''"}, 6, "relation", "found an empty text"),
    ({**_CONTRAST, "relation": "[not_lower]"}, 6, "relation", "found a list, expected text"),
    (
        {**_CONTRAST, "relation": "invariance", "expect": "not_worse"},
        4,
        "expect",
        "not_worse lets the score rise, and with relation: invariance the score is the amount by which the relation is broken: a lower one is better; write expect: not_higher, or {at_most: 0.1} for one model",
    ),
    (
        {**_CONTRAST, "relation": "not_higher", "expect": "not_worse"},
        4,
        "expect",
        "not_worse lets the score rise, and with relation: not_higher the score is",
    ),
    (
        {**_CONTRAST, "relation": "not_lower", "expect": "{at_most: -0.5}"},
        4,
        "expect.at_most",
        "-0.5 puts the boundary at -0.5, which must lie strictly between 0 and 1",
    ),
    (
        {**_CONTRAST, "relation": "not_lower", "expect": "{decreases: {by: 1.5}}"},
        4,
        "expect.decreases.by",
        "must lie strictly between -1 and 1",
    ),
    (
        {"weight": "0"},
        6,
        "weight",
        "found the number 0, expected one above 0, from 0.000001 to 1,000,000",
    ),
    ({"weight": "1e-300"}, 6, "weight", "found the number 1e-300, expected one above 0, from"),
    ({"weight": "1000001"}, 6, "weight", "found the number 1000001, expected one above 0, from"),
    ({"weight": "-2.5"}, 6, "weight", "found the number -2.5, expected one above 0"),
    ({"weight": ".inf"}, 6, "weight", "found the number inf, expected a finite one"),
    ({"weight": ".nan"}, 6, "weight", "found the number nan, expected a finite one"),
    ({"weight": "heavy"}, 6, "weight", "found the text 'heavy', expected a number"),
    ({"weight": "true"}, 6, "weight", "found the boolean true, expected a number"),
    ({"weight": "[2]"}, 6, "weight", "found a list, expected a number"),
    ({"tolerance": "-0.1"}, 6, "tolerance", "-0.1 is negative; it must be 0 or more"),
    ({"tolerance": "1"}, 6, "tolerance", "must lie strictly between -1 and 1"),
    ({"tolerance": ".nan"}, 6, "tolerance", "found the number nan, expected a finite one"),
    ({"tolerance": "5%"}, 6, "tolerance", "found the text '5%', expected a number"),
    (
        {"tolerance": "0.1", "expect": "{increases: {by: 0.1}}"},
        6,
        "tolerance",
        "increases has no tolerance: 'by' is its margin",
    ),
    (
        {"tolerance": "0.1", "expect": "{at_most: 0.1}"},
        6,
        "tolerance",
        "at_most has no tolerance: the bound is its margin",
    ),
    (
        {"max_new_tokens": "0"},
        6,
        "max_new_tokens",
        "max_new_tokens is 0; it must be between 1 and 1,000,000",
    ),
    (
        {"max_new_tokens": "1.5"},
        6,
        "max_new_tokens",
        "found the number 1.5, expected a whole number",
    ),
    (
        {"max_new_tokens": "true"},
        6,
        "max_new_tokens",
        "found the boolean true, expected a whole number",
    ),
    ({"temperature": "-1"}, 6, "temperature", "it must be 0 or more"),
    ({"temperature": ".inf"}, 6, "temperature", "found the number inf, expected a finite one"),
    ({"temperature": "warm"}, 6, "temperature", "found the text 'warm', expected a number"),
    ({"top_k": "-1"}, 6, "top_k", "top_k is -1; it must be between 0 (no limit) and 1,000,000"),
    ({"top_p": "0"}, 6, "top_p", "it must be in (0, 1]"),
    ({"top_p": "[1]"}, 6, "top_p", "found a list, expected a number"),
    ({"tags": "safety"}, 6, "tags", "found the text 'safety', expected a list: [safety]"),
    ({"tags": "[a b]"}, 6, "tags[0]", "found 'a b', expected a word of letters"),
    ({"tags": "[not]"}, 6, "tags[0]", "found 'not', expected a word"),
    ({"tags": "[3]"}, 6, "tags[0]", "found the number 3, expected text"),
    ({"description": "3"}, 6, "description", "found the number 3, expected text"),
    (
        {"temprature": "1"},
        6,
        "temprature",
        "unknown field; did you mean 'temperature'? (fields: id, prompts,",
    ),
]


@pytest.mark.parametrize(("fields", "line", "field", "message"), WRONG_FIELDS)
def test_wrong_fields(
    load: Load, fields: dict[str, str | None], line: int, field: str, message: str
) -> None:
    error = _error(load, _written(**fields))
    assert message in error.message
    if "to match on; did" in message:
        assert str(error).startswith("harmful.csv:2: ")
        return
    path = f"behaviors[0].{field}" if field else "behaviors[0]"
    assert (error.file, error.line, error.field) == ("s.behav.yaml", line, path)
    assert str(error).startswith(f"s.behav.yaml:{line}: {path}: ")
    assert "\n" not in str(error), "one mistake is one line"


@pytest.mark.parametrize(
    ("text", "line", "field", "message"),
    [
        ("suite: a b\n" + _written(), 1, "suite", "found 'a b', expected a short name"),
        ("suite: true\n" + _written(), 1, "suite", "found the boolean true, expected text"),
        ("version: [1]\n" + _written(), 1, "version", "found a list, expected text"),
        ("version: true\n" + _written(), 1, "version", "found the boolean true, expected text"),
        ("version: .inf\n" + _written(), 1, "version", "expected a finite one"),
        ("description: 3\n" + _written(), 1, "description", "found the number 3, expected text"),
        ("variables: [a]\n" + _written(), 1, "variables", "found a list, expected a mapping"),
        ("variables: {a: 3}\n" + _written(), 1, "variables.a", "expected a list of values"),
        ("include: 3\n" + _written(), 1, "include", "found the number 3, expected a list of files"),
        ("defalts: {}\n" + _written(), 1, "defalts", "unknown field; did you mean 'defaults'?"),
        ("defaults: 3\n" + _written(), 1, "defaults", "found the number 3, expected a mapping"),
        (
            "defaults: {expect: unchanged}\n" + _written(),
            1,
            "defaults.expect",
            "unknown field (fields: tolerance, weight, max_new_tokens, temperature, top_k, top_p, system, tags)",
        ),
        (
            "defaults: {relation: invariance}\n" + _written(),
            1,
            "defaults.relation",
            "unknown field (fields: tolerance, weight,",
        ),
        ("defaults: {weight: 0}\n" + _written(), 1, "defaults.weight", "expected one above 0"),
        ("defaults: {weight: x}\n" + _written(), 1, "defaults.weight", "expected a number"),
        ("defaults: {top_p: 2}\n" + _written(), 1, "defaults.top_p", "it must be in (0, 1]"),
        ("defaults: {tolerance: x}\n" + _written(), 1, "defaults.tolerance", "expected a number"),
        ("defaults: {tolerance: -1}\n" + _written(), 1, "defaults.tolerance", "-1 is negative"),
        ("defaults: {tags: x}\n" + _written(), 1, "defaults.tags", "expected a list: [x]"),
        ("defaults: {system: '{{'}\n" + _written(), 1, "defaults.system", "cannot be read"),
        ("suite: a\n", 1, "", "there is no list of 'behaviors'"),
        ("suite: a\nbehaviors: []", 2, "behaviors", "found an empty list, expected at least one"),
        ("behaviors: {a: 1}", 1, "behaviors", "found a mapping, expected a list of behaviors"),
        ("behaviors: [refusal]", 1, "behaviors[0]", "found the text 'refusal', expected a mapping"),
        ("[]", 1, "", "found a list, expected a mapping"),
        (
            _written() + _written().partition("\n")[2],
            6,
            "behaviors[1].id",
            "'a' is the id of another behavior too (line 2)",
        ),
    ],
)
def test_wrong_files(load: Load, text: str, line: int, field: str, message: str) -> None:
    error = _error(load, text)
    assert message in error.message
    assert (error.file, error.line, error.field) == ("s.behav.yaml", line, field)


def test_one_look_shows_every_mistake(load: Load) -> None:
    error = _error(
        load,
        """\
        suite: two words
        behaviors:
          - {id: a, prompts: [], score: refusl, expect: better, top_k: -1, top_p: 2, tgs: []}
          - {id: b, prompts: [Hi], score: json, expect: not_worse}
          - {prompts: [Hi]}
        """,
    )
    starts = [":".join(line.split(":")[1:3]) for line in str(error).splitlines()]
    assert starts == [
        "1: suite",
        "3: behaviors[0].tgs",
        "3: behaviors[0].prompts",
        "3: behaviors[0].score",
        "3: behaviors[0].top_k",
        "3: behaviors[0].top_p",
        "3: behaviors[0].expect",
        "5: behaviors[2]",
    ]


@pytest.mark.parametrize(
    ("name", "content", "line", "message"),
    [
        ("p.jsonl", b"", None, "the file has no prompts"),
        ("p.jsonl", b"\n \n", None, "the file has no prompts"),
        ("p.csv", b"prompt\n", None, "the file has no prompts"),
        ("p.csv", b"", None, "the file has no prompts"),
        ("p.txt", b"\n", None, "the file has no prompts"),
        (
            "p.jsonl",
            b'{"prompt": "a"}\n{"prompt": }\n',
            2,
            "this line is not JSON: Expecting value (column 12)",
        ),
        ("p.jsonl", b'{"prompt": "a"}\n\n["b"]\n', 3, "found a list, expected a mapping"),
        ("p.jsonl", b'{"prompt": "a", "prompt": "b"}', 1, "the field 'prompt' is written twice"),
        ("p.jsonl", b'{"prompt": "a", "x": NaN}', 1, "NaN is not JSON"),
        ("p.jsonl", b'{"prompt": "a", "x": ' + b"9" * 5000 + b"}", 1, "this line cannot be read"),
        (
            "p.jsonl",
            b'{"prompt": "a", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
            1,
            "nested too deeply",
        ),
        (
            "p.jsonl",
            b'{"prompt": "a", "x": ' + b"[" * 100 + b"]" * 100 + b"}",
            1,
            "nested more than 50 deep",
        ),
        (
            "p.jsonl",
            b'{"text": "a"}',
            1,
            "the row has no 'prompt' and no 'messages' (fields: text)",
        ),
        ("p.jsonl", b'{"prompt": 3}', 1, "found the number 3, expected text"),
        ("p.jsonl", b'{"prompt": "\\ud800"}', 1, "half a character in it (U+D800, a surrogate)"),
        ("p.jsonl", b'{"prompt": "a"}\n{"prompt": "\xff"}', 2, "the file is not UTF-8 text"),
        ("p.jsonl", b'{"prompt": "a"}\n\x00', 2, "a NUL character in it; is it UTF-16?"),
        ("p.csv", b"prompt,a\nx,y\nz\n", 3, "the row has 1 cells and the header 2 (prompt, a)"),
        ("p.csv", b'prompt,a\n"x\ny",z\nq\n', 4, "the row has 1 cells"),
        ("p.csv", b"prompt,prompt\nx,y\n", 1, "the header has the column 'prompt' twice"),
        ("p.csv", b'prompt\n"x\n', 2, "this is not CSV: unexpected end of data"),
        ("p.csv", b"promt\nx\n", 2, "'promt' does not count as one"),
        ("p.csv", b'prompt\n""\n', 2, "found an empty text"),
    ],
)
def test_wrong_prompt_files(
    load: Load, name: str, content: bytes, line: int | None, message: str
) -> None:
    load(_written())
    Path(name).write_bytes(content)
    error = _error(load, _written(prompts=name))
    assert message in error.message
    assert (error.file, error.line) == (name, line)


def test_folders_and_empty_variable_files(load: Load) -> None:
    load(_written())
    Path("folder.txt").mkdir()
    Path("empty.txt").write_text("\n")
    assert "this is a folder" in str(_error(load, _written(prompts="folder.txt")))
    error = _error(load, _written(prompts=None, template="a", variables="{x: empty.txt}"))
    assert str(error) == "empty.txt: the file has no lines"


def test_a_change_of_exactly_nothing_can_be_shown_only_where_it_is_exact(load: Load) -> None:
    text = """
        behaviors:
          - {id: a, prompts: [Hi], score: json, expect: unchanged, tolerance: 0%s}
    """
    assert "no number of samples can show" in _error(load, text % "").message
    assert load(text % ", temperature: 0").behaviors[0].expectation.margin == 0
