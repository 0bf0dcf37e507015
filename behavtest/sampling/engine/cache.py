"""Key-value memory with one row per request, each row at its own length."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch
from transformers.cache_utils import Cache, CacheLayerMixin

from behavtest.sampling.engine.upload import on_device

if TYPE_CHECKING:
    from collections.abc import Sequence

_GROWTH = 1.5


class Window(NamedTuple):
    """What the coming forward pass writes and reads.

    Args:
        columns: Where each token's keys and values go, int64, shape (rows, tokens); padding goes
            to the trash column, which is never read.
        first: The first column if every row writes the same ones, one after another; else None.
        visible: Number of columns attended to, the trash column not among them.
        row: The first of the rows.
    """

    columns: torch.Tensor
    first: int | None
    visible: int
    row: int = 0


class _Memory:
    """What a cache and its layers share: without it they would hold each other, and their memory.

    Args:
        layers: Number of layers of the model.
        rows: Number of rows.
        columns: Tokens a row has room for.
    """

    def __init__(self, *, layers: int, rows: int, columns: int) -> None:
        self.layers = layers
        self.rows = rows
        self.columns = columns
        self.window = Window(torch.empty(0, 0, dtype=torch.int64), 0, 0)
        self.tensor: torch.Tensor | None = None
        self._vectors: torch.Tensor | None = None

    def look(self, window: Window) -> None:
        """Say what the coming forward pass writes and reads."""
        self.window = window
        self._vectors = None

    def vectors(self, *, heads: int) -> torch.Tensor:
        """Return where a layer's keys, one head's of one token at a time, go in the coming pass.

        It is the same for every layer, and so found once a pass.

        Args:
            heads: Number of heads of a layer.

        Returns:
            int64, shape (active rows * tokens * heads,), counted over rows, heads and columns.
        """
        if self._vectors is None:
            columns, row = self.window.columns, self.window.row
            rows = torch.arange(row, row + len(columns), device=columns.device)
            of_heads = rows[:, None] * heads + torch.arange(heads, device=columns.device)
            wide = self.columns + 1
            self._vectors = (of_heads[:, None] * wide + columns[..., None]).flatten()
        return self._vectors

    def room(self, *, heads: int, size: int, like: torch.Tensor) -> torch.Tensor:
        """Return the tensor, made if there is none yet.

        Args:
            heads: Number of heads of a layer.
            size: Size of a head.
            like: What is of the model's type, on its device.
        """
        if self.tensor is None:
            shape = (self.layers, 2, self.rows, heads, self.columns + 1, size)
            self.tensor = like.new_zeros(shape)
        return self.tensor

    def of_layer(self, number: int, *, like: torch.Tensor) -> torch.Tensor:
        """Return a layer's part, shape (2, rows, heads, columns + 1, head size).

        Args:
            number: Which layer.
            like: Its keys.

        Raises:
            ValueError: The model's layers differ in shape.
        """
        heads, size = like.shape[1], like.shape[3]
        tensor = self.room(heads=heads, size=size, like=like)
        if (tensor.shape[3], tensor.shape[5]) != (heads, size):
            raise ValueError("the model's layers differ in their number or size of heads")
        return tensor[number]


class SlotLayer(CacheLayerMixin):  # type: ignore[no-untyped-call]  # untyped in transformers
    """One layer's part of a `SlotCache`, as the model sees it.

    Args:
        memory: The cache's.
        number: Which layer it is, from 0.
    """

    is_sliding = False

    def __init__(self, memory: _Memory, number: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._memory = memory
        self._number = number

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        """Do nothing: the cache allocates for all layers at once."""

    def update(
        self,
        key_states: torch.Tensor,
        value_states: torch.Tensor,
        *_args: object,
        **_kwargs: object,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Write a pass's keys and values; return what it attends to.

        Args:
            key_states: Shape (active rows, heads, tokens, head size).
            value_states: The same.
        """
        window = self._memory.window
        layer = self._memory.of_layer(self._number, like=key_states)
        active = layer[:, window.row : window.row + len(key_states)]
        for part, states in enumerate((key_states, value_states)):
            if window.first is None:
                size = states.shape[3]
                places = self._memory.vectors(heads=states.shape[1])
                vectors = states.transpose(1, 2).reshape(-1, size)
                layer[part].view(-1, size).index_copy_(0, places, vectors)
            else:
                end = window.first + states.shape[2]
                active[part, :, :, window.first : end] = states
        keys, values = active[..., : window.visible, :]
        return keys, values

    def get_seq_length(self) -> int:
        """Return what is not used: positions and masks are given with every pass."""
        return 0

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:  # noqa: ARG002 -- the interface
        """Return what is not used: the mask is given with every pass."""
        return self._memory.window.visible, 0

    def get_max_length(self) -> int:
        """Say that rows grow as needed."""
        return -1


class SlotCache(Cache):
    """Key-value memory for a number of rows of differing lengths.

    Column j of a row holds its token j. There is no padding on the left, so a token's column is its
    position; what was rejected is overwritten by what comes next, and nothing is ever moved along
    a row. All layers share one tensor, shape (layers, 2, rows, heads, columns + 1, head size), the
    last column being trash.

    Args:
        layers: Number of layers of the model.
        rows: Number of rows.
        columns: Tokens a row has room for, at least 1; `reserve` makes more.
    """

    def __init__(self, *, layers: int, rows: int, columns: int) -> None:
        self._memory = _Memory(layers=layers, rows=rows, columns=columns)
        super().__init__(layers=[SlotLayer(self._memory, number) for number in range(layers)])

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self._memory.rows

    @property
    def columns(self) -> int:
        """Tokens a row has room for."""
        return self._memory.columns

    def look(self, window: Window) -> None:
        """Say what the coming forward pass writes and reads."""
        self._memory.look(window)

    def reserve(self, columns: int) -> None:
        """Make sure rows have room for so many tokens."""
        memory = self._memory
        if columns <= memory.columns:
            return
        narrow, old = memory.tensor, memory.columns
        memory.columns = max(columns, int(old * _GROWTH))
        if narrow is not None:
            memory.tensor = None
            wider = memory.room(heads=narrow.shape[3], size=narrow.shape[5], like=narrow)
            wider[..., :old, :] = narrow[..., :old, :]

    def put(self, row: int, text: torch.Tensor) -> None:
        """Write what was read elsewhere at the beginning of a row.

        Args:
            row: Which row.
            text: Keys and values, shape (layers, 2, heads, tokens, head size).
        """
        tensor = self._memory.room(heads=text.shape[2], size=text.shape[4], like=text)
        tensor[:, :, row, :, : text.shape[3]] = text

    def copy(self, row: int, length: int) -> torch.Tensor:
        """Return a copy of a row's first tokens, as `put` takes it; something has been written."""
        assert self._memory.tensor is not None
        return self._memory.tensor[:, :, row, :, :length].clone()

    def move(self, *, sources: Sequence[int], targets: Sequence[int], length: int) -> None:
        """Copy rows over others.

        Args:
            sources: Rows to copy.
            targets: Rows to overwrite, as many; none of them a source.
            length: Number of columns that matter.
        """
        tensor = self._memory.tensor
        if tensor is None or not sources:
            return
        source, target = on_device([sources, targets], tensor.device)
        tensor[:, :, target, :, :length] = tensor[:, :, source, :, :length]
