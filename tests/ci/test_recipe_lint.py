"""The recipes are what their services take: schemas, ShellCheck, and rules of our own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from recipes import GITHUB, GITLAB, RECIPES, SLURM, github_steps, gitlab_job

from behavtest.release.acceptance import read_acceptances
from behavtest.release.policy import read_policy

_BIN = Path(sys.executable).parent


def checked(*command: object) -> str:
    """Run a linter; return what it complains of."""
    done = subprocess.run(
        [_BIN / str(command[0]), *map(str, command[1:])],
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return "" if done.returncode == 0 else done.stdout


@pytest.mark.parametrize(
    ("file", "schema"),
    [
        (GITHUB, ["vendor.github-workflows"]),
        (GITLAB, ["vendor.gitlab-ci", "--data-transform=gitlab-ci"]),
    ],
    ids=["github", "gitlab"],
)
def test_schemas(file, schema, tmp_path):
    """The services' own schemas, as check-jsonschema ships them; and they do find a mistake."""
    command = ("check-jsonschema", "--builtin-schema", *schema)
    assert not checked(*command, file)
    wrong = tmp_path / file.name
    wrong.write_text(
        file.read_text(encoding="utf-8")
        .replace("timeout-minutes: 120", "timeout-minutes: [long]")
        .replace("when: always", "when: ever"),
        encoding="utf-8",
    )
    assert checked(*command, wrong)


SCRIPTS = {
    **{f"github-{n}": step["run"] for n, step in enumerate(github_steps()) if "run" in step},
    "gitlab": "\n".join([*gitlab_job()["before_script"], *gitlab_job()["script"]]),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_shell_in_the_yaml(name, tmp_path):
    script = tmp_path / "step.sh"
    script.write_text(SCRIPTS[name], encoding="utf-8")
    assert not checked("shellcheck", "--shell=bash", "--enable=check-set-e-suppressed", script)


def test_the_slurm_script():
    assert not checked("shellcheck", SLURM)
    lines = SLURM.read_text(encoding="utf-8").splitlines()
    options = [line for line in lines if line.startswith("#SBATCH")]
    first_command = next(n for n, line in enumerate(lines) if line and not line.startswith("#"))
    assert len(options) >= 6
    assert all(lines.index(option) < first_command for option in options), "sbatch stops reading"


def test_the_gate_comes_last_and_nothing_hides_a_crash():
    steps = github_steps()
    assert steps[-1]["name"] == "Gate"
    assert steps[-1]["run"].startswith("behavtest gate ")
    assert gitlab_job()["script"][-1].startswith("behavtest gate ")
    assert SLURM.read_text(encoding="utf-8").splitlines()[-1].startswith("behavtest gate ")
    for file in (GITHUB, GITLAB):
        text = file.read_text(encoding="utf-8")
        for hiding in ("|| true", "continue-on-error", "allow_failure", "set +e"):
            assert hiding not in text
    assert not any("continue-on-error" in step for step in steps)


def test_what_is_kept_is_kept_after_a_crash_too():
    by_name = {step.get("name"): step for step in github_steps()}
    assert by_name["Save the store"]["if"].startswith("always()")
    assert by_name["Keep the report"]["if"] == "always()"
    assert by_name["Save the store"]["with"]["path"] == by_name["Restore the store"]["with"]["path"]
    assert gitlab_job()["cache"]["when"] == gitlab_job()["artifacts"]["when"] == "always"


def test_the_policy_and_the_acceptances_can_be_read():
    policy = read_policy(RECIPES / "policy.yaml")
    assert policy.required_suites == ("refusal",)
    assert [file.name for file in policy.acceptances] == ["acceptances.yaml"]
    assert read_acceptances(policy.acceptances[0]) == ()
