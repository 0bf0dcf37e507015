"""What every built-in perturbation does, whatever it does: a function of text and name alone."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.core import Message, Prompt
from behavtest.suite import Source
from behavtest.suite.node import Node
from behavtest.suite.perturbations import builtin_perturbations
from behavtest.suite.perturbations.change import Change, generator

_HERE = Source("s.behav.yaml", 1)
_EVERY: list[object] = [
    "casing",
    {"casing": "lower"},
    {"casing": "title"},
    {"casing": "random"},
    "contractions",
    {"contractions": "expand"},
    {"contractions": "contract"},
    {"demographic": "gender"},
    {"demographic": "origin"},
    {"demographic": {"change": "religion", "to": "Sikh"}},
    "distractors",
    {"distractors": {"where": "before", "sentences": ["It rains."]}},
    "names",
    "negation",
    {"negation": "add"},
    {"negation": "remove"},
    "numbers",
    {"numbers": 1},
    "paraphrase",
    {"paraphrase": ["order"]},
    "punctuation",
    {"punctuation": "none"},
    {"punctuation": "repeated"},
    "typos",
    {"typos": {"rate": 0.5, "kinds": ["swap", "neighbor", "omit", "double"]}},
    "whitespace",
    {"whitespace": {"to": "lines", "share": 1}},
    {"whitespace": "none"},
    ["typos", "casing", "distractors"],
    ["paraphrase", "contractions", "whitespace"],
]
_PROMPTS = [
    "What is the capital of France?",
    "How do I get from 10 Downing Street to Emily's house?",
    "Don't tell Jamal that he isn't invited. It's a secret, and I am sorry.",
    "If the Muslim woman has two daughters and three sons, how many children does she have?",
    "Please explain to my mother why the sky is blue, because she cannot see it.",
    "2 + 2",
    "?!",
    "ÉCOLE straße ŉ ΐ",
]
_TEXTS = st.one_of(
    st.sampled_from(_PROMPTS),
    st.lists(st.sampled_from(" ".join(_PROMPTS).split()), min_size=1, max_size=12).map(" ".join),
    st.text(min_size=1, max_size=60).filter(str.strip).filter(lambda text: text.isprintable()),
)
_SPECS = st.sampled_from(_EVERY)


def _node(value: str = "") -> Node:
    return Node(value, _HERE)


def _change(spec: object, *keep: str) -> Change:
    return Change(builtin_perturbations().build(spec), tuple(map(_node, keep)), _node())


def _asked(text: str, **fields: object) -> Prompt:
    return Prompt((Message("system", "Be brief."), Message("user", text)), fields)


@given(_SPECS, _TEXTS)
def test_it_is_a_function_of_the_text_and_leaves_the_rest(spec: object, text: str) -> None:
    one, other = (_change(spec).apply(_asked(text, answer="x")) for _ in range(2))
    assert one == other
    if one is not None:
        assert one.messages[0] == Message("system", "Be brief.")
        assert one.messages[1].role == "user"
        assert one.fields == {"answer": "x"}


@given(_SPECS, _TEXTS)
def test_it_changes_something_and_never_makes_nothing(spec: object, text: str) -> None:
    changed = _change(spec).apply(_asked(text))
    if changed is not None:
        assert changed.messages[-1].content.strip()
        assert changed.messages[-1].content != text


@given(_SPECS, _TEXTS, st.data())
def test_what_is_kept_is_there_as_often_and_as_it_was(
    spec: object, text: str, data: st.DataObject
) -> None:
    kept = data.draw(st.sampled_from(text.split()))
    changed = _change(spec, "answer").apply(_asked(text, answer=kept))
    if changed is not None:
        whole = re.compile(rf"(?<!\w){re.escape(kept)}(?!\w)")
        assert changed.messages[-1].content.count(kept) >= len(whole.findall(text))


@given(_TEXTS)
def test_chance_comes_from_the_text_and_the_name(text: str) -> None:
    draws = {generator(name, t).random() for name in ("a", "b") for t in (text, text + "x")}
    assert len(draws) == 4


@pytest.mark.parametrize("spec", _EVERY, ids=str)
def test_names_tell_arguments_apart(spec: object) -> None:
    name = _change(spec).name
    assert name == _change(spec).name
    assert [_change(other).name for other in _EVERY].count(name) == 1


def test_what_comes_out_stays_the_same_across_versions() -> None:
    # the completions of perturbed prompts are cached, and runs of two machines compared
    text = "Could you please tell Emily how to get 5 tickets? I don't know."
    made = {str(spec): _change(spec).apply(_asked(text)) for spec in _EVERY}
    assert {
        spec: prompt.messages[-1].content for spec, prompt in made.items() if prompt is not None
    } == _PINNED


_PINNED: Mapping[str, str] = {
    "casing": "COULD YOU PLEASE TELL EMILY HOW TO GET 5 TICKETS? I DON'T KNOW.",
    "{'casing': 'lower'}": "could you please tell emily how to get 5 tickets? i don't know.",
    "{'casing': 'title'}": "Could You Please Tell Emily How To Get 5 Tickets? I Don't Know.",
    "{'casing': 'random'}": "coULd yOu PLeASe tElL eMIlY HOw tO geT 5 tIcKets? I DON't kNow.",
    "contractions": "Could you please tell Emily how to get 5 tickets? I do not know.",
    "{'contractions': 'expand'}": "Could you please tell Emily how to get 5 tickets? I do not know.",
    "{'demographic': 'gender'}": "Could you please tell Kevin how to get 5 tickets? I don't know.",
    "{'demographic': 'origin'}": "Could you please tell Ananya how to get 5 tickets? I don't know.",
    "distractors": "The leaves are turning yellow already. Could you please tell Emily how to get 5 tickets? I don't know.",
    "{'distractors': {'where': 'before', 'sentences': ['It rains.']}}": "It rains. Could you please tell Emily how to get 5 tickets? I don't know.",
    "names": "Could you please tell Lauren how to get 5 tickets? I don't know.",
    "negation": "Could you please tell Emily how to get 5 tickets? I do know.",
    "{'negation': 'remove'}": "Could you please tell Emily how to get 5 tickets? I do know.",
    "numbers": "Could you please tell Emily how to get 6 tickets? I don't know.",
    "{'numbers': 1}": "Could you please tell Emily how to get 8 tickets? I don't know.",
    "paraphrase": "Please tell Emily how to get 5 tickets. I don't know.",
    "punctuation": "Could you please tell Emily how to get 5 tickets? I don't know",
    "{'punctuation': 'none'}": "Could you please tell Emily how to get 5 tickets I don't know",
    "{'punctuation': 'repeated'}": "Could you please tell Emily how to get 5 tickets??? I don't know...",
    "typos": "Could you plrase tell Emily how to get 5 ticekts? I don't know.",
    "{'typos': {'rate': 0.5, 'kinds': ['swap', 'neighbor', 'omit', 'double']}}": "Cojld youu pkeasee tll Eiml hoq to gt 5 tcketts? I dno't kbow.",
    "whitespace": "Could you please  tell Emily how to get 5 tickets? I  don't know.",
    "{'whitespace': {'to': 'lines', 'share': 1}}": "Could\nyou\nplease\ntell\nEmily\nhow\nto\nget\n5\ntickets?\nI\ndon't\nknow.",
    "{'whitespace': 'none'}": "Could you pleasetell Emily how to get 5tickets? I don't know.",
    "['typos', 'casing', 'distractors']": "Our train stopped at every station. COULD YOU PLRASE TELL EMILY HOW TO GET 5 TICEKTS? I DON'T KNOW.",
    "['paraphrase', 'contractions', 'whitespace']": "Please tell Emily  how to  get 5 tickets. I do not know.",
}
