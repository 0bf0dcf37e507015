"""Statistics of paired, sequential tests: plain arrays in, evidence and verdicts out.

Streams of tests over time are in `behavtest.stats.online`.
"""

from behavtest.stats.batch import evidence_paths, log_e_paths
from behavtest.stats.beta import BetaPrior
from behavtest.stats.binary import BinaryProcess, binary_log_e
from behavtest.stats.census import CensusProcess
from behavtest.stats.confseq import ConfidenceInterval, confidence_interval
from behavtest.stats.eprocess import BettingProcess
from behavtest.stats.evidence import GREATEST_E, Evidence, EvidencePath, e_value
from behavtest.stats.expectation import Bounds, Claim, Claims, Direction, Expectation, Kind
from behavtest.stats.multiplicity import bh, by, closed_ebh, ebh
from behavtest.stats.planning import detectable_gap, expected_pairs, forecast
from behavtest.stats.predictable import PredictableProcess
from behavtest.stats.procedures import Dependence, Guarantee, Procedure, declare, declare_at_levels
from behavtest.stats.pvalues import AnytimePValues
from behavtest.stats.rounds import RoundProcess
from behavtest.stats.sign_test import SignTestProcess, sign_test_log_e
from behavtest.stats.stopped import StoppedEValues
from behavtest.stats.two_by_two import Block, TwoByTwoProcess
from behavtest.stats.unpaired import UnpairedProcess
from behavtest.stats.verdicts import Verdict, decide
from behavtest.stats.weighted import WeightedProcess, Weights
from behavtest.stats.weights import PriorWeights

__all__ = [
    "GREATEST_E",
    "AnytimePValues",
    "BetaPrior",
    "BettingProcess",
    "BinaryProcess",
    "Block",
    "Bounds",
    "CensusProcess",
    "Claim",
    "Claims",
    "ConfidenceInterval",
    "Dependence",
    "Direction",
    "Evidence",
    "EvidencePath",
    "Expectation",
    "Guarantee",
    "Kind",
    "PredictableProcess",
    "PriorWeights",
    "Procedure",
    "RoundProcess",
    "SignTestProcess",
    "StoppedEValues",
    "TwoByTwoProcess",
    "UnpairedProcess",
    "Verdict",
    "WeightedProcess",
    "Weights",
    "bh",
    "binary_log_e",
    "by",
    "closed_ebh",
    "confidence_interval",
    "decide",
    "declare",
    "declare_at_levels",
    "detectable_gap",
    "e_value",
    "ebh",
    "evidence_paths",
    "expected_pairs",
    "forecast",
    "log_e_paths",
    "sign_test_log_e",
]
