"""The session's options for judges, and the judges they open."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from behavtest.sampling import BackendOptions
from behavtest_judge.bench import Bench
from behavtest_judge.cache import VerdictCache
from behavtest_judge.labelled import read_labelled
from behavtest_judge.local import LocalJudge
from behavtest_judge.rubric import arguments_from
from behavtest_judge.scorer import Judge
from behavtest_judge.server import Client, Limits, ServerJudge

if TYPE_CHECKING:
    from collections.abc import Callable

    from behavtest.sampling import Backend

KEY: Final = "BEHAVTEST_JUDGE_API_KEY"
MODEL: Final = "BEHAVTEST_JUDGE_MODEL"
ENDPOINT: Final = "BEHAVTEST_JUDGE_ENDPOINT"


class JudgeError(ValueError):
    """No judge can be opened; the message is a sentence for the author."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the ini file says of judges.

    Args:
        root: The project's folder, to which suites and the ini file give paths.
        model: The judge: a server's name for it, or a folder; empty if none is named.
        endpoint: A server's base URL; empty for a model on this machine.
        cache: File of verdicts.
        limits: How long a request may take.
        concurrency: Most requests at once.
        max_tokens: Most tokens of a reply.
        sampled: Whether a server that ignores temperature 0 is accepted.
        device: Where a model on this machine runs.
    """

    root: Path
    model: str = ""
    endpoint: str = ""
    cache: Path = Path(".behavtest/judge.sqlite")
    limits: Limits = field(default_factory=Limits)
    concurrency: int = 8
    max_tokens: int = 16
    sampled: bool = False
    device: str = "cpu"


class Judges:
    """Opens judges, and remembers them for the report.

    Args:
        settings: The session's.
        open_model: Opens a model on this machine.
    """

    def __init__(
        self, settings: Settings, open_model: Callable[[str, BackendOptions], Backend]
    ) -> None:
        self._settings = settings
        self._open_model = open_model
        self._benches: dict[tuple[str, str], Bench] = {}
        self._clients: list[Client] = []
        self.opened: list[Judge] = []

    def make(self, arguments: object) -> Judge:
        """Make a scorer from what a suite writes.

        Raises:
            ValueError: The arguments are wrong, or no judge is named.
            ModelError: The judge is a folder without a model.
        """
        given = arguments_from(arguments)
        labelled = given.labelled
        examples = () if labelled is None else read_labelled(self._settings.root / labelled)
        judge = Judge(given.rubric, self._bench(given.model, given.endpoint), examples)
        for example in examples:
            judge.check(example.completion.prompt)
        self.opened.append(judge)
        return judge

    def close(self) -> None:
        """Close the connections to servers."""
        for client in self._clients:
            client.close()

    def _bench(self, model: str | None, endpoint: str | None) -> Bench:
        model = model or os.environ.get(MODEL) or self._settings.model
        if not model:
            raise JudgeError(
                "judge needs a model: name it as `model`, in the ini option behavtest_judge_model, "
                f"or in the environment variable {MODEL}"
            )
        folder = self._settings.root / Path(model).expanduser()
        if endpoint is None:
            told = os.environ.get(ENDPOINT) or self._settings.endpoint
            endpoint = "" if folder.is_dir() else told
        known = (endpoint, model)
        if known not in self._benches:
            respondent = self._server(endpoint, model) if endpoint else self._local(folder, model)
            cache = VerdictCache(self._settings.root / self._settings.cache)
            self._benches[known] = Bench(respondent, cache)
        return self._benches[known]

    def _server(self, endpoint: str, model: str) -> ServerJudge:
        url = urlsplit(endpoint)
        if url.scheme not in {"http", "https"} or not url.hostname:
            raise JudgeError(f"endpoint: {endpoint!r} is no URL such as https://host/v1")
        if url.username or url.password or url.query or url.fragment:
            raise JudgeError(
                f"endpoint: give the address alone, and the key in the environment variable {KEY}"
            )
        settings = self._settings
        key = os.environ.get(KEY, "").strip()
        if not (key.isascii() and key.isprintable()):
            raise JudgeError(f"the key in {KEY} has characters that no key has")
        client = Client(endpoint, key, settings.limits)
        self._clients.append(client)
        return ServerJudge(
            endpoint=endpoint,
            model=model,
            client=client,
            max_tokens=settings.max_tokens,
            concurrency=settings.concurrency,
            sampled=settings.sampled,
        )

    def _local(self, folder: Path, model: str) -> LocalJudge:
        reference = str(folder) if folder.is_dir() else model
        return LocalJudge(self._open_model(reference, BackendOptions(device=self._settings.device)))
