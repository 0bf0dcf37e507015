"""A judge behind an OpenAI-compatible server."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING, Final

import msgspec

from behavtest.errors import ScoreError
from behavtest_judge.http import Client, HopelessError, Limits
from behavtest_judge.reply import Reply, letter_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from behavtest_judge.posing import Posed

_PROBES: Final = 5
_PROBE: Final = "Write one word, any word you like, and nothing else."
_PROBE_TOKENS: Final = 8
_SHOWN: Final = 120
_REMINDER: Final = "Reply with one letter, {letters}, and nothing else."


class _Message(msgspec.Struct):
    content: str | None = None
    refusal: str | None = None


class _Choice(msgspec.Struct):
    message: _Message
    finish_reason: str | None = None


class _Answer(msgspec.Struct):
    choices: list[_Choice]
    model: str = ""


class ServerJudge:
    """A model behind an OpenAI-compatible server, asked greedily for one letter.

    Args:
        endpoint: The server's base URL.
        model: The model, as the server names it.
        client: Sends the requests.
        max_tokens: Most tokens of a reply; more than a few are for a model that thinks first.
        concurrency: Most requests at once.
        sampled: Whether a server that cannot be held to temperature 0 is accepted.
    """

    def __init__(  # noqa: PLR0913 -- what decides a reply, and how it is got
        self,
        *,
        endpoint: str,
        model: str,
        client: Client,
        max_tokens: int = 16,
        concurrency: int = 8,
        sampled: bool = False,
    ) -> None:
        self.name = f"{model} at {endpoint}"
        self._endpoint = endpoint
        self._model = model
        self._client = client
        self._max_tokens = max_tokens
        self._concurrency = concurrency
        self._sampled = sampled
        self._lock = threading.Lock()
        self._hopeless: HopelessError | None = None
        self._probed = sampled

    @property
    def identity(self) -> str:
        """All that determines a reply besides what is posed."""
        return json.dumps(["server", self._endpoint, self._model, self._max_tokens, self._sampled])

    def replies(self, posed: Sequence[Posed]) -> Iterator[tuple[int, Reply | ScoreError]]:
        """Judge completions, several at once."""
        try:
            self._probe()
        except ScoreError as error:
            for place in range(len(posed)):
                yield place, error
            return
        with ThreadPoolExecutor(self._concurrency, "behavtest-judge") as threads:
            running = {threads.submit(self._judge, one): at for at, one in enumerate(posed)}
            try:
                for finished in as_completed(running):
                    yield running[finished], finished.result()
            finally:
                # Ctrl-C waits for the requests under way, not for those to come
                threads.shutdown(wait=False, cancel_futures=True)

    def _judge(self, posed: Posed) -> Reply | ScoreError:
        messages = [{"role": "user", "content": posed.text}]
        reminder = _REMINDER.format(letters=" or ".join(posed.letters))
        try:
            answer = self._ask(messages, self._max_tokens)
            letter = letter_in(answer.text, posed.levels)
            if letter is None:
                again = [{"role": "assistant", "content": answer.text}]
                again += [{"role": "user", "content": reminder}]
                answer = self._ask(messages + again, self._max_tokens)
                letter = letter_in(answer.text, posed.levels)
        except ScoreError as error:
            return error
        if letter is None:
            return ScoreError(
                f"judge: {self.name} gave no verdict, asked twice: it said "
                f"{answer.text[:_SHOWN]!r}, and one letter of {posed.letters} was expected"
            )
        return answer._replace(letter=letter)

    def _ask(self, messages: Sequence[dict[str, str]], max_tokens: int, *, seed: int = 0) -> Reply:
        """Ask once; the letter is yet to be read."""
        if self._hopeless is not None:
            raise self._hopeless
        body = {"model": self._model, "messages": messages, "max_tokens": max_tokens, "n": 1}
        if not self._sampled:
            body |= {"temperature": 0, "seed": seed}
        try:
            found = self._client.post(body)
        except HopelessError as error:
            self._hopeless = error
            raise
        try:
            answer = msgspec.convert(found, type=_Answer)
        except msgspec.ValidationError as error:
            raise ScoreError(f"judge: {self.name}: the reply has another shape: {error}") from None
        if not answer.choices:
            raise ScoreError(f"judge: {self.name}: the reply has no choices")
        message = answer.choices[0].message
        if message.refusal:
            raise ScoreError(f"judge: {self.name} refuses: {message.refusal[:_SHOWN]!r}")
        return Reply("", message.content or "", answer.model)

    def _probe(self) -> None:
        """Find out whether the server keeps to temperature 0, which some ignore and answer 200.

        A sampled verdict would be noise of the judge's own, and another one in each repetition.

        Raises:
            ScoreError: It does not, or cannot be asked.
        """
        with self._lock:
            if self._probed:
                return
            message = [{"role": "user", "content": _PROBE}]
            # with other seeds, which change nothing unless something is drawn
            texts = {self._ask(message, _PROBE_TOKENS, seed=seed).text for seed in range(_PROBES)}
            if len(texts) > 1:
                first, second, *_ = sorted(texts)
                raise ScoreError(
                    f"judge: {self.name} ignores temperature 0: asked the same, it said "
                    f"{first[:_SHOWN]!r} and {second[:_SHOWN]!r}; use a server that keeps to it, "
                    "or accept verdicts that vary (ini: behavtest_judge_sampled = true)"
                )
            self._probed = True


__all__ = ["Client", "Limits", "ServerJudge"]
