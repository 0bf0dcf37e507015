"""``counterfact``: facts that an edit rewrites, and their neighbors that it must not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from behavtest.scoring.arguments import one_of
from behavtest.scoring.shapes import about, takes, words
from behavtest.suite.sources.selection import read_selection, selection_shape

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from behavtest.core import Row
    from behavtest.suite.sources.record import Record

_LISTS: Final = {
    "paraphrase": "paraphrase_prompts",
    "neighborhood": "neighborhood_prompts",
    "attribute": "attribute_prompts",
    "generation": "generation_prompts",
}
_PROMPTS: Final = ("rewrite", *_LISTS, "portability")


@takes(selection_shape({"prompts": about("Which of a record's prompts.", words(_PROMPTS))}))
def counterfact(arguments: object, folder: Path) -> Iterator[Row]:
    """Yield the rows of a file in the shape of CounterFact.

    A record has a ``requested_rewrite`` (``prompt`` with ``{}`` for the ``subject``, and
    ``target_new`` and ``target_true``, each with its text as ``str``), and lists of
    ``paraphrase_prompts``, ``neighborhood_prompts``, ``attribute_prompts`` and
    ``generation_prompts``, as ``experiments/py/eval_utils_counterfact.py`` of kmeng01/rome reads
    (Meng et al., "Locating and editing factual associations in GPT", NeurIPS 2022).
    A prompt is the beginning of a sentence, and each of a list is a row.

    ``prompts`` says which: ``rewrite`` (the default), ``paraphrase``, ``neighborhood``,
    ``attribute``, ``generation``; or ``portability``, what follows from the new fact: the
    ``New Question`` and ``New Answer`` under ``portability`` that EasyEdit's files have (Yao et
    al., "Editing large language models", EMNLP 2023), in which nothing else is needed.

    Fields added: ``subject``, ``new`` and ``true`` (the two targets), ``right`` and ``wrong``:
    what a successful edit makes likelier, and the other one. That is the new target, but for
    neighborhood prompts, where the true one should stay (``experiments/summarize.py``). Of
    portability there is ``right`` alone.

    Args:
        arguments: A path, or ``{path, prompts, where, limit, split}``; ``limit`` counts records.
        folder: Folder of the suite.

    Raises:
        ValueError: The arguments are wrong.
        SuiteError: A record is.
    """
    selection = read_selection(arguments, source="counterfact", known=("prompts",))
    which = one_of(selection.options, "prompts", _PROMPTS, default="rewrite")
    for record in selection.records(folder):
        yield from _ported(record) if which == "portability" else _edited(record, which)


def _edited(record: Record, which: str) -> Iterator[Row]:
    rewrite = record.mapping("requested_rewrite")
    subject = rewrite.text("subject")
    new, true = (rewrite.mapping(name).text("str") for name in ("target_new", "target_true"))
    if new == true:
        raise rewrite.error("target_new", f"found {new!r}, which is target_true, too")
    right, wrong = (true, new) if which == "neighborhood" else (new, true)
    prompts = record.texts(_LISTS[which]) if which in _LISTS else (_filled(rewrite, subject),)
    for prompt in prompts:
        yield record.asking(prompt, subject=subject, new=new, true=true, right=right, wrong=wrong)


def _filled(rewrite: Record, subject: str) -> str:
    prompt = rewrite.text("prompt")
    if "{}" not in prompt:
        raise rewrite.error("prompt", f"found {prompt!r}, expected {{}} where the subject goes")
    return prompt.replace("{}", subject)


def _ported(record: Record) -> Iterator[Row]:
    portability = record.mapping("portability")
    yield record.asking(portability.text("New Question"), right=portability.text("New Answer"))
