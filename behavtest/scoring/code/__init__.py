"""Python code in completions: whether it parses, and which patterns are in it."""

from behavtest.scoring.code.scorers import code, insecure_code

__all__ = ["code", "insecure_code"]
