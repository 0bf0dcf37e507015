"""The learned-bet test of Richter et al. (ICLR 2025, arXiv 2410.19406), for binary scores.

Each pair of scores (a, b) multiplies the wealth by [1 + phi(g(a)) - phi(g(b))] e^-eps, with
phi = tanh / 2 and g a network 1-32-32-1 trained on earlier batches only. Its null is
sup_g |E phi(g(A)) - E phi(g(B))| <= eps: under it a factor's expectation is at most
(1 + eps) e^-eps <= 1, so the wealth is an e-process, for coupled pairs too.

How eps maps to the tolerance: a binary score takes two values, so
E phi(g(A)) - E phi(g(B)) = (phi(g(1)) - phi(g(0))) (P(A = 1) - P(B = 1)), and the first factor
lies in (-1, 1). The supremum is therefore |Delta| exactly, and eps = tolerance makes the null
"|Delta| <= tolerance". The test is two-sided, and can only reject: it never shows `holds`.

Settings are those of the authors' public code (LayerNorm, ReLU, Adam at 5e-4, at most 100 epochs
per batch, early stopping with patience 10 on the newest batch, wealth looked at after each
batch), with the paper's batches of 100. Two departures, both in the test's favour: the early
stopper forgets the best loss of an earlier batch, and `skipping_first` does not bet the untrained
network on the first batch, which costs 100 eps nats (`as_published` does).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import torch
from efficiency_arms.scenarios import ALPHA, IntArray, Law, draw
from torch import Tensor
from torch.nn import functional

BATCH = 100
BATCHES = 20
"""Batches after which a run counts as undecided."""

WIDTH = 32
RATE = 5e-4
EPOCHS = 100
PATIENCE = 10
FIRST_TRAINED = 80
"""Of the first batch, the pairs trained on; the rest validate."""

BETAS = (0.9, 0.999)
STABILISER = 1e-8
SHAPES = ((1, WIDTH), (WIDTH,), (WIDTH, WIDTH), (WIDTH,), (WIDTH, 1), (1,))
SIZES = [math.prod(shape) for shape in SHAPES]


class LearnedStops(NamedTuple):
    """Pairs to a rejection in each run, 0 where there was none, shape (runs,) each.

    Args:
        skipping_first: Not betting on the first batch.
        as_published: Betting the untrained network on it.
    """

    skipping_first: IntArray
    as_published: IntArray


def fresh_parameters(runs: int, generator: torch.Generator) -> Tensor:
    """Return one row of parameters per run: PyTorch's initial linear layers, LayerNorm at 1, 0."""
    fan_in = [1, 1, WIDTH, WIDTH, WIDTH, WIDTH]
    linear = [
        (2 * torch.rand((runs, size), generator=generator) - 1) / math.sqrt(inputs)
        for size, inputs in zip(SIZES, fan_in, strict=True)
    ]
    norms = torch.tensor([1.0, 0.0, 1.0, 0.0]).repeat_interleave(WIDTH).expand(runs, -1)
    return torch.cat([*linear, norms], dim=1)


def bet(parameters: Tensor) -> Tensor:
    """Return phi(g(1)) - phi(g(0)) of each run's network, shape (runs,)."""
    parts = torch.split(parameters, [*SIZES, *(4 * [WIDTH])], dim=1)
    first, first_bias, second, second_bias, last, last_bias, *norms = parts
    scale, shift, scale_2, shift_2 = (norm[:, None] for norm in norms)
    scores = torch.tensor([[0.0], [1.0]])
    hidden = scores * first[:, None] + first_bias[:, None]
    hidden = functional.relu(functional.layer_norm(hidden, (WIDTH,)) * scale + shift)
    hidden = hidden @ second.view(-1, WIDTH, WIDTH) + second_bias[:, None]
    hidden = functional.relu(functional.layer_norm(hidden, (WIDTH,)) * scale_2 + shift_2)
    phi = torch.tanh(hidden @ last[:, :, None] + last_bias[:, None])[..., 0] / 2
    return phi[:, 1] - phi[:, 0]


def log_growth(bets: Tensor, values: Tensor) -> Tensor:
    """Return the summed log factor, without eps, of pairs with D = values, shape (runs,).

    Args:
        bets: As `bet` returns.
        values: Shape (runs, n): -1 where A passes and B fails, 1 the other way round, else 0.
    """
    losses = (values < 0).sum(dim=1)
    gains = (values > 0).sum(dim=1)
    return losses * torch.log1p(bets) + gains * torch.log1p(-bets)


