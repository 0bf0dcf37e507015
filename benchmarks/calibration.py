"""Measure the error rates of every procedure, with nulls true by nothing and looks at every round.

    python benchmarks/calibration.py [--families 5000] [--seed 0] [--scenario all-null]

Behaviors at a boundary make both claims false, with equality: "violated" declared of one is a
false alarm, "holds" a false "holds". Sampling is the engine's: looks at 32 pairs, then after an
eighth more (at least 16), up to 1,000; a behavior stops for good when its "violated" is settled or
its evidence for "holds" reaches 1 / alpha. A procedure for families takes the 20 behaviors of a
family together; there "violated" is settled once nothing that the others still running come to show
can undo it. One for streams takes the behaviors of five families (100 tests) one after another,
each with its level known before it starts, and begins anew. (In a ledger, a stream is one
behavior's tests over the releases: the same, with the families' dependence where releases share
their draw of prompts and none where the seed rotates.)

Two more tables show fixed-sample p-values, which are exactly uniform, under dependence; e-values
are calibrated from them. The foil looks at a z-test's p-value again and again.

Everything takes some ten minutes on one core. Without ``--scenario`` the results are
written to ``benchmarks/calibration.json`` and ``.md``. It ends with an error if a promised rate is
exceeded by three standard errors.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from calibration.evidence import Outcome, Seen, see
from calibration.families import FamilyRule, decide_families
from calibration.fixed import FIXED, FixedSample, decide_fixed
from calibration.naive import decide_naively
from calibration.scenarios import SCENARIOS, Scenario, Truth, draw
from calibration.streams import decide_streams
from calibration.tables import NAIVE, Row, Settings, Table, as_json, as_markdown, promised
from calibration.tally import joined, measure

from behavtest.stats import Procedure

if TYPE_CHECKING:
    from collections.abc import Iterator

ALPHA = 0.05
STREAM = 5
NAMED = {procedure.value: procedure for procedure in Procedure}
CHUNK = 10
"""Streams simulated at once: about 10 MB for each array."""


def simulate(scenario: Scenario, settings: Settings) -> Table:
    """Run every procedure on the same draws."""
    rng = np.random.default_rng([settings.seed, SCENARIOS.index(scenario)])
    outcomes: dict[str, list[Outcome]] = {name: [] for name in (*NAMED, NAIVE)}
    streams = settings.families // settings.stream
    for start in range(0, streams, CHUNK):
        values = draw(
            scenario,
            rng,
            streams=min(CHUNK, streams - start),
            families=settings.stream,
            pairs=settings.pairs,
        )
        for name, outcome in decide(scenario, see(scenario, values), settings.alpha):
            outcomes[name].append(outcome)
    rows = []
    for name, parts in outcomes.items():
        procedure = NAMED.get(name)
        promise = procedure is not None and promised(
            procedure, independent=not scenario.correlation
        )
        stream = procedure is not None and procedure.stream
        rows.append(Row(name, promise, measure(joined(parts), scenario.truths, stream=stream)))
    return Table(scenario.name, scenario.title, tuple(rows))


def decide(scenario: Scenario, seen: Seen, alpha: float) -> Iterator[tuple[str, Outcome]]:
    """Yield what every procedure makes of the same evidence."""
    for procedure in Procedure:
        if procedure.stream:
            yield procedure.value, decide_streams(seen, procedure, alpha)
        else:
            yield procedure.value, decide_families(seen, FamilyRule(procedure, alpha))
    yield NAIVE, decide_naively(scenario, seen, alpha)


def simulate_fixed(scenario: FixedSample, settings: Settings) -> Table:
    """Run every procedure on the same p-values."""
    rng = np.random.default_rng([settings.seed, len(SCENARIOS) + FIXED.index(scenario)])
    streams = settings.families // settings.stream
    p_values = scenario.draw(rng, streams, settings.stream, settings.alpha)
    truths = [Truth.OUTSIDE if changed else Truth.BOUNDARY for changed in scenario.changed]
    rows = []
    for procedure in Procedure:
        outcome = decide_fixed(p_values, procedure, settings.alpha)
        figures = measure(outcome, truths, stream=procedure.stream)._replace(false_holds=None)
        rows.append(Row(procedure.value, promised(procedure, independent=False), figures))
    return Table(scenario.name, scenario.title, tuple(rows))


def main() -> None:
    """Simulate, print, write, and judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--families", type=int, default=5000, help="families per scenario")
    parser.add_argument("--pairs", type=int, default=1000, help="most pairs of one behavior")
    parser.add_argument("--seed", type=int, default=0)
    everything = (*SCENARIOS, *FIXED)
    parser.add_argument("--scenario", choices=[scenario.name for scenario in everything])
    arguments = parser.parse_args()
    families = arguments.families - arguments.families % STREAM
    if families < 2 * STREAM:
        parser.error(f"--families is {arguments.families}; it must be at least {2 * STREAM}")
    settings = Settings(ALPHA, families, STREAM, arguments.pairs, arguments.seed)
    tables = []
    for scenario in everything:
        if arguments.scenario in {None, scenario.name}:
            start = time.perf_counter()
            tables.append(
                simulate(scenario, settings)
                if isinstance(scenario, Scenario)
                else simulate_fixed(scenario, settings)
            )
            print(f"{scenario.name}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
    page = as_markdown(tables, settings)
    print(page)
    if arguments.scenario is None:
        file = Path(__file__).with_suffix(".json")
        file.write_text(json.dumps(as_json(tables, settings), indent=1) + "\n", encoding="utf-8")
        file.with_suffix(".md").write_text(page, encoding="utf-8")
    broken = [
        f"{table.name}: {row.procedure}"
        for table in tables
        for row in table.rows
        if row.broken(settings.alpha)
    ]
    if broken:
        raise SystemExit(f"a promised rate is exceeded: {', '.join(broken)}")


if __name__ == "__main__":
    main()
