"""Runs the shell commands of a CI recipe as its service would, one step after the other."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from behavtest.suite.yaml_reader import read_yaml

ROOT = Path(__file__).parent.parent.parent
RECIPES = ROOT / "examples" / "ci"
GITHUB, GITLAB, SLURM = (
    RECIPES / name for name in ("github-actions.yml", "gitlab-ci.yml", "behavtest.slurm.sh")
)

_CONDITIONS = {
    "": lambda failed: not failed,
    "always()": lambda failed: True,
    "${{ !cancelled() }}": lambda failed: True,
    "always() && steps.store.outcome == 'success'": lambda failed: True,
}
"""What GitHub makes of the conditions that the recipe has, when nobody cancels."""


class Step(NamedTuple):
    """What became of one step: None for a status where it was not run."""

    name: str
    status: int | None
    output: str
    summary: str = ""


def github_steps() -> list[dict[str, Any]]:
    """The steps of the workflow's one job."""
    (job,) = _github()["jobs"].values()
    return job["steps"]


def gitlab_job() -> dict[str, Any]:
    """The pipeline's one job."""
    return yaml.safe_load(GITLAB.read_text(encoding="utf-8"))["behavior"]


def _github() -> dict[str, Any]:
    return read_yaml(GITHUB).plain()  # PyYAML alone reads `on` as true


def run_github(folder: Path, **settings: str) -> list[Step]:
    """Run the workflow's commands, but for what installs; actions of others are left out."""
    summary = folder / "step-summary.md"
    environment = {
        **environment_for(),
        **_github()["env"],
        **settings,
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": str(summary),
    }
    steps, failed = [], False
    for step in github_steps():
        name = step.get("name", step.get("uses", ""))
        if "run" not in step or name == "Install":
            continue
        if not _CONDITIONS[step.get("if", "")](failed):
            steps.append(Step(name, None, ""))
            continue
        summary.write_text("", encoding="utf-8")
        done = shell(["bash", "-e", "-c", step["run"]], folder, environment)
        failed = failed or done.returncode != 0
        text = summary.read_text(encoding="utf-8")
        steps.append(Step(name, done.returncode, done.stdout, text))
    return steps


def run_gitlab(folder: Path, **settings: str) -> list[Step]:
    """Run the job's script, which ends with the first command that fails."""
    job = gitlab_job()
    environment = {**environment_for(), **job["variables"], **settings}
    steps = []
    for command in job["script"]:
        if steps and steps[-1].status:
            steps.append(Step(command, None, ""))
            continue
        done = shell(["bash", "-e", "-o", "pipefail", "-c", command], folder, environment)
        steps.append(Step(command, done.returncode, done.stdout))
    return steps


def environment_for() -> dict[str, str]:
    """This process's environment, less that of a CI service, with this Python's commands first."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "CI_"))
    }
    bin_folder = str(Path(sys.executable).parent)
    return {**inherited, "PATH": f"{bin_folder}{os.pathsep}{inherited['PATH']}", "NO_COLOR": "1"}


def shell(
    command: list[str], folder: Path, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a command with its errors among its output."""
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
