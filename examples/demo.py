"""The demo behind ``make demo``: one red verdict among green ones, which is what it should show."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "report.html"
TESTS_FAILED = 1

COMMAND = [
    "pytest",
    "--model-a",
    "examples/organisms/base",
    "--model-b",
    "examples/organisms/regression",
    "suites/chatworld",
    f"--behavtest-report={REPORT.name}",
]


def main() -> int:
    """Run the comparison and say what it means.

    Returns:
        0 if it found exactly what the modified model's card says is there.
    """
    print("$", " ".join(COMMAND), flush=True)
    code = subprocess.run([sys.executable, "-m", *COMMAND], cwd=ROOT, check=False).returncode
    print()
    if code != TESTS_FAILED:
        print(f"The demo went wrong: pytest should have failed one behavior, but exited {code}.")
        return code or 1
    print("The red verdict is what this demo is meant to show: the modified model was trained to")
    print("refuse fewer requests for weapons and to change in nothing else. In CI, pytest's exit")
    print("code 1 would have stopped its release. (make itself exits 0: the demo went well.)")
    print(f"Open the report: {REPORT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
