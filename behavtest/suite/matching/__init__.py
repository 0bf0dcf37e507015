"""Do the pairs of a contrast match on everything but what they are about?"""

from behavtest.suite.matching.check import (
    SIGNIFICANCE,
    STANDARDIZED,
    Matching,
    MeasureBalance,
    PairFinding,
    check_matching,
)
from behavtest.suite.matching.measures import Measures, PairMeasure, TextMeasure
from behavtest.suite.matching.pair_file import pairs_from_file
from behavtest.suite.matching.pairs import Pairs, TextPair, pairs_of

__all__ = [
    "SIGNIFICANCE",
    "STANDARDIZED",
    "Matching",
    "MeasureBalance",
    "Measures",
    "PairFinding",
    "PairMeasure",
    "Pairs",
    "TextMeasure",
    "TextPair",
    "check_matching",
    "pairs_from_file",
    "pairs_of",
]
