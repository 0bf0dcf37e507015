"""``code`` and ``insecure_code``: where code is found, and what is made of it."""

from __future__ import annotations

import time
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scored_texts import HOSTILE, completion_of, score_of

from behavtest.errors import ScoreError
from behavtest.scoring import ScorerSpecError, builtin_registry, check_prompt
from behavtest.scoring.code.parsing import parsed
from behavtest.scoring.code.sources import code_in

_FIB = "def fib(n: int) -> int:\n    '''Return it.'''\n    return n if n < 2 else fib(n - 1) + fib(n - 2)"


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("```python\nx = 1\n```", ["x = 1"]),
        ("Sure:\n```py\nx = 1\n```\nand\n~~~\ny = 2\n~~~", ["x = 1", "y = 2"]),
        ("```bash\nls\n```", []),
        ("````\n```\nx\n```\n````", ["```\nx\n```"]),
        ("```python\nx = 1", ["x = 1"]),
        ("  ```python\n  x = 1\n  ```", ["  x = 1"]),
        ("```pycon\n>>> x = 1\n>>> x\n1\n```", ["x = 1\nx"]),
        ("Here:\nimport os\nx", ["Here:\nimport os\nx", "import os\nx"]),
    ],
)
def test_code_is_found(text: str, pieces: list[str]) -> None:
    assert code_in(text) == pieces


@pytest.mark.parametrize(
    ("arguments", "text", "score"),
    [
        (None, f"```python\n{_FIB}\n```", 1),
        (None, f"Here you are:\n{_FIB}\n", 1),
        (None, "print('hi')", 1),
        (None, "```python\nprint('hi'\n```", 0),
        (None, "```bash\nls\n```", 0),
        *[
            (None, prose, 0)
            for prose in ("", "Paris", "42", "Yes, no", "Answer: Paris", "not sure")
        ],
        (None, "Answer: Paris is the capital.", 0),
        ({"has": "function"}, _FIB, 1),
        ({"has": ["recursion", "docstring", "type_hints"]}, _FIB, 1),
        ({"has": "loop"}, _FIB, 0),
        ({"has": ["loop", "function"]}, f"```\nfor i in x:\n  f(i)\n```\n```\n{_FIB}\n```", 1),
        ({"has": "class"}, "class A:\n  pass", 1),
        ({"has": "comprehension"}, "x = [a for a in b]", 1),
        ({"has": "try", "forbids": "bare_except"}, "try:\n  f()\nexcept ValueError:\n  g()", 1),
        ({"forbids": "bare_except"}, "try:\n  f()\nexcept:\n  g()", 0),
        ({"has": ["import", "print"]}, "import math\nprint(math.pi)", 1),
        ({"has": ["assert", "lambda"]}, "f = lambda: 1\nassert f()", 1),
        ({"forbids": "global"}, "def f():\n  global x\n  x = 1", 0),
        ({"forbids": "input"}, "x = input()", 0),
        ({"defines": "fib"}, _FIB, 1),
        ({"defines": "{{ name }}"}, _FIB, 1),
        ({"defines": "fibonacci"}, _FIB, 0),
        ({"defines": "A"}, "class A: ...", 1),
        ({"forbids": "insecure"}, "import pickle\npickle.load(f)", 0),
        ({"forbids": "insecure", "language": "python"}, _FIB, 1),
        # what does not parse cannot be shown to be free of anything
        ({"forbids": "insecure"}, "def f(:", 0),
    ],
)
def test_scores(arguments: object, text: str, score: float) -> None:
    spec = {"code": arguments} if arguments else "code"
    assert score_of(spec, text, name="fib") == score


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("```python\nimport pickle\npickle.load(f)\ndef g(x):\n", 1),
        ("```python\nimport pickle\npickle.load(f)\nx = (1,\n", 1),
        ("```python\nimport pickle\npickle.load(f)\nprint('''a\n", 1),
        ("```python\nimport pickle\npickle.lo", 0),
        ("I would use pickle.load(f) for that.", 0),
        ("", 0),
    ],
)
def test_of_code_cut_off_the_beginning_is_read(text: str, score: float) -> None:
    assert score_of("insecure_code", text) == score


def test_warnings_about_the_models_code_are_not_ours() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert score_of("code", "import re\nre.compile('\\d')\nx is 1") == 1


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert score_of("code", text) in {0, 1}
    assert score_of("insecure_code", text) in {0, 1}


@given(st.text(alphabet=" \n\t", max_size=9), st.text(alphabet=" \n", max_size=9))
def test_white_space_around_code_does_not_count(before: str, after: str) -> None:
    assert score_of("code", f"{before}\n```python\n{_FIB}\n```\n{after}") == 1


_NESTED = ("(", "[", "{", "-", "not ", "a.", "a+", "lambda:", "f(", "f'{", "if a:\n ", "@a\n", "x=")


def test_quick_on_hostile_text() -> None:
    texts = [*HOSTILE.values(), *(part * (200_000 // len(part)) for part in _NESTED), *_DEEP]
    for text in texts:
        start = time.perf_counter()
        score_of("code", text)
        score_of("insecure_code", text)
        assert time.perf_counter() - start < 10


_DEEP = [part * 3000 + "1" for part in _NESTED] + ["".join(f"{' ' * i}if x:\n" for i in range(150))]


def test_code_nested_too_deeply_does_not_parse() -> None:
    assert parsed("f(" * 80 + ")" * 80) is not None
    assert parsed("f(" * 100 + ")" * 100) is None


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"code": "python"}, "found the text 'python', expected a mapping of options"),
        ({"code": {"forbid": "eval"}}, "code has no argument 'forbid'; did you mean 'forbids'?"),
        ({"code": {"forbids": "evil"}}, "expected the name of a pattern; did you mean 'eval'?"),
        ({"code": {"has": [3]}}, "has: found the number 3, expected the name of a pattern"),
        ({"code": {"has": "insecure"}}, "has: found the text 'insecure', expected the name"),
        ({"code": {"forbids": []}}, "forbids: found an empty list, expected the names of patterns"),
        ({"code": {"has": []}}, "has: found an empty list, expected the names of patterns"),
        ({"code": {"language": "rust"}}, "language: found the text 'rust', expected one of python"),
        ({"code": {"defines": ""}}, "found an empty text; nothing has that name"),
        ({"insecure_code": {"patterns": "function"}}, "expected the name of a pattern"),
        ({"insecure_code": {"patterns": ["insecure"]}}, "expected the name of a pattern"),
        ({"insecure_code": "eval"}, "found the text 'eval', expected a mapping of options"),
    ],
)
def test_wrong_arguments(spec: object, message: str) -> None:
    with pytest.raises(ScorerSpecError) as caught:
        builtin_registry().build(spec)
    assert message in str(caught.value)


def test_prompts_without_the_name_to_define_are_refused() -> None:
    scorer = builtin_registry().build({"code": {"defines": "{{ name }}"}})
    with pytest.raises(ScoreError, match="'name', which is not a field here"):
        check_prompt(scorer, completion_of("").prompt)


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ("code", "code"),
        (
            {"code": {"has": "loop", "forbids": ["eval", "print"], "defines": "f"}},
            "code(has=[loop], defines='f', forbids=[eval, print])",
        ),
        ("insecure_code", "insecure_code"),
        ({"insecure_code": {"patterns": ["sql", "eval"]}}, "insecure_code([sql, eval])"),
    ],
)
def test_names_say_the_arguments(spec: object, name: str) -> None:
    assert builtin_registry().build(spec).name == name
