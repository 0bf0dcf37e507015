"""Labels of models: short, and no two alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from behavtest.models.labels import model_labels


@pytest.mark.parametrize(
    ("references", "labels"),
    [
        (["out/subtle"], ["subtle"]),
        (["out/subtle/", "./unlearned"], ["subtle", "unlearned"]),
        (["org/name@v1", "org/name@v2"], ["name@v1", "name@v2"]),
        (["org/name@refs/pr/1", "org/other"], ["name@refs/pr/1", "other"]),
        (["a/x/step", "b/x/step", "a/y/step", "z"], ["a/x/step", "b/x/step", "y/step", "z"]),
        (["x/step", "step"], ["x/step", "step"]),
        (["step", "./step", "step-2"], ["step", "step-3", "step-2"]),
        (["../a/m", "../../a/m"], ["a/m", "a/m-2"]),
        (["odd\x1b[2J"], ["odd?[2J"]),
    ],
)
def test_labels(references: list[str], labels: list[str]) -> None:
    assert list(model_labels(references)) == labels


def test_the_folder_the_user_is_in_has_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tuned").mkdir()
    monkeypatch.chdir(tmp_path / "tuned")
    assert model_labels([".", ".."]) == ("tuned", tmp_path.name)


@pytest.mark.parametrize("count", [2, 5, 9])
def test_no_two_are_alike(count: int) -> None:
    references = [
        ["m", "m-2", "m-3", "./m", "a/m", "b/m", "a/m", "m", "m-2"][i] for i in range(count)
    ]
    assert len(set(model_labels(references))) == count
