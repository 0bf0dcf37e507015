"""An engine process, seen from the session."""

from __future__ import annotations

import signal
from contextlib import contextmanager, suppress
from multiprocessing import get_context, resource_tracker
from typing import TYPE_CHECKING

from behavtest.errors import ModelError
from behavtest.sampling.sharded.messages import Batch, Cancel
from behavtest.sampling.sharded.worker import serve

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.connection import Connection

    from behavtest.sampling.sharded.messages import Job, Reply

_SECONDS_TO_END = 5.0


class EngineProcess:
    """One process, started at once; it does one job at a time.

    Args:
        device: Where its models run.
        threads: How many CPU threads it computes with; 0 leaves that to torch.

    Attributes:
        connection: Has something to read when the process has replied, or ended.
        job: The job it is at, None if it is free.

    Raises:
        ModelError: The system starts no more processes.
    """

    def __init__(self, device: str, *, threads: int) -> None:
        context = get_context("spawn")  # a forked process can use neither CUDA nor torch's threads
        self.job: int | None = None
        self.connection: Connection[Job | Cancel, Reply]
        self._device = device
        try:
            self.connection, theirs = context.Pipe()
            self._process = context.Process(
                target=serve,
                args=(theirs, device, threads),
                name=f"behavtest {device}",
                daemon=True,
            )
            with _deaf_to_ctrl_c():
                self._process.start()
        except OSError as error:
            raise ModelError(
                f"no engine process can be started for {device}: {error}; name fewer devices "
                "(--behavtest-device)"
            ) from error
        theirs.close()  # else the process's end would not close when it dies

    def begin(self, job: Job) -> None:
        """Hand over a job; the process must be free.

        Raises:
            ModelError: The process has died.
        """
        try:
            self.connection.send(job)
        except OSError:
            raise self._died() from None
        self.job = job.number

    def cancel(self) -> None:
        """Ask that the job be dropped; the process is free once its last reply is read."""
        if self.job is not None:
            with suppress(OSError):  # it has died, which whoever reads next will hear
                self.connection.send(Cancel(self.job))

    def receive(self) -> Reply:
        """Read the next reply.

        Raises:
            ModelError: The process has died.
        """
        try:
            reply = self.connection.recv()
        except (EOFError, OSError):
            raise self._died() from None
        if not isinstance(reply, Batch):
            self.job = None
        return reply

    def terminate(self) -> None:
        """Ask the process to end now, whatever it is at: it holds nothing that could be lost."""
        self._process.terminate()

    def join(self) -> None:
        """Wait until it has ended; make it, if it takes too long."""
        self._process.join(_SECONDS_TO_END)
        if self._process.exitcode is None:
            self._process.kill()
            self._process.join()
        self.connection.close()

    def _died(self) -> ModelError:
        self._process.join(_SECONDS_TO_END)
        code = self._process.exitcode
        return ModelError(
            f"the engine process on {self._device} {_how_it_ended(code)}; completions that "
            "reached the store are kept, and the same command goes on from there"
        )


def _how_it_ended(code: int | None) -> str:
    if code is None or code >= 0:
        return f"ended by itself (exit code {code}); what it printed last may say why"
    killed = f"was killed by {signal.Signals(-code).name} (exit code {code})"
    if -code == signal.SIGKILL:
        return (
            f"{killed}, as a system does that runs out of memory: use fewer devices, a smaller "
            "--behavtest-batch-size or a smaller --behavtest-dtype"
        )
    return killed


def end_all(processes: list[EngineProcess]) -> None:
    """End processes, all at a time, and forget them."""
    ending: Sequence[EngineProcess] = processes[:]
    processes.clear()
    for process in ending:
        process.terminate()
    for process in ending:
        process.join()


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Hold Ctrl-C back: processes started meanwhile never hear it, this one does afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # starting it on the way would lift the mask
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
