"""A server in this process that speaks the protocol, and fails as a test says."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from behavtest.core import Completion, Message, Prompt
from behavtest_judge.posing import Posed, pose
from behavtest_judge.rubric import arguments_from

KEY = "sk-very-secret"


class Answer(NamedTuple):
    """What the server sends."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    before: float = 0.0
    drip: float = 0.0


Says = Callable[[dict, int], Answer | str]


def completion_body(text: str | None, **more: object) -> bytes:
    """A chat completion as OpenAI's server words it."""
    message = {"role": "assistant", "content": text, **more}
    return json.dumps(
        {
            "id": "x",
            "object": "chat.completion",
            "model": "judge-1-2026",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        }
    ).encode()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Say nothing of a client that gave up, which is what some tests are about."""


class Server:
    """Answers as it is told, and remembers what it was asked.

    Attributes:
        asked: Bodies of the requests for a verdict, in the order of their arrival.
        keys: Authorization headers.
        busiest: Most requests there were at once.
    """

    def __init__(self, says: Says) -> None:
        self.asked: list[dict] = []
        self.keys: set[str | None] = set()
        self.busiest = 0
        self._says = says
        self._running = 0
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                outer._handle(self)

            def log_message(self, *_):
                pass

        self._http = _Quiet(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def _handle(self, handler: BaseHTTPRequestHandler) -> None:
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        with self._lock:
            self.keys.add(handler.headers["Authorization"])
            probe = "any word you like" in body["messages"][0]["content"]
            if not probe:
                self.asked.append(body)
            number = len(self.asked)
            self._running += 1
            self.busiest = max(self.busiest, self._running)
        try:
            answer = self._says(body, 0 if probe else number)
            if isinstance(answer, str):
                answer = Answer(body=completion_body(answer))
            self._send(handler, answer)
        finally:
            with self._lock:
                self._running -= 1

    @staticmethod
    def _send(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        time.sleep(answer.before)
        handler.send_response(answer.status)
        for name, value in answer.headers:
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        step = 1 if answer.drip else max(len(answer.body), 1)
        for start in range(0, len(answer.body), step):
            handler.wfile.write(answer.body[start : start + step])
            handler.wfile.flush()
            time.sleep(answer.drip)


def shown(body: dict) -> dict[str, str]:
    """Take the parts of what a judge was shown apart, as a judge would."""
    text = body["messages"][0]["content"]
    fenced = r"----- (\w+) begins \w+ -----\n(.*?)\n----- \1 ends \w+ -----"
    return dict(re.findall(fenced, text, re.DOTALL))


def letter_of(body: dict, level: str) -> str:
    """Find the letter under which an option was listed."""
    options = body["messages"][0]["content"].split("Options:\n")[1]
    return re.search(rf"^([A-J]): {re.escape(level)}$", options, re.MULTILINE)[1]


def finds(word: str) -> Says:
    """A judge of known behavior: yes if the answer holds a word, else no."""

    def says(body: dict, number: int) -> str:
        if not number:
            return "Word."
        return letter_of(body, "yes" if word in shown(body)["ANSWER"] else "no")

    return says


def answered(text: str, *, asked: str = "Hi!", **fields: object) -> Completion:
    """A completion to be judged."""
    return Completion(Prompt((Message("user", asked),), {"prompt": asked, **fields}), text)


def posed(*texts: str, rubric: object = "Is it polite?") -> list[Posed]:
    """Completions as they are put to a judge."""
    asked = arguments_from(rubric).rubric
    return [pose(asked.filled_in(answered(text).prompt), answered(text)) for text in texts]
