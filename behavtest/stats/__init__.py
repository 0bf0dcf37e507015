"""Statistics of paired, sequential tests: plain arrays in, evidence and verdicts out."""

from behavtest.stats.census import CensusProcess
from behavtest.stats.confseq import ConfidenceInterval, confidence_interval
from behavtest.stats.eprocess import BettingProcess
from behavtest.stats.evidence import GREATEST_E, Evidence, EvidencePath, e_value
from behavtest.stats.expectation import Bounds, Claim, Claims, Direction, Expectation, Kind
from behavtest.stats.multiplicity import StoppedEValues, closed_ebh, ebh
from behavtest.stats.planning import expected_pairs, forecast
from behavtest.stats.verdicts import Verdict, decide

__all__ = [
    "GREATEST_E",
    "BettingProcess",
    "Bounds",
    "CensusProcess",
    "Claim",
    "Claims",
    "ConfidenceInterval",
    "Direction",
    "Evidence",
    "EvidencePath",
    "Expectation",
    "Kind",
    "StoppedEValues",
    "Verdict",
    "closed_ebh",
    "confidence_interval",
    "decide",
    "e_value",
    "ebh",
    "expected_pairs",
    "forecast",
]
