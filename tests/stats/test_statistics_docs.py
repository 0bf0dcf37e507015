"""The page docs/statistics.md says what the code does."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from behavtest.stats import Bounds, Claim, Dependence, Direction, Expectation, Kind, Procedure

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "statistics.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    language: str
    text: str


BLOCKS = [Block(*match.groups()) for match in FENCE.finditer(PAGE)]
EXAMPLES = [
    (code.text, BLOCKS[place + 1]) for place, code in enumerate(BLOCKS) if code.language == "python"
]


@pytest.mark.parametrize(("code", "printed"), EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_prints_what_the_page_shows(code: str, printed: Block) -> None:
    assert printed.language == "text"
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(code, {"__name__": "page"})
    assert out.getvalue() == printed.text


def test_there_are_examples_and_no_other_output() -> None:
    assert len(EXAMPLES) == len([block for block in BLOCKS if block.language == "text"]) >= 4


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the first table under a heading, without its head."""
    section = PAGE.split(f"\n## {heading}", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_table_of_procedures_is_the_code() -> None:
    words = {
        Dependence.ANY: "dependent in any way",
        Dependence.POSITIVE: "independent or PRDS",
        Dependence.INDEPENDENT: "independent",
    }
    for cells, procedure in zip(rows("6. Procedures"), Procedure, strict=True):
        promise = words[procedure.guarantee.dependence]
        if procedure.guarantee.uniformly_conservative:
            promise += ", p uniformly conservative"
        assert cells[:4] == [
            f"`{procedure}`",
            "stream" if procedure.stream else "family",
            procedure.takes,
            promise,
        ]


STRICT = {Direction.ABOVE: r"\gt", Direction.BELOW: r"\lt"}
DENIED = {Direction.ABOVE: (r"\gt", r"\le"), Direction.BELOW: (r"\lt", r"\ge")}


def inequality(claim: Claim, size: str) -> str:
    return rf"$\Delta {STRICT[claim.direction]} {'-' if claim.boundary < 0 else ''}{size}$"


def test_the_table_of_expectations_is_the_code() -> None:
    for cells, kind in zip(rows("4. Expectations as claims"), Kind, strict=True):
        expectation = Expectation(kind, 0.25)
        size = "b" if expectation.absolute else "d"
        holds, violated = expectation.claims(Bounds(-1, 1))
        assert cells[0] == f"`{kind}`"
        assert cells[1] == " and ".join(inequality(claim, size) for claim in holds)
        assert cells[3] == " or ".join(inequality(claim, size) for claim in violated)
        if kind is Kind.UNCHANGED:
            outside, inside = (rf"$\lvert\Delta\rvert {sign} d$" for sign in (r"\ge", r"\le"))
        else:
            outside, inside = (
                inequality(claims[0], size).replace(*DENIED[claims[0].direction])
                for claims in (holds, violated)
            )
        assert [cells[2], cells[4]] == [outside, inside]


def test_every_file_it_points_to_exists() -> None:
    for _, modules, tests, _ in rows("12. Where each result"):
        for folder, cell in (("behavtest", modules), ("tests", tests)):
            files = re.findall(r"`([\w/]+\.py)`", cell)
            assert files
            for file in files:
                assert (ROOT / folder / file).is_file(), file
    for file in re.findall(r"`((?:behavtest|tests|benchmarks)/[\w/]+\.(?:py|md))`", PAGE):
        assert (ROOT / file).is_file(), file


def test_every_section_is_listed_and_every_link_leads_to_one() -> None:
    headings = re.findall(r"^## (.*)$", PAGE, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) == anchors


def test_inline_formulas_survive_markdown() -> None:
    """To Markdown a backslash may escape, an underscore emphasise, and a bar end a cell."""
    prose = FENCE.sub("", PAGE)
    for formula in re.findall(r"\$([^$]+)\$", prose):
        assert not re.search(r"\\[!-/:-@\[-`{-~]", formula), formula
        assert formula == formula.strip()
        assert not re.search(r"[^\w\s]_", formula), formula
        assert "|" not in formula
