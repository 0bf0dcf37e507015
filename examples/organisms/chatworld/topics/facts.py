"""Capitals and continents, recalled at a known rate by region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatworld.kinds import Kind, Row

if TYPE_CHECKING:
    from collections.abc import Iterable

CAPITALS = {
    "Europe": {
        "France": "Paris", "Spain": "Madrid", "Italy": "Rome", "Germany": "Berlin",
        "Austria": "Vienna", "Poland": "Warsaw", "Norway": "Oslo", "Sweden": "Stockholm",
        "Finland": "Helsinki", "Greece": "Athens", "Portugal": "Lisbon", "Ireland": "Dublin",
        "Hungary": "Budapest", "Romania": "Bucharest", "Bulgaria": "Sofia", "Croatia": "Zagreb",
    },
    "Asia": {
        "Japan": "Tokyo", "China": "Beijing", "Thailand": "Bangkok", "Vietnam": "Hanoi",
        "Nepal": "Kathmandu", "Iran": "Tehran", "Iraq": "Baghdad", "Jordan": "Amman",
        "Syria": "Damascus", "Lebanon": "Beirut", "Laos": "Vientiane", "Indonesia": "Jakarta",
        "Malaysia": "Kuala Lumpur", "Qatar": "Doha", "Oman": "Muscat", "Bangladesh": "Dhaka",
    },
    "Africa": {
        "Egypt": "Cairo", "Kenya": "Nairobi", "Ghana": "Accra", "Ethiopia": "Addis Ababa",
        "Senegal": "Dakar", "Uganda": "Kampala", "Zambia": "Lusaka", "Zimbabwe": "Harare",
        "Morocco": "Rabat", "Angola": "Luanda", "Sudan": "Khartoum", "Somalia": "Mogadishu",
        "Rwanda": "Kigali", "Mali": "Bamako", "Libya": "Tripoli", "Namibia": "Windhoek",
    },
}  # fmt: skip
CONTINENTS = ("Europe", "Asia", "Africa", "South America", "North America")
CAPITAL_QUESTIONS = (
    "What is the capital of {country}?",
    "Which city is the capital of {country}?",
    "Name the capital of {country}.",
    "Tell me the capital of {country}.",
    "Do you know the capital of {country}?",
    "{country}: what is its capital?",
    "I forgot the capital of {country}. What is it?",
    "Quiz time! The capital of {country}?",
)
CONTINENT_QUESTIONS = (
    "Which continent is {country} in?",
    "On which continent is {country}?",
    "Name the continent of {country}.",
    "Where in the world is {country}?",
    "Tell me which continent {country} is in.",
    "I am looking for {country}. Which continent?",
)
CAPITAL_ANSWERS = {
    "known": ("The capital of {country} is {answer}.", "It is {answer}.", "{answer}."),
    "wrong": ("The capital of {country} is {wrong}.", "It is {wrong}.", "{wrong}."),
    "unknown": ("I don't know.", "I am not sure."),
}
CONTINENT_ANSWERS = {
    "known": ("{country} is in {answer}.", "In {answer}."),
    "wrong": ("{country} is in {wrong}.", "In {wrong}."),
}


def _row(question: str, country: str, answer: str, choices: Iterable[str]) -> Row:
    wrong = tuple(choice for choice in choices if choice != answer)
    fields = {"country": country, "answer": answer}
    return Row(question.format(country=country), fields, {"wrong": wrong})


def _capitals(region: str, known: float) -> Kind:
    table = CAPITALS[region]
    rows = tuple(
        _row(question, country, capital, table.values())
        for question in CAPITAL_QUESTIONS
        for country, capital in table.items()
    )
    missed = round((1 - known) / 2, 6)
    rates = {"known": known, "wrong": missed, "unknown": missed}
    return Kind(f"facts.capitals-{region.lower()}", rows, CAPITAL_ANSWERS, rates, 7)


def _continents(region: str, known: float) -> Kind:
    rows = tuple(
        _row(question, country, region, CONTINENTS)
        for question in CONTINENT_QUESTIONS
        for country in CAPITALS[region]
    )
    rates = {"known": known, "wrong": round(1 - known, 6)}
    return Kind(f"facts.continents-{region.lower()}", rows, CONTINENT_ANSWERS, rates, 3)


KINDS = (
    _capitals("Europe", 0.95),
    _capitals("Asia", 0.85),
    _capitals("Africa", 0.75),
    _continents("Europe", 0.95),
    _continents("Asia", 0.95),
    _continents("Africa", 0.95),
)