class Learner:
    """The networks of all runs, trained side by side; each with its own Adam and early stopping."""

    def __init__(self, runs: int, generator: torch.Generator) -> None:
        self.parameters = fresh_parameters(runs, generator)
        self.generator = generator
        self._mean = torch.zeros_like(self.parameters)
        self._square = torch.zeros_like(self.parameters)
        self._steps = torch.zeros((runs, 1))

    def bets(self) -> Tensor:
        """Return the bets now, shape (runs,)."""
        with torch.no_grad():
            return bet(self.parameters)

    def fit(self, trained: Tensor, validating: Tensor) -> None:
        """Train until every run has stopped early, or `EPOCHS` epochs.

        Args:
            trained: Values of D, shape (runs, n).
            validating: Shape (runs, m).
        """
        runs = len(trained)
        best = torch.full((runs,), math.inf)
        waited = torch.zeros(runs)
        for _ in range(EPOCHS):
            order = torch.rand(trained.shape, generator=self.generator).argsort(dim=1)
            active = (waited < PATIENCE)[:, None]
            for minibatch in torch.split(trained.gather(1, order), BATCH, dim=1):
                self._step(minibatch, active)
            loss = -log_growth(self.bets(), validating)
            waited = torch.where(loss < best, 0, waited + (loss > best))
            waited = torch.where(active[:, 0], waited, PATIENCE)
            best = torch.minimum(loss, best)
            if bool((waited >= PATIENCE).all()):
                break

    def _step(self, minibatch: Tensor, active: Tensor) -> None:
        """Take one step of Adam in the active runs."""
        parameters = self.parameters.requires_grad_()
        loss = -log_growth(bet(parameters), minibatch).sum() / minibatch.shape[1]
        (gradient,) = torch.autograd.grad(loss, parameters)
        mean = BETAS[0] * self._mean + (1 - BETAS[0]) * gradient
        square = BETAS[1] * self._square + (1 - BETAS[1]) * gradient**2
        steps = self._steps + 1
        scaled = (square / (1 - BETAS[1] ** steps)).sqrt() + STABILISER
        moved = parameters.detach() - RATE * mean / (1 - BETAS[0] ** steps) / scaled
        self.parameters = torch.where(active, moved, parameters.detach())
        self._mean = torch.where(active, mean, self._mean)
        self._square = torch.where(active, square, self._square)
        self._steps = torch.where(active, steps, self._steps)


def learned_stops(seed: list[int], law: Law, tolerance: float, runs: int) -> LearnedStops:
    """Return when runs of the test reject, after at most `BATCHES` batches."""
    rng = np.random.default_rng(seed)
    generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
    drawn = draw(rng, law, runs * BATCHES * BATCH).reshape(runs, -1)
    values = torch.from_numpy(drawn)
    learner = Learner(runs, generator)
    wealth = log_growth(learner.bets(), values[:, :BATCH]) - BATCH * tolerance
    cost = wealth.clone()
    stops = torch.zeros((2, runs), dtype=torch.int64)
    for batch in range(1, BATCHES):
        seen = batch * BATCH
        validating = FIRST_TRAINED if batch == 1 else seen - BATCH
        learner.fit(values[:, :validating], values[:, validating:seen])
        test = values[:, seen : seen + BATCH]
        wealth = wealth + log_growth(learner.bets(), test) - BATCH * tolerance
        crossed = torch.stack([wealth - cost, wealth]) > -math.log(ALPHA)
        stops = torch.where((stops == 0) & crossed, seen + BATCH, stops)
        if bool((stops > 0).all()):
            break
    return LearnedStops(stops[0].numpy(), stops[1].numpy())


def greatest_growth(law: Law, tolerance: float) -> float:
    """Return the best network's expected log factor per pair, in nats; below 0 none ever rejects.

    phi(g(1)) - phi(g(0)) = s in (-1, 1) earns loss log(1 + s) + gain log(1 - s) - eps; the best s
    is (loss - gain) / (loss + gain). The price eps is paid whatever s is, which is why a small
    change among many flips has no price the test can afford.
    """
    flips = law.loss + law.gain
    stake = min((law.loss - law.gain) / flips, 1 - 1e-9) if flips else 0.0
    return law.loss * math.log1p(stake) + law.gain * math.log1p(-stake) - tolerance
