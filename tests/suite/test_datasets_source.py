"""Tables of the ``datasets`` library: saved folders, Parquet, Arrow, and the hub's layout."""

from __future__ import annotations

import builtins
import datetime as dt
import re
from pathlib import Path

import pytest

from behavtest.core import Row, Source
from behavtest.errors import SuiteError
from behavtest.scoring import builtin_registry
from behavtest.suite import load_suite
from behavtest.suite.sources import builtin_sources

datasets = pytest.importorskip("datasets")
pa = pytest.importorskip("pyarrow")

RECORDS = [
    {"question": "Longest river?", "answer": "Nile", "topic": "rivers", "n": 1, "share": 0.5},
    {"question": "Tallest bird?", "answer": "Ostrich", "topic": "birds", "n": 2, "share": float("nan")},
    {"question": "Smallest bird?", "answer": "Hummingbird", "topic": "birds", "n": 3, "share": 0.25},
]  # fmt: skip


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    datasets.disable_progress_bars()


def rows(arguments: object, name: str = "datasets") -> tuple[Row, ...]:
    place = Source("s.behav.yaml", 1)
    return builtin_sources().rows({name: arguments}, folder=Path(), place=place)


def saved(path: str, **splits: list) -> None:
    made = {name: datasets.Dataset.from_list(records) for name, records in splits.items()}
    datasets.DatasetDict(made).save_to_disk(path)


def as_parquet(path: str, records: list) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    pa.parquet.write_table(pa.Table.from_pylist(records), path)


import pyarrow.parquet  # noqa: E402, F401 - an attribute of pa once it is imported


def test_a_saved_folder_of_splits() -> None:
    saved("trivia", train=RECORDS[:1], test=RECORDS)
    found = rows({"path": "trivia", "split": "test", "prompt": "question"})
    assert [row.fields["prompt"] for row in found] == [one["question"] for one in RECORDS]
    assert found[1].place == Source("trivia", 2)
    assert [row.fields["share"] for row in found] == [0.5, None, 0.25]


def test_a_saved_folder_of_one_split_and_of_a_selection() -> None:
    chosen = datasets.Dataset.from_list(RECORDS).select([2, 0])
    chosen.save_to_disk("one")
    found = rows({"path": "one", "prompt": "{{ question }} In a word."})
    assert [row.fields["n"] for row in found] == [3, 1]
    assert found[0].fields["prompt"] == "Smallest bird? In a word."


def test_rows_are_chosen_and_limited() -> None:
    saved("trivia", test=RECORDS)
    given = {"path": "trivia", "prompt": "question"}
    assert len(rows({**given, "where": {"topic": "birds"}})) == 2
    assert len(rows({**given, "where": {"n": [1, 3]}, "limit": 1})) == 1


@pytest.mark.parametrize("kind", ["parquet", "stream", "file"])
def test_single_files(kind: str) -> None:
    table = pa.Table.from_pylist(RECORDS)
    if kind == "parquet":
        as_parquet("t.parquet", RECORDS)
        name = "t.parquet"
    else:
        name = "t.arrow"
        writer = pa.ipc.new_stream if kind == "stream" else pa.ipc.new_file
        with pa.OSFile(name, "wb") as sink, writer(sink, table.schema) as out:
            out.write_table(table)
    assert [row.fields["answer"] for row in rows({"path": name, "prompt": "question"})] == [
        "Nile",
        "Ostrich",
        "Hummingbird",
    ]


def test_the_hubs_layout_has_splits_in_its_names() -> None:
    as_parquet("hub/data/train-00000-of-00001.parquet", RECORDS[:1])
    as_parquet("hub/data/test-00000-of-00002.parquet", RECORDS[:2])
    as_parquet("hub/data/test-00001-of-00002.parquet", RECORDS[2:])
    Path("hub/README.md").write_text("card")
    found = rows({"path": "hub", "split": "test", "prompt": "question"})
    assert [row.fields["n"] for row in found] == [1, 2, 3]
    assert found[2].place == Source("hub/data/test-00001-of-00002.parquet", 1)


def test_columns_that_are_not_plain_are_left_out_and_nested_ones_kept() -> None:
    record = {
        "q": "?",
        "when": dt.date(2020, 1, 1),
        "raw": b"x",
        "a": {"b": ["c"], "d": None},
    }
    as_parquet("t.parquet", [record])
    (row,) = rows({"path": "t.parquet", "prompt": "q"})
    assert row.fields == {"q": "?", "a": {"b": ["c"], "d": None}, "prompt": "?"}


