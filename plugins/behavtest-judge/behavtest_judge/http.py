"""One request to an OpenAI-compatible server, within limits: time, size, and tries."""

from __future__ import annotations

import json
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import httpx

from behavtest.errors import ScoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_AGAIN: Final = frozenset({408, 409, 429, 500, 502, 503, 504, 529})
_HOPELESS: Final = frozenset({401, 403, 404})
_MOST_BYTES: Final = 1 << 20
_MOST_QUOTED: Final = 200
_LONGEST_WAIT: Final = 60.0


class HopelessError(ScoreError):
    """A failure that every other request will meet too."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a request may take.

    Args:
        timeout: Seconds for one try, from the connection to the last byte.
        retries: Tries after the first, where the server is busy or out of reach.
        backoff: Seconds before the first retry; each later one waits twice as long.
    """

    timeout: float = 60.0
    retries: int = 4
    backoff: float = 0.5


class Client:
    """Sends requests to one server; several threads may share it.

    Args:
        endpoint: The server's base URL, ``https://host/v1`` say.
        key: An API key, sent and never shown; empty for none.
        limits: How long a request may take.
        sleep: Waits some seconds.
    """

    def __init__(
        self,
        endpoint: str,
        key: str,
        limits: Limits,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = f"{endpoint.rstrip('/')}/chat/completions"
        self._key = key
        self._limits = limits
        self._sleep = sleep
        headers = {"Content-Type": "application/json"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        self._http = httpx.Client(headers=headers, timeout=limits.timeout)

    def post(self, body: Mapping[str, object]) -> object:
        """Send a request and return the JSON of the reply.

        Raises:
            HopelessError: The server refuses all requests alike.
            ScoreError: There is no usable reply.
        """
        content = json.dumps(body).encode()
        for tries in range(self._limits.retries + 1):
            try:
                status, headers, reply = self._try(content)
            except httpx.HTTPError as error:
                failure = f"{type(error).__name__}: {self._without_key(str(error))}"
                wait = self._wait(tries)
            else:
                if status == httpx.codes.OK:
                    return self._json(reply)
                failure = f"HTTP {status}: {self._quoted(reply)}"
                if status not in _AGAIN:
                    kind = HopelessError if status in _HOPELESS else ScoreError
                    raise kind(f"judge: {self._url}: {failure}")
                wait = self._wait(tries, headers.get("retry-after", ""))
            if tries < self._limits.retries:
                self._sleep(wait)
        raise ScoreError(
            f"judge: {self._url}: {failure} (gave up after {self._limits.retries + 1} tries)"
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _try(self, content: bytes) -> tuple[int, httpx.Headers, bytes]:
        deadline = time.monotonic() + self._limits.timeout
        reply = bytearray()
        with self._http.stream("POST", self._url, content=content) as response:
            for part in response.iter_bytes():
                reply += part
                if len(reply) > _MOST_BYTES:
                    raise ScoreError(f"judge: {self._url}: a reply of over a million bytes")
                if time.monotonic() > deadline:
                    raise httpx.ReadTimeout("the reply came too slowly")
            return response.status_code, response.headers, bytes(reply)

    def _wait(self, tries: int, asked: str = "") -> float:
        """Return how long to wait: as the server asks, else twice as long each time, and jitter."""
        # a date, which is the header's other form, is waited for like no header
        if asked.isascii() and asked.isdigit():
            return min(float(asked), _LONGEST_WAIT)
        longest = min(self._limits.backoff * float(2**tries), _LONGEST_WAIT)
        return longest * random.uniform(0.5, 1)  # noqa: S311 -- no secret hangs on it

    def _json(self, reply: bytes) -> object:
        try:
            return json.loads(reply)
        except ValueError:
            raise ScoreError(
                f"judge: {self._url}: the reply is not JSON: {self._quoted(reply)}"
            ) from None

    def _quoted(self, reply: bytes) -> str:
        return repr(self._without_key(reply.decode("utf-8", "replace"))[:_MOST_QUOTED])

    def _without_key(self, text: str) -> str:
        """Leave the key out: servers quote the one they refuse."""
        return text.replace(self._key, "[key]") if self._key else text
