"""What a CUDA graph needs of a step, and a GPU of all that is around it, as far as a CPU can tell."""

from __future__ import annotations

import copy
from collections import Counter
from itertools import chain

import pytest
import torch
from by_definition import END, perturbed, requests
from organism_runs import ORGANISMS
from pretend_cuda import DEVICE, pretend_cuda, to_device
from recorded_steps import record
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    Gemma3TextConfig,
    LlamaConfig,
    MistralConfig,
    Qwen2Config,
)

from behavtest.core import Generation, SamplingSettings
from behavtest.models.attached import Adapters
from behavtest.models.folder import inspect_folder
from behavtest.sampling import BackendOptions, Continuation, Request
from behavtest.sampling.backend import Beginning
from behavtest.sampling.engine.alternatives import alternatives
from behavtest.sampling.engine.desk import EngineOptions
from behavtest.sampling.engine.engine import Engine
from behavtest.sampling.engine.measure import measure
from behavtest.sampling.local import LocalBackend

SIZES = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "initializer_range": 0.3,
}
GEMMA = {"head_dim": 8, "layer_types": ["sliding_attention", "full_attention"]}
FAMILIES = {
    "organism": lambda _: AutoConfig.from_pretrained(ORGANISMS / "base"),
    "llama": lambda size: LlamaConfig(**SIZES, vocab_size=size),
    "qwen2": lambda size: Qwen2Config(**SIZES, vocab_size=size),
    "mistral": lambda size: MistralConfig(**SIZES, vocab_size=size, sliding_window=6),
    "gemma": lambda size: Gemma3TextConfig(**SIZES, **GEMMA, vocab_size=size, sliding_window=6),
}
WAYS = {
    "temperature 1": {},
    "greedy": {"temperature": 0.0},
    "top-k": {"temperature": 0.7, "top_k": 20},
    "top-p": {"top_p": 0.8},
}


def build(family: str, *, vocabulary: int = 1024, dtype: torch.dtype = torch.float32):
    torch.manual_seed(0)
    return AutoModelForCausalLM.from_config(FAMILIES[family](vocabulary), dtype=dtype).eval()


def engine(model, *, rows: int = 4, stride: int = 3, tokens: int = 40) -> Engine:
    made = Engine(model, EngineOptions(end_ids=END, canonical=True, stride=stride))
    made.plan(rows=rows, tokens=tokens)
    assert made.over_slots
    return made


def answers(made: Engine, asked, settings, references=None) -> list[tuple[int, ...]]:
    batches = made.run(asked, settings, references)
    return [row.token_ids for row in sorted(chain(*batches), key=lambda row: row.place)]


@pytest.mark.parametrize(
    ("family", "way"),
    [*(("llama", way) for way in WAYS), *((family, "temperature 1") for family in FAMILIES)][1:],
)
def test_a_graph_can_hold_a_step(family, way, monkeypatch):
    """No wait, no copy, no shape that depends on data, nothing on the host; and the same answers."""
    settings = SamplingSettings(max_new_tokens=4, **WAYS[way])
    model, asked = build(family), requests(5, longest=9)
    expected = answers(engine(model), asked, settings)
    with pretend_cuda() as device:
        recorder = record(monkeypatch, device)
        assert answers(engine(to_device(model)), asked, settings) == expected
    assert 0 < recorder.graphs < recorder.replays


@pytest.mark.parametrize("way", WAYS)
def test_a_graph_can_hold_a_step_over_a_large_vocabulary_in_half_precision(way, monkeypatch):
    settings = SamplingSettings(max_new_tokens=4, **WAYS[way])
    with pretend_cuda() as device:
        recorder = record(monkeypatch, device)
        model = to_device(build("llama", vocabulary=128_256, dtype=torch.bfloat16))
        found = answers(engine(model, rows=2), requests(2, longest=5), settings)
    assert [len(tokens) for tokens in found] == [4, 4]
    assert recorder.replays >= 4


def test_a_graph_can_hold_a_step_with_an_adapter(monkeypatch):
    settings = SamplingSettings(max_new_tokens=4)
    model = AutoModelForCausalLM.from_pretrained(ORGANISMS / "base", dtype=torch.bfloat16)
    adapters = Adapters(model.requires_grad_(requires_grad=False).eval())
    adapters.attach(inspect_folder(ORGANISMS / "lora"))
    with pretend_cuda() as device:
        recorder = record(monkeypatch, device)
        made = engine(to_device(model))
        answers(made, requests(3, longest=9), settings)
        assert 0 < recorder.graphs < recorder.replays
        adapters.switch(None)  # which nobody may do to an engine: this is what the recorder is for
        with pytest.raises((AssertionError, ValueError)):
            answers(made, requests(3, longest=9), settings)


