"""What an item raises to tell pytest its outcome; the text is all a user sees."""

from __future__ import annotations


class BehaviorFailed(Exception):  # noqa: N818 - named for what it says to pytest
    """A behavior is violated, or inconclusive where that counts as failing."""


class BehaviorErrored(Exception):  # noqa: N818 - the same
    """A behavior could not be computed."""
