"""The store: completions, runs, pairs, verdicts and the ledger in one DuckDB file."""

from behavtest.store.completions import CompletionStore, Entry, Origin, storable
from behavtest.store.database import open_store
from behavtest.store.keys import completion_key
from behavtest.store.ledger import LedgerEntry, LedgerStore, Lineage
from behavtest.store.recall import StoredRun, StoredValues, find_run, stored_values
from behavtest.store.runs import PairRecord, RunRecord, RunStore, VerdictRecord

__all__ = [
    "CompletionStore",
    "Entry",
    "LedgerEntry",
    "LedgerStore",
    "Lineage",
    "Origin",
    "PairRecord",
    "RunRecord",
    "RunStore",
    "StoredRun",
    "StoredValues",
    "VerdictRecord",
    "completion_key",
    "find_run",
    "open_store",
    "storable",
    "stored_values",
]
