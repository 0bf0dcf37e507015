"""The result as Markdown: for a pull request's comment or a job's summary."""

from behavtest.report.markdown.summary import LIMIT, summary, write_markdown

__all__ = ["LIMIT", "summary", "write_markdown"]
