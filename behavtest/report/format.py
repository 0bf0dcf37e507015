"""Numbers as people read them: one way for each kind, used everywhere in the report."""

from __future__ import annotations

import math
from datetime import UTC, datetime

MINUS = "\N{MINUS SIGN}"
TIMES = "\N{MULTIPLICATION SIGN}"
ALPHA = "\N{GREEK SMALL LETTER ALPHA}"
NBSP = "\N{NO-BREAK SPACE}"
DASH = "\N{EN DASH}"
NONE = "\N{EM DASH}"
"""Shown where there is no number."""

_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_CAP_EXPONENT = 300
_MINUTE = 60.0
_HOUR = 3600.0


def score(value: float | None) -> str:
    """Format a score or a mean: two decimals, three below 0.1."""
    if value is None or math.isnan(value):
        return NONE
    return _signed(value, decimals=_decimals(value))


def change(value: float | None) -> str:
    """Format a change, always signed unless it is zero."""
    if value is None or math.isnan(value):
        return NONE
    return _signed(value, decimals=_decimals(value), plus="+")


def span(lower: float, upper: float, *, signed: bool) -> str:
    """Format the two ends of an interval, with as many decimals each."""
    decimals = max(_decimals(lower), _decimals(upper))
    plus = "+" if signed else ""
    ends = (_signed(end, decimals=decimals, plus=plus) for end in (lower, upper))
    return " to ".join(ends)


def e_value(value: float) -> str:
    """Format an e-value: three digits, a power of ten when large, its cap as a bound."""
    if math.isnan(value):
        return NONE
    if value < 0.01:  # noqa: PLR2004 - below this an e-value says nothing more
        return f"<{NBSP}0.01"
    if value < 1000:  # noqa: PLR2004 - four digits and more are easier as a power
        return f"{value:.3g}"
    if math.log10(value) >= _CAP_EXPONENT - 1e-9:
        return f">{NBSP}{power(_CAP_EXPONENT)}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}{NBSP}{TIMES}{NBSP}{power(int(exponent))}"


def p_value(value: float) -> str:
    """Format a p-value: three digits, a power of ten when small."""
    if value >= 0.001:  # noqa: PLR2004 - three zeros and more are easier as a power
        return f"{value:.3g}"
    if value <= 10.0**-_CAP_EXPONENT:
        return f"<{NBSP}{power(-_CAP_EXPONENT)}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}{NBSP}{TIMES}{NBSP}{power(int(exponent))}"


def power(exponent: int) -> str:
    """Format a power of ten."""
    return f"10{str(exponent).translate(_SUPERSCRIPTS)}"


def chance(probability: float | None, *, below: float | None = None) -> str:
    """Format a probability as a percentage of two digits; what is tiny, or only bounded, as less.

    Args:
        probability: In [0, 1]; None if it is not known.
        below: A bound for it where it is not.
    """
    if probability is None:
        return NONE if below is None else f"<{NBSP}{max(100.0 * below, 0.1):.1g}{NBSP}%"
    if probability < 0.001:  # noqa: PLR2004 - smaller ones say nothing more
        return f"<{NBSP}0.1{NBSP}%"
    if probability > 0.995:  # noqa: PLR2004 - would round to all
        return f">{NBSP}99{NBSP}%"
    return f"{100.0 * probability:.2g}{NBSP}%"


def nats(value: float) -> str:
    """Format a log-probability or a difference of such: one decimal, two below 1."""
    return f"{value:.1f}{NBSP}nats" if value >= 1 else f"{value:.2f}{NBSP}nats"


def count(value: int) -> str:
    """Format a count with thousands separated."""
    return f"{value:,}"


def percent(fraction: float) -> str:
    """Format a level or an error rate as a percentage."""
    return f"{100.0 * fraction:.3g}{NBSP}%"


def share(part: int, whole: int) -> str:
    """Format a part of a whole in whole percent; some never reads as none, most never as all."""
    if not whole:
        return NONE
    value = 100.0 * part / whole
    if 0.0 < value < 0.5:  # noqa: PLR2004 - would round to none
        return f"<{NBSP}1{NBSP}%"
    if 99.5 <= value < 100.0:  # noqa: PLR2004 - would round to all
        return f">{NBSP}99{NBSP}%"
    return f"{value:.0f}{NBSP}%"


def plural(number: int, one: str, many: str | None = None) -> str:
    """Format a count with its noun."""
    return f"{count(number)}{NBSP}{one if number == 1 else many or one + 's'}"


def duration(seconds: float) -> str:
    """Format a wall time to the precision people care for."""
    if seconds < 10.0:  # noqa: PLR2004 - a tenth matters only here
        return f"{seconds:.1f}{NBSP}s"
    if round(seconds) < _MINUTE:
        return f"{seconds:.0f}{NBSP}s"
    if round(seconds) < _HOUR:
        minutes, rest = divmod(round(seconds), 60)
        return f"{minutes}{NBSP}min {rest:02}{NBSP}s"
    hours, rest = divmod(round(seconds / _MINUTE), 60)
    return f"{hours}{NBSP}h {rest:02}{NBSP}min"


def moment(iso: str) -> str:
    """Format an ISO 8601 time in UTC to the minute; what is no such time is shown as it is."""
    try:
        when = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    if when.tzinfo is not None:
        when = when.astimezone(UTC)
    return f"{when:%Y-%m-%d %H:%M} UTC"


def fingerprint(digest: str) -> str:
    """Shorten a digest to what two people would compare by eye."""
    return digest[:12]


def _decimals(value: float) -> int:
    """Two decimals, three below 0.1; what rounds to 0.10 at two decimals reads 0.10."""
    return 3 if 0.0 < abs(value) < 0.0995 else 2  # noqa: PLR2004


def _signed(value: float, *, decimals: int, plus: str = "") -> str:
    digits = f"{abs(value):.{decimals}f}"
    if not float(digits):
        return digits
    return (MINUS if value < 0 else plus) + digits
