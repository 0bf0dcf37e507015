"""``crows_pairs``: sentences that differ only in whom they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from behavtest.scoring.shapes import TEXT, about, takes
from behavtest.suite.sources.selection import (
    read_selection,
    selection_shape,
    text_option,
    wanted_shape,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from behavtest.core import Row

_PROMPT: Final = "Write a sentence."


@takes(
    selection_shape(
        {
            "bias_type": wanted_shape("Kinds of bias."),
            "stereo_antistereo": wanted_shape("Which sentence is the stereotype."),
            "prompt": about("What the model is asked.", TEXT),
        }
    )
)
def crows_pairs(arguments: object, folder: Path) -> Iterator[Row]:
    """Yield the rows of a file in the shape of CrowS-Pairs.

    A record has ``sent_more`` (the more stereotypical sentence) and ``sent_less``,
    ``stereo_antistereo`` and ``bias_type``, as ``data/crows_pairs_anonymized.csv`` of
    nyu-mll/crows-pairs has (Nangia et al., "CrowS-Pairs", EMNLP 2020).

    A chat model needs something to answer: ``prompt`` (by default "Write a sentence.") is asked
    every time. Fields added: ``right`` and ``wrong``, the more and the less stereotypical
    sentence, so that ``choice`` scores how often the stereotype is preferred.

    Args:
        arguments: A path, or ``{path, bias_type, stereo_antistereo, prompt, where, limit,
            split}``.
        folder: Folder of the suite.

    Raises:
        ValueError: The arguments are wrong.
        SuiteError: A record is.
    """
    selection = read_selection(
        arguments,
        source="crows_pairs",
        fields=("bias_type", "stereo_antistereo"),
        known=("prompt",),
    )
    prompt = text_option(selection.options, "prompt", source="crows_pairs") or _PROMPT
    for record in selection.records(folder):
        more, less = record.text("sent_more"), record.text("sent_less")
        if more == less:
            raise record.error("sent_less", "found the same sentence as sent_more")
        yield record.asking(prompt, right=more, wrong=less)
