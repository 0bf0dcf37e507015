"""The sampler alone: searching against drawing all the noise, of the same tokens."""

from __future__ import annotations

import torch
from noise_arms.timed import milliseconds, timed, times_as_long

from behavtest.core import SamplingSettings
from behavtest.sampling.choose import choose, choose_flagged
from behavtest.sampling.noise import gumbel_noise
from behavtest.sampling.warp import warp

SIZES = [  # rows and vocabulary: of decode steps, and the last of a replay
    (32, 1024),
    (32, 32_000),
    (32, 128_256),
    (32, 151_936),
    (2560, 1024),
]
SETTINGS = {
    "plain": SamplingSettings(),
    "top-k 50": SamplingSettings(temperature=0.7, top_k=50),
    "top-p 0.95": SamplingSettings(top_p=0.95),
}


def logits_of(kind: str, rows: int, vocabulary: int, device: torch.device) -> torch.Tensor:
    """Make logits: of a language's rank-frequency law, of an untrained model, or between them."""
    random = torch.Generator().manual_seed(0)
    normal = torch.randn(rows, vocabulary, generator=random)
    if kind == "language: the r-th likeliest token has probability r**-1.5":
        normal = -1.5 * (normal.argsort(dim=-1).argsort(dim=-1) + 1.0).log()
    elif kind == "normal, standard deviation 3":
        normal = normal * 3
    return normal.to(device)


KINDS = [
    "language: the r-th likeliest token has probability r**-1.5",
    "normal, standard deviation 1",
    "normal, standard deviation 3",
]


def in_full(
    logits: torch.Tensor,
    settings: SamplingSettings,
    *,
    seeds: torch.Tensor,
    positions: torch.Tensor,
) -> torch.Tensor:
    """Choose tokens the long way: all the noise, and for top-p the vocabulary sorted."""
    logits = warp(logits, settings)
    if settings.top_p < 1:
        ranked, order = logits.sort(dim=-1, descending=True, stable=True)
        shares = ranked.softmax(dim=-1)
        outside = (shares.cumsum(dim=-1) - shares) >= settings.top_p
        logits = logits.scatter(-1, order, ranked.masked_fill(outside, -torch.inf))
    return (logits + gumbel_noise(seeds, positions, logits.shape[-1])).argmax(dim=-1)


def measure(device: torch.device, *, repeats: int) -> list[dict[str, object]]:
    """Measure every size, kind of logits and settings.

    What `choose` does beside sampling, log-probabilities, is in its time and in that of greedy
    decoding, and not in that of drawing all the noise.
    """
    return [
        row(rows, vocabulary, kind, device, repeats=repeats)
        for rows, vocabulary in SIZES
        for kind in KINDS
    ]


def row(
    rows: int, vocabulary: int, kind: str, device: torch.device, *, repeats: int
) -> dict[str, object]:
    """Measure one size and kind of logits under all settings."""
    logits = logits_of(kind, rows, vocabulary, device)
    random = torch.Generator().manual_seed(1)
    seeds = torch.randint(-(2**63), 2**63 - 1, (rows,), generator=random).to(device)
    keys = {"seeds": seeds, "positions": torch.arange(rows, device=device)}
    found = {}
    for name, settings in SETTINGS.items():
        chosen = choose(logits, **keys, settings=settings)
        flagged = choose_flagged(logits, **keys, settings=settings)
        times = timed(
            {
                "in full": lambda settings=settings: in_full(logits, settings, **keys),
                "choose": lambda settings=settings: choose(logits, **keys, settings=settings),
                "choose_flagged": lambda settings=settings: choose_flagged(
                    logits, **keys, settings=settings
                ),
                "greedy": lambda: choose(logits, **keys, settings=SamplingSettings(temperature=0)),
            },
            device,
            repeats=repeats,
        )
        found[name] = {
            "same_tokens": float(
                (chosen.tokens == in_full(logits, settings, **keys)).float().mean()
            ),
            "flagged_rows": round(float(flagged.flagged.float().mean()), 4),
            "milliseconds": milliseconds(times),
            "in_full_over_choose": times_as_long(times, "in full", "choose"),
            "in_full_over_choose_flagged": times_as_long(times, "in full", "choose_flagged"),
        }
        print(f"{rows} x {vocabulary}, {kind}, {name}: {found[name]['milliseconds']}", flush=True)
    return {"rows": rows, "vocabulary": vocabulary, "logits": kind, "settings": found}
