"""`model.generate` of transformers, given every advantage."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transformers import PreTrainedModel, PreTrainedTokenizerBase

PAD = 0


@dataclass(frozen=True)
class Way:
    """How `model.generate` is called.

    Args:
        attention: ``sdpa`` or ``eager``.
        batch: Rows at once.
        cache: transformers' name of a cache implementation; None is its default.
    """

    attention: str
    batch: int
    cache: str | None = None

    def __str__(self) -> str:
        """Say it for people."""
        cache = f", {self.cache} cache" if self.cache else ""
        return f"{self.attention}, batch {self.batch}{cache}"


@dataclass
class HuggingFace:
    """A model and its tokenizer, loaded once.

    Args:
        folder: Where they are.
        device: Where the model runs.
        dtype: What it computes in.
    """

    folder: str
    device: str = "cpu"
    dtype: torch.dtype = torch.float32
    model: PreTrainedModel = field(init=False)
    tokenizer: PreTrainedTokenizerBase = field(init=False)

    def __post_init__(self) -> None:
        self.model = AutoModelForCausalLM.from_pretrained(self.folder, dtype=self.dtype)
        self.model = self.model.to(self.device).eval()
        self.tokenizer = AutoTokenizer.from_pretrained(self.folder)

    def settings(self, most: int, **more: object) -> GenerationConfig:
        """Return sampling at temperature 1, ended by the folder's end tokens."""
        return GenerationConfig(
            do_sample=True,
            temperature=1.0,
            top_k=0,
            top_p=1.0,
            max_new_tokens=most,
            eos_token_id=self.model.generation_config.eos_token_id,
            pad_token_id=PAD,
            **more,
        )

    def texts(self, prompts: Sequence[tuple[int, ...]], *, most: int, way: Way) -> list[str]:
        """Answer prompts with texts, in the order of the prompts; see `outputs`."""
        found = [""] * len(prompts)
        for places, out in self.outputs(prompts, most=most, way=way):
            texts = self.tokenizer.batch_decode(out, skip_special_tokens=True)
            for place, text in zip(places, texts, strict=True):
                found[place] = text
        return found

    def count(self, prompts: Sequence[tuple[int, ...]], *, most: int, way: Way) -> int:
        """Answer prompts and count the tokens of the answers; see `outputs`."""
        return sum(int((out != PAD).sum()) for _, out in self.outputs(prompts, most=most, way=way))

    def outputs(
        self, prompts: Sequence[tuple[int, ...]], *, most: int, way: Way
    ) -> Iterator[tuple[list[int], torch.Tensor]]:
        """Answer prompts: longest first, padded on the left, no gradients.

        Args:
            prompts: Token ids.
            most: Longest answer in tokens.
            way: How; where a cache implementation is named, which records or compiles for each
                shape, all prompts are padded to one length.

        Yields:
            For each batch the prompts' places and the tokens of their answers, padded on the right.
        """
        self.model.set_attn_implementation(way.attention)
        settings = self.settings(most, **({"cache_implementation": way.cache} if way.cache else {}))
        order = sorted(range(len(prompts)), key=lambda place: -len(prompts[place]))
        least = len(prompts[order[0]]) if way.cache else 0
        for start in range(0, len(order), way.batch):
            places = order[start : start + way.batch]
            ids, mask = padded([prompts[place] for place in places], least=least)
            with torch.inference_mode():
                out = self.model.generate(
                    input_ids=ids.to(self.device),
                    attention_mask=mask.to(self.device),
                    generation_config=settings,
                )
            yield places, out[:, ids.shape[1] :]


def padded(
    prompts: Sequence[tuple[int, ...]], *, least: int = 0
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return token ids and attention mask, shapes (rows, longest), padded on the left."""
    width = max([least, *map(len, prompts)])
    ids = torch.tensor([(PAD,) * (width - len(row)) + tuple(row) for row in prompts])
    mask = torch.tensor([(0,) * (width - len(row)) + (1,) * len(row) for row in prompts])
    return ids, mask
