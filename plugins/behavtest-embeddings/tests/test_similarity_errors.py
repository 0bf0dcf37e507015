"""How often `similarity` errs on its labelled pairs, as the README says."""

from __future__ import annotations

import runpy
from pathlib import Path

from behavtest.scoring import ScorerRegistry
from behavtest_embeddings.models import Models
from behavtest_embeddings.scorer import similarity

PLUGIN = Path(__file__).parents[1]
DOCS = PLUGIN.parents[1] / "docs"


def test_the_readme_shows_what_is_measured(minilm):
    """On fifty answers or more, half of them labelled 1; a change is shown in the failure."""
    docs = runpy.run_path(str(DOCS / "scorer_errors.py"))
    models = Models(root=PLUGIN, ini=str(minilm), device="cpu")
    scorers = ScorerRegistry({"similarity": lambda given: similarity(given, models=models)})
    found = docs["errors"](PLUGIN / "labels" / "similarity.jsonl", scorers=scorers)
    assert found.everything.failed == ()
    assert found.everything.completions >= 50
    table = "\n".join(docs["table"]({"similarity": found}))
    assert table in (PLUGIN / "README.md").read_text(encoding="utf-8")
