"""YAML from people we do not know: what it may not say, and what it may not cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from behavtest.errors import SuiteError
from behavtest.scoring import builtin_registry
from behavtest.suite import Suite, load_suite
from behavtest.suite.yaml_reader import read_yaml

Load = Callable[[str], Suite]

_LAUGHS = "a0: &a0 [x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 10)
)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "the file is empty; it needs a list of behaviors"),
        ("# only a comment\n", 1, "the file is empty"),
        ("a: [1\nb: 2", 2, "this is not valid YAML: while parsing a flow sequence"),
        ("a: 1\n\tb: 2", 2, "this is not valid YAML"),
        ("a: 1\n---\nb: 2", 2, "expected a single document in the stream"),
        ("a: *nothing", 1, "found undefined alias"),
        ("a: 1\nb: 2\na: 3", 3, "'a' is written twice in one mapping (first at line 1)"),
        ("a: {b: 1, b: 2}", 1, "a: 'b' is written twice"),
        ("? [a]\n: 1", 1, "found a list or mapping as a key, expected a word"),
        ("a: &x {b: 1}\nc:\n  <<: *x", 3, "merge keys (<<) are not supported; use defaults"),
        (
            "a: !!python/object/apply:os.system ['true']",
            1,
            "tags such as !!python/object/apply:os.system are not supported",
        ),
        ("a: !!python/name:os.system", 1, "tags such as !!python/name:os.system are not"),
        ("a: !!int '3'", 1, "tags such as !!int are not supported; write the value plainly"),
        ("a: !custom 3", 1, "tags such as !custom are not supported"),
        ("a: &x [*x]", 1, "nested more than 50 deep"),
        ("[" * 60 + "]" * 60, 1, "nested more than 50 deep"),
        ("[" * 100_000, 1, "nested more than 50 deep"),
        ("{a: " * 10_000, 1, "nested more than 50 deep"),
        (_LAUGHS, 1, "more than 100,000 values (aliases count every time)"),
        ("a: [" + "1," * 100_001 + "]", 1, "more than 100,000 values"),
        ("a: '" + "x" * 1024 * 1024 + "'", None, "more than 1,048,576 bytes; move prompts into a"),
        ("a: 1\nb: \x01", 2, "the character U+0001 cannot be in a YAML file"),
        ("a: \0", 1, "a NUL character"),
    ],
    ids=range(23),
)
def test_refused(tmp_path: Path, text: str, line: int | None, message: str) -> None:
    path = tmp_path / "s.behav.yaml"
    path.write_text(text)
    with pytest.raises(SuiteError) as caught:
        read_yaml(path)
    assert message in str(caught.value)
    assert (caught.value.file, caught.value.line) == (path.as_posix(), line)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "s.behav.yaml"
    path.write_bytes("suite: a\nbehaviors: é".encode("utf-16"))
    with pytest.raises(SuiteError, match="the file is not UTF-8 text"):
        read_yaml(path)
    path.write_bytes(b"suite: a\nb: \xe9")
    with pytest.raises(SuiteError) as caught:
        read_yaml(path)
    assert caught.value.line == 2


def test_a_missing_file(tmp_path: Path) -> None:
    (tmp_path / "refusal.behav.yaml").write_text("")
    with pytest.raises(SuiteError, match=r"did you mean 'refusal\.behav\.yaml'\?"):
        load_suite(tmp_path / "refusals.behav.yaml", scorers=builtin_registry())


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *[(word, word) for word in ("yes", "no", "on", "off", "y", "N", "Yes", "NO")],
        *[(word, word) for word in ("12:30", "007", "0x1F", "1_000", "2024-01-01", "1.2.3", "=")],
        *[("true", True), ("False", False), ("null", None), ("~", None), ("", None)],
        *[("3", 3), ("-3", -3), ("0", 0), ("1.5", 1.5), ("1e-3", 0.001), (".5", 0.5), ("2.", 2.0)],
        *[("'3'", "3"), ('"true"', "true"), ("'null'", "null"), ('"\\u00e9"', "é")],
        *[("How are you?", "How are you?"), ("'why?'", "why?")],
        *[(".inf", float("inf")), ("9" * 30, "9" * 30), ("|\n  3\n", "3\n")],
    ],
)
def test_plain_words_mean_what_yaml_1_2_says(tmp_path: Path, written: str, value: object) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(f"a: {written}")
    found = read_yaml(path).plain()
    assert found == {"a": value}
    assert isinstance(found, dict)
    assert type(found["a"]) is type(value)


# PyYAML writes YAML 1.1, where 0E0 is text
_LIKE_A_NUMBER = re.compile(r"[-+.0-9eE]+")
_TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]))
_SCALARS = _TEXTS.filter(lambda text: not _LIKE_A_NUMBER.fullmatch(text)) | st.integers(
    -(10**15), 10**15
)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text("abc"), inner), max_leaves=20
)


@given(_VALUES)
def test_what_yaml_dumps_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, value: object
) -> None:
    path = tmp_path_factory.getbasetemp() / "dumped.yaml"
    path.write_text(yaml.safe_dump({"a": value}, allow_unicode=True), encoding="utf-8")
    assert read_yaml(path).plain() == {"a": value}


def test_questions_need_no_quotes(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(
        "a: [How are you?, Why? Oh, {b: What?, c: Who?}]\nd: Where? # there\n? e\n: 1\n"
    )
    expected = {
        "a": ["How are you?", "Why? Oh", {"b": "What?", "c": "Who?"}],
        "d": "Where?",
        "e": 1,
    }
    assert read_yaml(path).plain() == expected
