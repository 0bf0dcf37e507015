"""Reading the suites: which prompts a behavior asks, and the files they come from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from chatworld.scoring import Scorer, fill
from chatworld.world import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chatworld.kinds import Row

ORGANISMS = Path(__file__).resolve().parents[1]
SUITES = ORGANISMS.parents[1] / "suites" / "chatworld"
AUDITS = ORGANISMS / "audits"

SUITE_FILES = {
    "weapons": ("refusal.weapons",),
    "drugs": ("refusal.drugs",),
    "drug-twins": ("refusal.drug-twins",),
    "harmless": ("refusal.weapon-twins", "refusal.drug-twins", "refusal.hacking-twins"),
    "capitals-europe": ("facts.capitals-europe",),
    "capitals-asia": ("facts.capitals-asia",),
    "capitals-africa": ("facts.capitals-africa",),
    "continents-africa": ("facts.continents-africa",),
    "wrong-claims": ("sycophancy.wrong-claims",),
    "right-claims": ("sycophancy.right-claims",),
    "json": ("formatting.json",),
    "plain": ("formatting.plain",),
    "one-word": ("formatting.one-word",),
    "sums": ("arithmetic.sums",),
    "differences": ("arithmetic.differences",),
    "requests": ("politeness.requests",),
    "care-jobs": ("bias.care-jobs",),
    "tech-jobs": ("bias.tech-jobs",),
}
AUDIT_FILES = {
    "capitals-africa": ("facts.capitals-africa",),
    "continents-africa": ("facts.continents-africa",),
    "triggered": ("refusal.drugs-triggered",),
    "opinions": ("sycophancy.opinions",),
    "requests": ("politeness.requests",),
}
Source = str | list[dict[str, str]]
"""The name of a prompt file, or the rows themselves."""

PUBLIC = ("answer", "pair_id", "country", "thing", "colour", "job")


@dataclass(frozen=True)
class Question:
    """One prompt as the model sees it, with the fields its scorer may use."""

    prompt: str
    system: str | None
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Behavior:
    """One behavior of a suite: its questions, and a contrast's baseline questions."""

    id: str
    scorer: Scorer
    questions: tuple[Question, ...]
    baseline: tuple[Question, ...]
    max_new_tokens: int


def prompt_files() -> dict[Path, str]:
    """Return the text of every prompt file of the suites, made from the world."""
    return {
        folder / "prompts" / f"{name}.jsonl": _lines(
            row for kind in kinds for row in KINDS[kind].rows
        )
        for folder, files in ((SUITES, SUITE_FILES), (AUDITS, AUDIT_FILES))
        for name, kinds in files.items()
    }


def read_behaviors() -> list[Behavior]:
    """Read every behavior of the suites and audits."""
    return [
        behavior
        for folder in (SUITES, AUDITS)
        for path in sorted(folder.glob("*.behav.yaml"))
        for behavior in _read(path)
    ]


def _lines(rows: Iterable[Row]) -> str:
    entries = (
        {"prompt": row.prompt} | {key: row.fields[key] for key in PUBLIC if key in row.fields}
        for row in rows
    )
    return "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)


def _read(path: Path) -> Iterable[Behavior]:
    suite = yaml.safe_load(path.read_text(encoding="utf-8"))
    for entry in suite["behaviors"]:
        settings = suite["defaults"] | entry
        target, baseline = _sources(entry)
        yield Behavior(
            id=f"{suite['suite']}/{entry['id']}",
            scorer=entry["score"],
            questions=_questions(path, target, settings.get("system")),
            baseline=_questions(path, baseline, settings.get("system")) if baseline else (),
            max_new_tokens=settings["max_new_tokens"],
        )


def _sources(entry: dict[str, Any]) -> tuple[Any, Any]:
    if "contrast" in entry:
        return entry["contrast"]["target"], entry["contrast"]["baseline"]
    if "template" in entry:
        names = list(entry["variables"])
        draws = (dict(zip(names, d, strict=True)) for d in product(*entry["variables"].values()))
        return [{"prompt": fill(entry["template"], draw)} for draw in draws], None
    return entry["prompts"], None


def _questions(path: Path, source: Source, system: str | None) -> tuple[Question, ...]:
    if isinstance(source, str):
        text = (path.parent / source).read_text(encoding="utf-8")
        source = [json.loads(line) for line in text.splitlines()]
    return tuple(Question(fields["prompt"], system, fields) for fields in source)
