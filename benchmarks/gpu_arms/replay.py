"""Replay against decoding, where B is A with noise on its weights."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING

from engine_arms.answers import answers, count
from engine_arms.timing import Arm, alternate, ratio
from gpu_arms.workload import Workload, backend

if TYPE_CHECKING:
    from gpu_arms.models import Models
    from gpu_arms.scale import Scale

    from behavtest.core import Generation
    from behavtest.sampling.local import LocalBackend

AIM = 10.0


def measure(scale: Scale, models: Models, _bandwidth: float) -> dict[str, object]:
    """Measure every size of noise; without any, B is A, and all is accepted."""
    slots = max(scale.slots)
    a = backend(scale, models.plain, slots=slots)
    rows = []
    for noise in scale.noises:
        b = backend(scale, models.noisy(noise), slots=slots)
        rows.append({"noise": noise, **compare(scale, a, b, slots=slots)})
        b.release()
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
