"""The engine process of one device: opens models, answers its shard's requests."""

from __future__ import annotations

import signal
import traceback
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from behavtest.errors import BehavtestError
from behavtest.sampling.sharded.messages import (
    Batch,
    Broken,
    Failed,
    Finished,
    Generate,
    Job,
    Measure,
    Tell,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from multiprocessing.connection import Connection

    from behavtest.sampling.local import LocalBackend
    from behavtest.sampling.sharded.messages import Answers, Cancel, ModelSpec, Reply, Task


def serve(connection: Connection[Reply, Job | Cancel], device: str, threads: int) -> None:
    """Do one job after the other until the session hangs up.

    Ctrl-C is the session's to hear: a terminal sends it to every process in the group.

    Args:
        connection: To the session.
        device: Where this process's models run.
        threads: How many CPU threads it computes with; 0 leaves that to torch.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _use(device, threads)
    engine = _EngineWorker(device)
    # However the session ended, this is how its processes hear of it.
    with connection, suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            job = connection.recv()
            if isinstance(job, Job):  # a cancellation can come after the last reply
                _answer(connection, engine, job)


def _use(device: str, threads: int) -> None:
    import torch

    if threads:
        torch.set_num_threads(threads)
    if device.startswith("cuda"):
        torch.cuda.set_device(device)  # kernels that name no device run on the current one


def _answer(connection: Connection[Reply, Job | Cancel], engine: _EngineWorker, job: Job) -> None:
    replies = engine.replies(job)
    for reply in replies:
        connection.send(reply)
        # Until its last reply the only message about a job is that it is cancelled.
        if isinstance(reply, Batch) and connection.poll():
            connection.recv()
            replies.close()
            connection.send(Finished(job.number))


class _EngineWorker:
    """The models of one device.

    Args:
        device: Where they run.
    """

    def __init__(self, device: str) -> None:
        self._device = device
        self._models: dict[ModelSpec, LocalBackend] = {}

    def replies(self, job: Job) -> Generator[Reply, None, None]:
        """Do a job; the last reply, and only that, is no batch."""
        try:
            for answers in self._do(job.task):
                yield Batch(job.number, answers)
        except BehavtestError as error:
            yield Failed(job.number, error)
        except Exception as error:
            # Whatever it is, it must be heard where somebody reads it.
            text = f"in the engine process on {self._device}:\n{traceback.format_exc()}"
            yield Broken(job.number, text)
            raise SystemExit(1) from error
        else:
            yield Finished(job.number)

    def _do(self, task: Task) -> Iterator[Answers]:
        if isinstance(task, Generate):
            batches = self._open(task.model).generate(
                task.requests, task.settings, references=task.references
            )
            for batch in batches:
                yield [answer._replace(place=task.places[answer.place]) for answer in batch]
        elif isinstance(task, Measure):
            for measured in self._open(task.model).measure(task.continuations):
                yield [found._replace(place=task.places[found.place]) for found in measured]
        elif isinstance(task, Tell):
            model = self._open(task.model)
            for told in model.alternatives(task.beginnings, most=task.most):
                yield [found._replace(place=task.places[found.place]) for found in told]
        elif task.model in self._models:
            self._models[task.model].release()

    def _open(self, model: ModelSpec) -> LocalBackend:
        from behavtest.sampling.local import LocalBackend

        if model not in self._models:
            base = None if model.base is None else self._open(model.base)
            options = replace(model.options, device=self._device)
            self._models[model] = LocalBackend(model.reference, options, base=base)
        return self._models[model]