def test_the_shapes_of_benchmarks_are_read_from_tables_too() -> None:
    record = {"question": "Pressure?", "choices": ["ruler", "barometer"], "answer": 1}
    saved("wmdp", test=[record])
    (row,) = rows({"path": "wmdp", "split": "test"}, "wmdp")
    assert row.fields["right"] == "barometer"
    saved("bad", test=[record, {**record, "answer": 2}])
    with pytest.raises(SuiteError) as caught:
        rows("bad", "wmdp")
    assert (caught.value.file, caught.value.line, caught.value.field) == ("bad", 2, "answer")


def test_rows_with_messages_and_behaviors_with_a_template_need_no_prompt() -> None:
    messages = [{"role": "user", "content": "Hi!"}]
    saved("chats", test=[{"messages": messages, "topic": "rivers"}])
    Path("s.behav.yaml").write_text(
        "behaviors:\n"
        "  - {id: a, prompts: {datasets: chats}, score: refusal, expect: unchanged}\n"
        '  - {id: b, prompts: {datasets: chats}, template: "On {{ topic }}?", score: refusal, expect: unchanged}\n'
        "  - {id: c, prompts: {datasets: {path: chats, prompt: topic}}, score: refusal, expect: unchanged}\n"
    )
    suite = load_suite(Path("s.behav.yaml"), scorers=builtin_registry())
    asked = [behavior.prompts[0].target.messages[0].content for behavior in suite.behaviors]
    assert asked == ["Hi!", "On rivers?", "rivers"]
    assert len(suite.behaviors[0].prompts.digest) == 64


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"path": "trivia"}, "trivia has splits; write split: one of train, test"),
        ({"path": "trivia", "split": "tset"}, "trivia has no split 'tset'; did you mean 'test'?; write split: one of train, test"),
        ({"path": "one", "split": "test"}, "one has no splits: leave split out"),
        ({"path": "empty"}, "empty has no .jsonl, .json, .csv, .parquet, .arrow files in it"),
        ({"path": "hub"}, "hub has files of several kinds (files: a/test.parquet, a/train.parquet)"),
        ({"path": "hub", "split": "dev"}, "hub has no file of split 'dev'"),
        ({"path": "broken.parquet"}, "broken.parquet cannot be read: "),
        ({"path": "broken.arrow"}, "broken.arrow cannot be read: "),
        ({"path": "damaged"}, "damaged cannot be read: "),
        ({"path": "gone.parquet"}, "gone.parquet: there is no such file"),
        ({"path": "one", "prompt": "{{ question"}, "the template cannot be read"),
        ({"path": "one", "prompt": 3}, "datasets: prompt: found the number 3, expected text"),
    ],
)  # fmt: skip
def test_wrong_paths_and_splits(arguments: object, message: str) -> None:
    saved("trivia", train=RECORDS[:1], test=RECORDS)
    datasets.Dataset.from_list(RECORDS).save_to_disk("one")
    for name in ("test", "train"):
        as_parquet(f"hub/a/{name}.parquet", RECORDS)
    Path("empty").mkdir()
    Path("damaged").mkdir()
    Path("damaged/state.json").write_text("{}")
    Path("broken.parquet").write_text("PAR?")
    Path("broken.arrow").write_text("no arrow")
    with pytest.raises(ValueError, match=re.escape(message)):
        rows(arguments)


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("query", "one:1: the record has no field 'query' to ask (fields: question,"),
        ("{{ query }}", "one:1: prompt: "),
        ("n", "one:1: n: found the number 1, expected text"),
    ],
)
def test_wrong_prompts_name_the_record(prompt: str, message: str) -> None:
    datasets.Dataset.from_list(RECORDS).save_to_disk("one")
    with pytest.raises(SuiteError) as caught:
        rows({"path": "one", "prompt": prompt})
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("path", ["one", "t.parquet"])
def test_without_the_library_the_way_out_is_told(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    datasets.Dataset.from_list(RECORDS).save_to_disk("one")
    as_parquet("t.parquet", RECORDS)
    real = builtins.__import__

    def missing(name: str, *args: object, **kwargs: object) -> object:
        if name.split(".", maxsplit=1)[0] in {"datasets", "pyarrow"}:
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ValueError, match=re.escape("pip install 'behavtest[datasets]'")):
        rows(path)
