"""The store: completions, runs, pairs and verdicts in one DuckDB file."""

from behavtest.store.completions import CompletionStore, Entry, Origin, storable
from behavtest.store.database import open_store
from behavtest.store.keys import completion_key
from behavtest.store.runs import PairRecord, RunRecord, RunStore, VerdictRecord

__all__ = [
    "CompletionStore",
    "Entry",
    "Origin",
    "PairRecord",
    "RunRecord",
    "RunStore",
    "VerdictRecord",
    "completion_key",
    "open_store",
    "storable",
]