def test_what_a_graph_works_on_stays_where_it_was(monkeypatch):
    """Buckets, settings and replays by turns, longer texts later on, and a plan made anew."""
    recorder = record(monkeypatch)
    model = build("llama")
    made = engine(model, tokens=100)
    short, long = requests(5, longest=9), requests(3, longest=90)
    for _ in range(2):
        for way in ("temperature 1", "top-k"):
            settings = SamplingSettings(max_new_tokens=4, **WAYS[way])
            found = answers(made, short, settings)
            drafts = [Generation((*tokens[:2], 9, 9), (), "", "length") for tokens in found]
            assert answers(made, short, settings, drafts) == found
            answers(made, long, settings)
    graphs = recorder.graphs
    answers(made, short, settings)
    assert recorder.graphs == graphs
    made.plan(rows=3, tokens=100)
    answers(made, short, settings)
    assert recorder.graphs > graphs


def test_running_out_of_memory_forgets_every_graph(monkeypatch):
    recorder = record(monkeypatch)
    model = build("llama")
    made = engine(model)
    settings = SamplingSettings(max_new_tokens=7)
    asked = requests(6, longest=9)
    expected = answers(made, asked, settings)
    graphs, failed = recorder.graphs, []

    def fail(*_passed):
        if not failed:
            failed.append(True)
            raise torch.OutOfMemoryError("CUDA out of memory")

    hook = model.register_forward_pre_hook(fail)
    assert answers(made, asked, settings) == expected
    hook.remove()
    assert made.rows == 2
    assert recorder.graphs > graphs


def test_a_graph_with_an_adapter_is_not_replayed_without_it(monkeypatch):
    """Base and adapter share weights in memory, and answer by turns, batch by batch."""
    recorder = record(monkeypatch)
    options = BackendOptions(device="cpu", dtype="bfloat16", batch_size=4)
    base = LocalBackend(str(ORGANISMS / "base"), options)
    adapted = LocalBackend(str(ORGANISMS / "lora"), options, base=base)
    settings = SamplingSettings(max_new_tokens=8)
    asked = [Request(one.prompt_ids, one.seed) for one in requests(12, vocabulary=1000)]

    def told(batches) -> list[tuple[int, ...]]:
        return [one.generation.token_ids for one in sorted(batches, key=lambda one: one.place)]

    alone = told(chain(*base.generate(asked, settings)))  # recorded before there was an adapter
    by_turns: dict[LocalBackend, list] = {base: [], adapted: []}
    running = {each: each.generate(asked, settings) for each in by_turns}
    while running:
        for each in list(running):
            batch = next(running[each], None)
            if batch is None:
                del running[each]
            else:
                by_turns[each] += batch
    assert base.weights is adapted.weights
    assert told(by_turns[base]) == alone
    assert told(by_turns[adapted]) != alone
    assert recorder.replays > recorder.graphs > 1


def test_the_host_waits_for_the_device_once_a_look_and_once_a_pass(monkeypatch):
    """However many rows there are."""
    waits = {}
    settings = SamplingSettings(max_new_tokens=12)
    for rows in (2, 5):
        with pretend_cuda() as device:
            record(monkeypatch, device)
            made = engine(to_device(build("llama")), rows=rows, stride=4)
            asked = [Request((5, 9, *range(20, 25)), seed) for seed in range(rows)]
            device.waits.clear()
            found = answers(made, asked, settings)
            waits[rows, "decoded"] = Counter(device.waits)
            device.waits.clear()
            references = [Generation(tokens, (), "", "length") for tokens in found]
            assert answers(made, asked, settings, references) == found
            waits[rows, "replayed"] = Counter(device.waits)
    for rows in (2, 5):
        # tokens, log-probabilities and doubts, after each of three strides
        assert waits[rows, "decoded"] == {"aten._to_copy.default": 9}
        # the drafts' log-probabilities, tokens, and theirs
        assert waits[rows, "replayed"] == {"aten._to_copy.default": 3}


def test_texts_are_measured_and_continued_on_the_device():
    """Nothing is mixed, and each pass is waited for once."""
    model = build("llama")
    other = perturbed(model, scale=0.1)
    given = [
        Continuation(one.prompt_ids, (8, 9, 11)[: 1 + len(one.prompt_ids) % 3])
        for one in requests(5)
    ]
    begun = [Beginning(one.prompt_ids, (7,)) for one in requests(5)]

    def both(each) -> list[object]:
        measured = chain(*measure(each, given, rows=8))
        continued = chain(*alternatives(each, begun, most=3, rows=8))
        return [*sorted(measured), *sorted(continued)]

    expected = both(model)
    assert expected != both(other)
    with pretend_cuda() as device:
        moved = to_device(copy.deepcopy(model))
        assert moved.device == DEVICE
        found = both(moved)
    for one, right in zip(found, expected, strict=True):
        assert one[-1] == pytest.approx(right[-1], abs=1e-4)
    assert not set(device.waits) - {"aten._to_copy.default", "aten.nonzero.default"}
