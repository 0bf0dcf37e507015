"""The engine processes of a run, and the jobs they are at."""

from __future__ import annotations

import itertools
import weakref
from collections import deque
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

from behavtest.errors import ModelError
from behavtest.sampling.sharded.messages import Batch, Broken, Failed, Finished, Job
from behavtest.sampling.sharded.process import EngineProcess, end_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from behavtest.sampling.sharded.messages import Answers, Reply, Task


class Shards:
    """One engine process per device, started when first needed and ended with this object.

    Args:
        devices: Where they run, as `pick_devices` gives them.
    """

    def __init__(self, devices: Sequence[str]) -> None:
        self.devices = tuple(devices)
        self._processes: list[EngineProcess] = []
        self._numbers = itertools.count()
        self._replies: dict[int, deque[Reply]] = {}  # of the jobs that somebody waits for
        weakref.finalize(self, end_all, self._processes)

    @property
    def started(self) -> bool:
        """Whether there are processes."""
        return bool(self._processes)

    def close(self) -> None:
        """End the processes; `run` would start new ones."""
        for number, replies in self._replies.items():
            replies.append(Failed(number, ModelError("the engine processes have been ended")))
        end_all(self._processes)

    def run(self, tasks: Mapping[int, Task]) -> Iterator[Answers]:
        """Do a task on each of some shards.

        Args:
            tasks: Shard -> its task.

        Yields:
            Batches in the order they are ready; left half-way, the rest is cancelled.

        Raises:
            BehavtestError: What a shard raised; the others are cancelled.
            ModelError: A process died.
            RuntimeError: A mistake of ours in a process, with the traceback.
        """
        number = next(self._numbers)
        replies = self._replies[number] = deque()
        try:
            self._begin(number, tasks)
            unfinished = len(tasks)
            while unfinished:
                while not replies:
                    self._receive()
                reply = replies.popleft()
                match reply:
                    case Batch():
                        yield reply.answers
                    case Finished():
                        unfinished -= 1
                    case Failed():
                        raise reply.error
                    case Broken():
                        self.close()
                        raise RuntimeError(reply.traceback)
        finally:
            del self._replies[number]
            for process in self._processes:
                if process.job == number:
                    process.cancel()

    def _begin(self, number: int, tasks: Mapping[int, Task]) -> None:
        with self._ended_if_broken():
            if not self._processes:
                threads = self._threads()
                for device in self.devices:
                    self._processes.append(EngineProcess(device, threads=threads))
            processes = self._processes[:]
            for shard, task in tasks.items():
                while processes[shard].job is not None:
                    self._receive()
                processes[shard].begin(Job(number, task))

    def _threads(self) -> int:
        """Share the CPU's threads out; a process that drives a GPU needs few and takes no share."""
        import torch

        if not self.devices[0].startswith("cpu"):
            return 0
        return max(1, torch.get_num_threads() // len(self.devices))

    def _receive(self) -> None:
        """Wait for a reply and keep it for whoever waits for it; a cancelled job's is dropped."""
        with self._ended_if_broken():
            busy = {
                process.connection: process
                for process in self._processes
                if process.job is not None
            }
            for connection in wait(list(busy)):
                reply = busy[connection].receive()  # type: ignore[index]  # we gave connections
                if reply.number in self._replies:
                    self._replies[reply.number].append(reply)

    @contextmanager
    def _ended_if_broken(self) -> Iterator[None]:
        """End all processes if one has died, or if Ctrl-C may have cut a message in two."""
        try:
            yield
        except (ModelError, KeyboardInterrupt):
            self.close()
            raise
