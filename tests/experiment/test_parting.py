"""Where two answers part, and the token there in each text: whatever tokens are parts of."""

from __future__ import annotations

import pytest

from behavtest.core import Generation
from behavtest.experiment.examples import TokenMark
from behavtest.experiment.parting import Parting, mark, parting

NAMES = {300: "<end>", 301: " the", 302: "Nai", 303: "robi", 304: "  "}


class Bytes:
    """Tokens are bytes, and a few words; special ones are skipped, and a first blank is stripped."""

    end_ids = frozenset({300})

    def __init__(self, *, strips: bool = False) -> None:
        self.strips = strips

    def decode(self, token_ids) -> str:
        data = b"".join(
            bytes([token]) if token < 256 else NAMES[token].encode()
            for token in token_ids
            if token != 300
        )
        text = data.decode(errors="replace")
        return text.removeprefix(" ") if self.strips else text

    def spell(self, before, token_id) -> str:
        return NAMES.get(token_id, chr(token_id))


def answer(*tokens: int, end: str = "stop", strips: bool = False) -> Generation:
    return Generation(tokens, (), Bytes(strips=strips).decode(tokens), end)


def marked(generation: Generation, place: int, *, strips: bool = False) -> str:
    found = mark(generation, place, Bytes(strips=strips))
    assert not found.ends
    return generation.text[found.start : found.stop]


@pytest.mark.parametrize(
    ("a", "b", "place"),
    [
        (answer(1, 2, 3), answer(1, 4, 3), Parting((1,), 2, 4)),
        (answer(5), answer(6), Parting((), 5, 6)),
        (answer(1), answer(1, 2), Parting((1,), None, 2)),
        (answer(1, 2), answer(), Parting((), 1, None)),
        (answer(1, 2), answer(1, 2), None),
        (answer(1, end="length"), answer(1, 2), None),
        (answer(1, 2, end="length"), answer(1, 3, end="length"), Parting((1,), 2, 3)),
    ],
)
def test_where_they_part(a, b, place):
    assert parting(a, b) == place
    assert place is None or place.ends == (None in {place.token_a, place.token_b})


def test_a_token_that_is_a_part_of_a_word():
    said = answer(302, 303, 301)
    assert [marked(said, place) for place in range(3)] == ["Nai", "robi", " the"]


def test_a_token_that_is_a_blank():
    assert marked(answer(302, 304, 303), 1) == "  "


def test_a_token_that_is_a_part_of_a_character_is_marked_with_all_of_it():
    said = answer(*"a😀b".encode())
    assert [marked(said, place) for place in range(6)] == ["a", "😀", "😀", "😀", "😀", "b"]


def test_a_character_that_was_cut_off():
    said = answer(*"a😀".encode()[:3], end="length")
    assert said.text == "a�"
    assert marked(said, 1) == "�"


def test_a_first_blank_that_is_stripped():
    said = answer(301, 301, strips=True)
    assert said.text == "the the"
    assert [marked(said, place, strips=True) for place in range(2)] == ["the", " the"]


def test_a_token_that_is_not_in_the_text():
    """A special one of a model that goes on behind it."""
    said = answer(302, 300, 303)
    assert mark(said, 1, Bytes()) == TokenMark(3, 3)


def test_the_end_of_an_answer():
    assert mark(answer(302, 303), 2, Bytes()) == TokenMark(7, 7, ends=True)
    assert mark(answer(), 0, Bytes()) == TokenMark(0, 0, ends=True)
