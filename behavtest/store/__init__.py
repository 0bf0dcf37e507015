"""The store: completions, likelihoods, runs, verdicts and the ledger in one DuckDB file."""

from behavtest.store.completions import CompletionStore, Entry, Origin, storable
from behavtest.store.database import open_store
from behavtest.store.draws import StoredDraw, stored_draws
from behavtest.store.keys import completion_key, likelihood_key
from behavtest.store.ledger import LedgerEntry, LedgerStore, Lineage
from behavtest.store.likelihoods import LikelihoodEntry, LikelihoodStore, stored_precision
from behavtest.store.listing import ListedRun, Trend, TrendPoint, listed_runs, trends
from behavtest.store.recall import StoredRun, StoredValues, find_run, stored_values
from behavtest.store.replays import ReplayRecord, stored_replays
from behavtest.store.runs import PairRecord, RunRecord, RunStore, VerdictRecord
from behavtest.store.used import Made, Use, read_made, sample_uses

__all__ = [
    "CompletionStore",
    "Entry",
    "LedgerEntry",
    "LedgerStore",
    "LikelihoodEntry",
    "LikelihoodStore",
    "Lineage",
    "ListedRun",
    "Made",
    "Origin",
    "PairRecord",
    "ReplayRecord",
    "RunRecord",
    "RunStore",
    "StoredDraw",
    "StoredRun",
    "StoredValues",
    "Trend",
    "TrendPoint",
    "Use",
    "VerdictRecord",
    "completion_key",
    "find_run",
    "likelihood_key",
    "listed_runs",
    "open_store",
    "read_made",
    "sample_uses",
    "storable",
    "stored_draws",
    "stored_precision",
    "stored_replays",
    "stored_values",
    "trends",
]
