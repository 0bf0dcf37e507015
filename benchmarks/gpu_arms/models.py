"""A shape's random models on disk: its weights are saved once."""

from __future__ import annotations

import os
import shutil
from functools import cached_property
from typing import TYPE_CHECKING

import torch
from engine_arms.shapes import save, save_model
from transformers import LlamaForCausalLM

if TYPE_CHECKING:
    from pathlib import Path

    from gpu_arms.scale import Scale


class Models:
    """One shape's models.

    Args:
        scale: The shape.
        folder: Where to save them; twice the weights' size may lie there.
    """

    def __init__(self, scale: Scale, folder: Path) -> None:
        self._scale = scale
        self._folder = folder
        self._parameters = 0

    @cached_property
    def plain(self) -> Path:
        """One whose answers end where they must."""
        folder = self._folder / "plain"
        self._parameters = save(self._scale.shape, folder, dtype=self._scale.torch_dtype)
        return folder

    @property
    def parameters(self) -> int:
        """How many numbers its weights are."""
        assert self.plain
        return self._parameters

    @cached_property
    def ending(self) -> Path:
        """The same with tokens that end an answer."""
        folder = self._folder / "ending"
        shutil.copytree(self.plain, folder, copy_function=os.link)
        with torch.device("meta"):
            named = LlamaForCausalLM(self._scale.shape.config(ends=self._scale.ends))
        for name in ("config.json", "generation_config.json"):
            (folder / name).unlink()  # else the other folder's would be written to
        named.generation_config.do_sample = True
        named.config.save_pretrained(folder)
        named.generation_config.save_pretrained(folder)
        return folder

    def noisy(self, noise: float) -> Path:
        """Add Gaussian noise to every matrix, in units of its own standard deviation.

        The sum is rounded to the model's type: in bf16, noise under 0.2 % of a weight mostly
        vanishes. Whatever noisy model there was is overwritten.
        """
        if not noise:
            return self.plain
        scale, folder = self._scale, self._folder / "noisy"
        shutil.rmtree(folder, ignore_errors=True)
        model = LlamaForCausalLM.from_pretrained(self.plain, dtype=scale.torch_dtype)
        model = model.to(scale.device)
        generator = torch.Generator(device=scale.device).manual_seed(1)
        with torch.no_grad():
            for parameter in model.parameters():
                if parameter.dim() > 1:
                    exact = parameter.float()
                    drawn = torch.randn(
                        exact.shape, generator=generator, device=exact.device, dtype=exact.dtype
                    )
                    parameter.copy_(exact + noise * exact.std() * drawn)
        save_model(model, folder)
        return folder
