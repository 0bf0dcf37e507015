"""The command itself: what fails is a sentence with pytest's exit code, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from behavtest.cli import decide, ledger
from behavtest.cli.main import main
from behavtest.report import write_json

COMMANDS = ("schema", "new", "lint", "preview", "try", "plan", "calibrate", "decide", "ledger")


def shell(*arguments: object, folder, code: str = "", **environment: str):
    """Run the command in a process of its own."""
    code = code or "import sys; from behavtest.cli.main import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        timeout=100,
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_help(command, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    assert f"usage: behavtest {command}" in capsys.readouterr().out


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    said = capsys.readouterr().out
    listed = [line.split()[0] for line in said.splitlines() if line.startswith("    ")]
    assert set(COMMANDS) <= set(listed)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["foretell"], "invalid choice: 'foretell'"),
        (["decide", "--alpha", "small"], "argument --alpha: invalid float value: 'small'"),
        (["decide", "--tolerance"], "argument --tolerance: expected one argument"),
        (["decide", "--fdr", "bonferroni"], "--fdr is 'bonferroni'; use one of closed-e-bh, e-bh"),
        (["decide", "last", "first"], "unknown argument 'first'; see --help"),
        (["decide", "--alp", "0.1"], "unknown argument '--alp'; see --help"),
        (["ledger", "a", "b"], "unknown argument 'b'; see --help"),
        (["ledger", "--store", "no.duckdb"], "there is no store no.duckdb"),
        (["ledger", "--store"], "argument --store"),
    ],
)
def test_arguments_that_cannot_be_used(project, arguments, message):
    assert message in project(*arguments, status=4).err


def test_without_a_store(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for command in ("decide", "ledger"):
        assert main([command]) == 4
        assert "there is no store .behavtest/store.duckdb here or above" in capsys.readouterr().err


def test_the_nearest_store_upwards_is_found(project, monkeypatch):
    (project.folder / "deep" / "down").mkdir(parents=True)
    monkeypatch.chdir(project.folder / "deep" / "down")
    assert "3 behaviors" in project("ledger").out


@pytest.mark.parametrize("option", ["--store", "--behavtest-store"])
def test_a_store_by_its_name(project, option, monkeypatch):
    project.store.rename(project.folder / "mine.duckdb")
    assert "3 behaviors" in project("ledger", option, "mine.duckdb").out
    monkeypatch.setenv("HOME", str(project.folder))
    assert "3 behaviors" in project("ledger", f"{option}=~/mine.duckdb").out


@pytest.mark.parametrize("command", ["decide", "ledger"])
def test_a_store_that_is_damaged(project, command):
    project.store.write_bytes(b"not a database" * 1000)
    said = project(command, status=4)
    assert "is damaged or is not a DuckDB file" in said.err


@pytest.mark.parametrize("module", [decide, ledger])
def test_ctrl_c_is_2(project, module, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "existing_store", interrupted)
    name = module.__name__.rpartition(".")[2]
    assert project(name, status=2).err == "behavtest: stopped\n"


def test_python_m_behavtest(project):
    done = subprocess.run(
        [sys.executable, "-m", "behavtest", "ledger", "--stor"],
        cwd=project.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == "behavtest: unknown argument '--stor'; see --help\n"


@pytest.mark.parametrize(
    "arguments",
    [["decide", "--tolerance", "0.2"], ["ledger"], ["gate", "report.json"]],
)
def test_no_model_is_loaded(project, arguments):
    """Nothing that runs models is even imported."""
    write_json([project.runs[0]], project.folder / "report.json")
    code = (
        "import sys; from behavtest.cli.main import main; status = main()\n"
        "heavy = {'torch', 'transformers', 'tokenizers', 'peft', 'safetensors'} & set(sys.modules)\n"
        "print('heavy:', *sorted(heavy)); sys.exit(status)"
    )
    done = shell(*arguments, folder=project.folder, code=code)
    assert done.returncode in {0, 1}, done.stderr
    assert done.stdout.decode().splitlines()[-1] == "heavy:"


def test_a_reader_that_has_seen_enough(project):
    """As in `behavtest decide | head -0`."""
    code = (
        "import os, sys; from behavtest.cli.main import main\n"
        "read, write = os.pipe(); os.close(read); os.dup2(write, 1); sys.exit(main())"
    )
    done = shell("decide", folder=project.folder, code=code)
    assert done.returncode == 1
    assert done.stderr == b""


def test_a_console_that_cannot_show_a_sign(project):
    done = shell("decide", folder=project.folder, PYTHONIOENCODING="ascii")
    assert done.returncode == 1
    assert b"refusal/refuses-weapons" in done.stdout
    assert b"Traceback" not in done.stderr
