"""How much each arm asks: in full on a GPU, or just enough to run on the CPU."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from engine_arms.shapes import Shape

SHAPES = {
    "1B": Shape(  # Llama 3.2 1B
        name="1B",
        hidden=2048,
        layers=16,
        heads=32,
        kv_heads=8,
        intermediate=8192,
        vocabulary=128_256,
    ),
    "8B": Shape(  # Llama 3.1 8B
        name="8B",
        hidden=4096,
        layers=32,
        heads=32,
        kv_heads=8,
        intermediate=14_336,
        vocabulary=128_256,
        tied=False,
    ),
}


LARGE = 2048


@dataclass(frozen=True)
class Scale:
    """What is measured.

    Args:
        shape: The model.
        device: Where it runs.
        dtype: What it computes in, as torch names it.
        slots: Rows decoded at once, each measured.
        prompt: Shortest and longest prompt in tokens.
        answers: Two answer lengths; decode throughput is of the tokens between them.
        mean_answer: Of the answers of mixed length.
        requests: For each of the most slots, where answers are of mixed length.
        caches: Cache implementations `model.generate` is tried with; None is its default.
        noises: Standard deviations of the noise on B's weights, as shares of the weights' own.
        repeats: Times each arm is timed.
        copied_bytes: Size of the copy that measures the memory's bandwidth.
    """

    shape: Shape
    device: str
    dtype: str
    slots: tuple[int, ...]
    prompt: tuple[int, int]
    answers: tuple[int, int]
    mean_answer: int
    requests: int
    caches: tuple[str | None, ...]
    noises: tuple[float, ...]
    repeats: int
    copied_bytes: int

    @property
    def torch_dtype(self) -> torch.dtype:
        """The type itself."""
        found: torch.dtype = getattr(torch, self.dtype)
        return found

    @property
    def longest(self) -> int:
        """Most tokens of an answer of mixed length."""
        return 4 * self.mean_answer

    @property
    def ends(self) -> int:
        """How many token ids end an answer where answers are of mixed length."""
        return self.shape.vocabulary // self.mean_answer

    def finish(self) -> None:
        """Wait for the device."""
        if self.device != "cpu":
            torch.cuda.synchronize()


def full(shape: Shape) -> Scale:
    """Return what is asked of a real shape on a GPU.

    Of models that take minutes to save and to read, fewer.
    """
    large = shape.hidden > LARGE
    return Scale(
        shape=shape,
        device="cuda",
        dtype="bfloat16",
        slots=(64, 256),
        prompt=(32, 256),
        answers=(64, 320),
        mean_answer=128,
        requests=2,
        caches=(None, "static"),
        noises=(0.0, 1e-2) if large else (0.0, 1e-3, 1e-2, 1e-1),
        repeats=2,
        copied_bytes=2**31,
    )


SMOKE = Scale(
    shape=Shape(
        name="tiny",
        hidden=32,
        layers=2,
        heads=4,
        kv_heads=2,
        intermediate=64,
        vocabulary=1024,
        context=128,
    ),
    device="cpu",
    dtype="float32",
    slots=(2, 4),
    prompt=(4, 8),
    answers=(4, 8),
    mean_answer=4,
    requests=2,
    caches=(None,),
    noises=(0.0, 1e-2),
    repeats=1,
    copied_bytes=2**20,
)
