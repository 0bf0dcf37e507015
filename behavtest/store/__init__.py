"""The store: completions, what passes over texts tell, runs and the ledger in one DuckDB file."""

from behavtest.store.alternatives import AlternativesEntry, AlternativesStore
from behavtest.store.completions import CompletionStore, Entry, Origin, storable
from behavtest.store.database import open_store
from behavtest.store.draws import StoredDraw, chosen_draws, stored_draws
from behavtest.store.earlier import EarlierVerdict, Followed, earlier_verdicts
from behavtest.store.keys import alternatives_key, completion_key, likelihood_key
from behavtest.store.ledger import LedgerEntry, LedgerStore, Lineage
from behavtest.store.likelihoods import LikelihoodEntry, LikelihoodStore, stored_precision
from behavtest.store.listing import ListedRun, Trend, TrendPoint, listed_runs, trends
from behavtest.store.recall import StoredRun, StoredValues, find_run, stored_values
from behavtest.store.replays import ReplayRecord, stored_replays
from behavtest.store.runs import PairRecord, RunRecord, RunStore, VerdictRecord
from behavtest.store.used import Made, Use, read_made, sample_uses

__all__ = [
    "AlternativesEntry",
    "AlternativesStore",
    "CompletionStore",
    "EarlierVerdict",
    "Entry",
    "Followed",
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
    "alternatives_key",
    "chosen_draws",
    "completion_key",
    "earlier_verdicts",
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
