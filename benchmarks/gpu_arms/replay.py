"""Replay against decoding, where B is A with noise on its weights."""

from __future__ import annotations

import shutil
from statistics import fmean
from typing import TYPE_CHECKING

import torch
from engine_arms.chatworld import answers
from engine_arms.replay import count
from engine_arms.shapes import save, save_model
from engine_arms.timing import Arm, alternate, ratio
from gpu_arms.workload import Workload, backend
from transformers import LlamaForCausalLM

if TYPE_CHECKING:
    from pathlib import Path

    from gpu_arms.scale import Scale

    from behavtest.core import Generation
    from behavtest.sampling.local import LocalBackend

AIM = 10.0


def measure(scale: Scale, folder: Path, _bandwidth: float) -> dict[str, object]:
    """Measure every size of noise; without any, B is A, and all is accepted."""
    base, modified = folder / "a", folder / "b"
    save(scale.shape, base, dtype=scale.torch_dtype)
    slots = max(scale.slots)
    a = backend(scale, base, slots=slots)
    rows = []
    for noise in scale.noises:
        add_noise(base, modified, noise=noise, scale=scale)
        b = backend(scale, modified, slots=slots)
        rows.append({"noise": noise, **compare(scale, a, b, slots=slots)})
        b.release()
        shutil.rmtree(modified)
    a.release()
    return {
        "aim": AIM,
        "requests": slots,
        "answer_tokens": scale.answers[1],
        "rows": rows,
    }


def compare(scale: Scale, a: LocalBackend, b: LocalBackend, *, slots: int) -> dict[str, object]:
    """Answer with B by replay and in full, in turn, each time new requests that A has answered."""
    work = Workload(scale, count=slots, longest=scale.answers[1])
    references: list[Generation] = []

    def renew() -> None:
        work.renew()
        references[:] = [one.generation for one in answers(a, work.job)]

    arms = {
        "in_full": Arm(lambda: answers(b, work.job), renew),
        "replayed": Arm(lambda: answers(b, work.job, references), renew),
    }
    times = alternate(arms, repeats=scale.repeats, finish=scale.finish)
    columns = (answers(b, work.job, references), answers(b, work.job), references)
    counts = [count(*answered) for answered in zip(*columns, strict=True)]
    tokens = sum(one.tokens for one in counts)
    return {
        "accepted_share": 1 - sum(one.decoded for one in counts) / tokens,
        "same_answer_share": fmean(one.parted == 0 for one in counts),
        "answers_changed_by_replay": sum(one.changed for one in counts),
        "decoding_over_replay": ratio(times["in_full"], times["replayed"]),
    }


def add_noise(base: Path, target: Path, *, noise: float, scale: Scale) -> None:
    """Save a model with Gaussian noise on every matrix, in units of its own standard deviation.

    The sum is rounded to the model's type: in bf16, noise under 0.2 % of a weight mostly vanishes.
    """
    model = LlamaForCausalLM.from_pretrained(base, dtype=scale.torch_dtype).to(scale.device)
    generator = torch.Generator(device=scale.device).manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            if noise and parameter.dim() > 1:
                exact = parameter.float()
                drawn = torch.randn(
                    exact.shape, generator=generator, device=exact.device, dtype=exact.dtype
                )
                parameter.copy_(exact + noise * exact.std() * drawn)
    save_model(model, target)
