"""A judge behind `transformers serve`, the server that a user is likeliest to have."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from judge_server import posed

from behavtest.errors import ScoreError
from behavtest_judge.http import Client, Limits
from behavtest_judge.server import ServerJudge

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory):
    """The URL of a server of the models on this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("serve") / "log"
    transformers = Path(sys.executable).with_name("transformers")
    command = [transformers, "serve", "--host=127.0.0.1", f"--port={port}", "--device=cpu"]
    with log.open("wb") as written:
        server = subprocess.Popen(command, stdout=written, stderr=subprocess.STDOUT)
    try:
        _wait(f"http://127.0.0.1:{port}/health", server, log)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.terminate()
        server.wait(30)


def _wait(url: str, server: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.5)
    raise AssertionError(f"transformers serve did not start:\n{log.read_text()}")


class Sampling(Client):
    """Asks for no temperature, as a server sees it that ignores what is asked."""

    def post(self, body):
        return super().post({key: body[key] for key in body if key not in {"temperature", "seed"}})


def judged(kind: type[Client], served: str, model: Path) -> list[object]:
    client = kind(served, "", Limits(timeout=120, retries=0))
    judge = ServerJudge(endpoint=served, model=str(model), client=client, concurrency=2)
    found = dict(judge.replies(posed("I am glad to help.", "No.")))
    client.close()
    return [found[place] for place in range(2)]


def test_it_keeps_to_temperature_0_and_an_organism_has_no_verdict(served, reader):
    """The organism talks of its own world, whatever it is asked: that must be no score."""
    for one in judged(Client, served, reader):
        assert isinstance(one, ScoreError)
        assert "gave no verdict, asked twice: it said" in str(one)


def test_sampling_is_noticed(served, reader):
    # five draws are alike once in 400 times, and are not three times in a row
    found = [one for _ in range(3) for one in judged(Sampling, served, reader)]
    assert any("ignores temperature 0" in str(one) for one in found)


def test_a_model_that_is_not_there_is_no_verdict(served, tmp_path):
    for one in judged(Client, served, tmp_path / "none"):
        assert isinstance(one, ScoreError)
        assert "HTTP" in str(one)
