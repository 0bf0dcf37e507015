"""What people read after a run: one HTML file, and the same data as JSON."""

from behavtest.report.html import write_html
from behavtest.report.jsonfile import read_json, write_json

__all__ = ["read_json", "write_html", "write_json"]
