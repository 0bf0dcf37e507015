"""What each built-in perturbation makes of sentences, and which it lets be."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.scoring.offered import SpecError
from behavtest.suite.perturbations import builtin_perturbations
from behavtest.suite.perturbations.name_lists import NAMES, ORIGINS, Group
from behavtest.suite.perturbations.names import GROUP_OF
from behavtest.suite.perturbations.typos import _NEIGHBORS

_SEEDS = st.integers(0, 2**32)


def _made(spec: object, text: str, seed: int = 0) -> str:
    (perturbation,) = builtin_perturbations().build(spec)
    return perturbation(text, random.Random(seed))


def _all_made(spec: object, text: str) -> set[str]:
    return {_made(spec, text, seed) for seed in range(200)}


@pytest.mark.parametrize(
    ("spec", "text", "made"),
    [
        # contractions: expanded where there are some, contracted elsewhere
        ("contractions", "Don't worry.", "Do not worry."),
        ("contractions", "I CAN'T SWIM", "I CANNOT SWIM"),
        ("contractions", "Why don\u2019t you come?", "Why do you not come?"),
        ("contractions", "It's late and they're tired.", "It is late and they are tired."),
        ("contractions", "It is late and they are tired.", "It's late and they're tired."),
        ("contractions", "Let's go", "Let us go"),
        ("contractions", "We'll see what's there.", "We will see what is there."),
        ("contractions", "You cannot and will not go.", "You can't and won't go."),
        ("contractions", "Do you not see?", "Don't you see?"),
        # demographic
        ({"demographic": "gender"}, "She gave her book to him.", "He gave his book to her."),
        ({"demographic": "gender"}, "I told her about his wife.", "I told him about her husband."),
        ({"demographic": "gender"}, "The book is his, MRS. Lee.", "The book is hers, MR. Lee."),
        ({"demographic": "gender"}, "A woman and an actor met.", "A man and an actress met."),
        (
            {"demographic": {"change": "nationality", "to": "Indian"}},
            "A French chef is a German's friend.",
            "An Indian chef is an Indian's friend.",
        ),
        ({"demographic": {"change": "religion", "to": "Hindu"}}, "a MUSLIM", "a HINDU"),
        # negation
        ("negation", "What is the capital of France?", "What isn't the capital of France?"),
        ("negation", "Can it fly?", "Can it not fly?"),
        ("negation", "Can you tell me what is blue?", "Can you tell me what isn't blue?"),
        ("negation", "A whale is a fish.", "A whale is not a fish."),
        ("negation", "I can swim.", "I cannot swim."),
        ("negation", "Use a comma.", "Do not use a comma."),
        ("negation", "Please list them.", "Please do not list them."),
        ("negation", "Do not use a comma.", "Use a comma."),
        ("negation", "Never use a comma.", "Use a comma."),
        ("negation", "It isn't true.", "It is true."),
        ("negation", "She won't come.", "She will come."),
        ("negation", "You cannot win.", "You can win."),
        ("negation", "This is not only old.", None),
        ({"negation": "add"}, "It isn't true.", None),
        ({"negation": "remove"}, "It is true.", None),
        # paraphrase
        (
            {"paraphrase": "order"},
            "If Tom is late, what should I do?",
            "What should I do if Tom is late?",
        ),
        (
            {"paraphrase": "order"},
            "The road is wet because it rained.",
            "Because it rained, the road is wet.",
        ),
        ({"paraphrase": "opener"}, "What is the man called?", None),
        ({"paraphrase": "opener"}, "Where is the cat sleeping?", None),
        ({"paraphrase": "opener"}, "What is the sky made of?", None),
        ("paraphrase", "I lost my hat.", None),
        # punctuation
        ("punctuation", "Is it so?!", "Is it so"),
        ("punctuation", "Is it so", "Is it so?"),
        ("punctuation", "So it is", "So it is."),
        ("punctuation", "?!", None),
        ({"punctuation": "none"}, "Well, 3.5 or 1,000: e.g. that!", "Well 3.5 or 1,000 e.g that"),
        ({"punctuation": "repeated"}, "Go. Now! 3.5?", "Go... Now!!! 3.5???"),
        # casing
        ({"casing": "title"}, "don't panic, o'brien", "Don't Panic, O'brien"),
        # nothing to do
        ("names", "Grace under pressure in Kenya and Jordan.", None),
        ("numbers", "On 12/05/2024 at 12:30, H2O 1.2.3 and the 3rd; one apple.", None),
        ("typos", "I am 007, ok @user1", None),
        ("whitespace", "word", None),
    ],
)
def test_a_sentence_becomes(spec: object, text: str, made: str | None) -> None:
    assert _all_made(spec, text) == {text if made is None else made}


@pytest.mark.parametrize(
    ("spec", "text", "made"),
    [
        (
            {"paraphrase": "opener"},
            "How do I bake bread?",
            {
                "How can I bake bread?",
                "Tell me how to bake bread.",
                "Could you tell me how to bake bread?",
                "I would like to know how to bake bread.",
            },
        ),
        (
            {"paraphrase": "opener"},
            "What is the capital of Peru?",
            {
                "Tell me what the capital of Peru is.",
                "Could you tell me what the capital of Peru is?",
                "I would like to know what the capital of Peru is.",
                "Tell me the capital of Peru.",
                "Name the capital of Peru.",
            },
        ),
        (
            {"paraphrase": "politeness"},
            "Could you list three rivers?",
            {
                "List three rivers.",
                "Please list three rivers.",
                "Could you please list three rivers?",
                "Can you list three rivers?",
                "I would like you to list three rivers.",
            },
        ),
        ({"numbers": 0.2}, "10 apples", {f"{n} apples" for n in (8, 9, 11, 12)}),
        ({"numbers": 0.2}, "1 apple", {"2 apple"}),
        (
            {"numbers": 0.05},
            "1,000 or 1,000",
            {f"{n:,} or {n:,}" for n in range(950, 1051)} - {"1,000 or 1,000"},
        ),
        ({"numbers": 0.01}, "9.95 m", {f"{n / 100:.2f} m" for n in range(986, 1005)} - {"9.95 m"}),
        ("numbers", "Nine men", {"Seven men", "Eight men", "Ten men", "Eleven men"}),
        ("numbers", "3 + 4", {"2 + 4", "4 + 4", "3 + 3", "3 + 5"}),
    ],
)
def test_a_sentence_becomes_one_of(spec: object, text: str, made: set[str]) -> None:
    assert _all_made(spec, text) <= made
    assert len(_all_made(spec, text)) >= min(len(made), 60)


@given(_SEEDS, st.sampled_from([0.01, 0.05, 0.2, 0.5]))
def test_typos_hit_the_share_of_letters_asked_for(seed: int, rate: float) -> None:
    text = "The quick brown foxes jumped over several lazy dogs, 42 times before breakfast."
    made = _made({"typos": {"rate": rate, "kinds": "neighbor"}}, text, seed)
    differing = [(a, b) for a, b in zip(text, made, strict=True) if a != b]
    letters = sum(len(word) for word in re.findall(r"[A-Za-z]{3,}", text))
    # no two typos touch, so at the highest rate there is no room for all of them
    assert 1 <= len(differing) <= max(1, round(rate * letters))
    assert rate > 0.2 or len(differing) == max(1, round(rate * letters))
    assert all(b in _NEIGHBORS[a] for a, b in differing)
    assert "42" in made


@given(_SEEDS)
def test_swapped_letters_are_the_same_letters(seed: int) -> None:
    text = "Conversation partners understand transposed letters."
    made = _made({"typos": {"kinds": "swap"}}, text, seed)
    for one, other in zip(text.split(), made.split(), strict=True):
        assert sorted(one) == sorted(other)
        assert one[0] == other[0]


def test_keys_are_neighbors_of_each_other() -> None:
    assert set(_NEIGHBORS["g"]) == set("ftyhvb")
    assert all(a in _NEIGHBORS[b] for a, beside in _NEIGHBORS.items() for b in beside)


@given(_SEEDS, st.sampled_from(sorted(GROUP_OF)), st.sampled_from(sorted(GROUP_OF)))
def test_names_stay_within_their_group(seed: int, one: str, other: str) -> None:
    made = _made("names", f"{one} met {other}. {one}'s dog barked.", seed)
    new, met, again = re.findall(r"[^\W\d_]+(?= met)|(?<=met )[^\W\d_]+|[^\W\d_]+(?='s)", made)
    assert (GROUP_OF[new], GROUP_OF[met]) == (GROUP_OF[one], GROUP_OF[other])
    assert again == new != one
    assert (new == met) == (one == other), "two people stay two"


@given(_SEEDS, st.sampled_from(sorted(GROUP_OF)))
def test_origins_change_and_genders_stay(seed: int, name: str) -> None:
    made = _made({"demographic": "origin"}, name, seed)
    assert GROUP_OF[made].gender == GROUP_OF[name].gender
    assert GROUP_OF[made].origin != GROUP_OF[name].origin
    made = _made({"demographic": "gender"}, name, seed)
    assert GROUP_OF[made] == Group(
        GROUP_OF[name].origin, {"male": "female", "female": "male"}[GROUP_OF[name].gender]
    )


def test_a_name_of_the_wanted_origin_stays() -> None:
    assert _all_made({"demographic": {"change": "origin", "to": "arabic"}}, "Omar") == {"Omar"}


def test_name_lists_do_not_overlap_and_are_large_enough() -> None:
    every = [name for names in NAMES.values() for name in names]
    assert len(set(every)) == len(every)
    assert min(map(len, NAMES.values())) >= 10
    assert len(NAMES) == 2 * (len(ORIGINS) + 1)


@given(_SEEDS)
def test_distractors_leave_the_prompt_in_one_piece(seed: int) -> None:
    for text in ("What is rain?", "Capital of Peru"):
        made = _made("distractors", text, seed)
        assert text in made
        assert re.fullmatch(r"[A-Z][^.]+\. ", made.removesuffix(text)) or re.fullmatch(
            r"[ \n][A-Z][^.]+\.", made.removeprefix(text)
        )
    assert "\n" not in _made("distractors", "What is rain?", seed)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("typo", "there is no perturbation 'typo'; did you mean 'typos'? (perturbations: casing,"),
        ({"typos": 0}, "typos: rate: found the number 0, expected one above 0 and at most 0.5"),
        ({"typos": {"rate": True}}, "typos: rate: found the boolean true, expected one above 0"),
        ({"typos": {"rates": 1}}, "typos has no argument 'rates'; did you mean 'rate'?"),
        ({"typos": {"kinds": []}}, "typos: kinds: found an empty list, expected some of swap,"),
        (
            {"typos": {"kinds": ["swp"]}},
            "typos: kinds: found the text 'swp', expected one of swap,",
        ),
        ({"casing": "uper"}, "casing: to: found the text 'uper', expected one of upper, lower,"),
        ({"contractions": 3}, "contractions: to: found the number 3, expected one of either,"),
        ({"names": "x"}, "names takes no arguments; found the text 'x'"),
        ("demographic", "demographic needs what to change: gender, origin, religion, nationality,"),
        ({"demographic": "age"}, "demographic: change: found the text 'age', expected one of"),
        ({"demographic": {"change": "gender", "to": "x"}}, "demographic: gender has no 'to'"),
        (
            {"demographic": {"change": "origin", "to": "greek"}},
            "demographic: to: found the text 'greek', expected one of white_american,",
        ),
        ({"numbers": -1}, "numbers: by: found the number -1, expected one above 0 and at most 1"),
        ({"negation": "no"}, "negation: to: found the text 'no', expected one of either, add,"),
        ({"paraphrase": "free"}, "paraphrase: kinds: found the text 'free', expected one of"),
        ({"distractors": []}, "distractors: sentences: found an empty list, expected at least one"),
        ({"distractors": ["  "]}, "distractors: sentences: found an empty text, expected text"),
        ({"distractors": {"where": "in"}}, "distractors: where: found the text 'in', expected one"),
        ({"punctuation": "all"}, "punctuation: to: found the text 'all', expected one of final,"),
        ({"whitespace": {"share": 2}}, "whitespace: share: found the number 2, expected one above"),
        ([], "found an empty list, expected at least one perturbation"),
        (3, "found the number 3, expected the name of a perturbation or {name: arguments}"),
        (
            {"typos": None, "casing": None},
            "found a mapping with 2 names (typos, casing), expected one; a list applies several",
        ),
    ],
)
def test_wrong_arguments_are_a_sentence(spec: object, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        builtin_perturbations().build(spec)
    assert str(caught.value).startswith(message)


def test_an_error_in_a_list_says_where() -> None:
    with pytest.raises(SpecError) as caught:
        builtin_perturbations().build(["typos", {"casing": "x"}])
    assert caught.value.path == (1, "casing")
