"""The result as Markdown: for a pull request's comment or a job's summary."""

from behavtest.report.markdown.layout import LIMIT
from behavtest.report.markdown.several import summary_of, write_markdown
from behavtest.report.markdown.summary import summary

__all__ = ["LIMIT", "summary", "summary_of", "write_markdown"]
