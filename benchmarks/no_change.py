"""How often a retrained model without a behavioral change is flagged, over many seeds.

Run from the repository's root: ``python benchmarks/no_change.py [SEEDS]``. It compares the
organisms ``base`` and ``unchanged`` over the chat-world suite, each seed from an empty store, and
writes ``benchmarks/no_change.json``.
"""

from __future__ import annotations

import json
import platform
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))

from organism_runs import compare  # noqa: E402 - found through the line above

DEFAULT_SEEDS = 20


def main() -> None:
    """Run all seeds, print a line each and write the totals."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_SEEDS
    verdicts: Counter[str] = Counter()
    pairs: list[int] = []
    for seed in range(seeds):
        with tempfile.TemporaryDirectory() as folder:
            result = compare("unchanged", seed=seed, store=Path(folder) / "store.duckdb")
        found = Counter(behavior.verdict for behavior in result.behaviors)
        verdicts.update(found)
        pairs += [behavior.pairs for behavior in result.behaviors]
        print(
            f"seed {seed}: {dict(found)}, {sum(pairs[-len(result.behaviors) :])} pairs", flush=True
        )
    summary = {
        "models": ["base", "unchanged"],
        "suite": "suites/chatworld",
        "seeds": seeds,
        "verdicts": dict(verdicts),
        "median_pairs": sorted(pairs)[len(pairs) // 2],
        "machine": f"{platform.machine()}, CPU",
    }
    file = ROOT / "benchmarks" / "no_change.json"
    file.write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(summary))


if __name__ == "__main__":
    main()
