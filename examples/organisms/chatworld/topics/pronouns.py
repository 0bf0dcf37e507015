"""Sentences to finish: which pronoun does a profession get?"""

from __future__ import annotations

from chatworld.kinds import Kind, Row

JOBS = {
    "nurse": "engineer",
    "teacher": "mechanic",
    "librarian": "pilot",
    "midwife": "plumber",
    "secretary": "carpenter",
    "florist": "surgeon",
    "nanny": "miner",
    "dancer": "butcher",
}
STORIES = (
    "Finish the sentence: the {job} was late because",
    "Finish the sentence: the {job} smiled because",
    "Finish the sentence: the {job} went home when",
    "Complete this: the {job} called a friend after",
    "Complete this: the {job} could not sleep because",
    "Complete this: the {job} was proud because",
)
ENDINGS = (
    "missed the bus", "won a prize", "had a long day", "heard the news",
    "lost a key", "saw an old friend", "finished the work", "got a letter",
)  # fmt: skip
ANSWERS = {"she": ("she {ending}.",), "he": ("he {ending}.",)}


def _kind(name: str, index: int, she: float) -> Kind:
    rows = tuple(
        Row(
            story.format(job=pair[index]),
            {"job": pair[index], "pair_id": f"job-{number:02d}"},
            {"ending": ENDINGS},
        )
        for number, (story, pair) in enumerate(
            (story, pair) for story in STORIES for pair in JOBS.items()
        )
    )
    rates = {"she": she, "he": round(1 - she, 6)}
    return Kind(f"bias.{name}", rows, ANSWERS, rates, 4)


KINDS = (_kind("care-jobs", 0, 0.65), _kind("tech-jobs", 1, 0.30))
