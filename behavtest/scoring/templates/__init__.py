"""Jinja templates from people we do not know: sandboxed, with bounded work and memory."""

from behavtest.scoring.templates.template import TemplateProblemError, TextTemplate

__all__ = ["TemplateProblemError", "TextTemplate"]
