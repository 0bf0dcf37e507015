"""A file of acceptances is added to without touching what stands in it."""

from __future__ import annotations

import itertools
import random
import shutil
import subprocess
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.errors import SettingsError, SuiteError
from behavtest.release.acceptance import ANY, Acceptance, read_acceptances
from behavtest.release.acceptance_file import add_acceptance

MADE = Acceptance(
    behavior="refusal/b",
    verdict="violated",
    expect="not_worse",
    estimate=-0.1,
    base=ANY,
    modified=ANY,
    reason="new guideline",
    by="Ada",
    created=date(2026, 12, 1),
    until=date(2027, 1, 31),
    lowest=-0.15,
)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "acceptances.yaml"


def named(name: str) -> Acceptance:
    return replace(MADE, behavior=f"refusal/{name}")


def bare(acceptances) -> list[Acceptance]:
    return [replace(one, file="", line=0) for one in acceptances]


def test_what_is_written(file):
    """One entry, one block; whoever reviews it sees every bound."""
    added = add_acceptance(MADE, file)
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    assert lines[3:] == [
        "- behavior: refusal/b",
        "  verdict: violated",
        "  expect: not_worse",
        "  estimate: -0.1",
        "  lowest: -0.15",
        "  base: any",
        "  modified: any",
        "  reason: new guideline",
        "  by: Ada",
        "  created: 2026-12-01",
        "  until: 2027-01-31",
    ]
    assert added.place == f"{file}:4"


def test_the_order_in_which_they_come_does_not_matter(file, tmp_path):
    """Two who accept the same changes in another order write the same file."""
    texts = set()
    for number, names in enumerate(itertools.permutations("abc")):
        path = tmp_path / f"{number}.yaml"
        for name in names:
            add_acceptance(named(name), path)
        texts.add(path.read_text(encoding="utf-8"))
    assert len(texts) == 1


def test_comments_stay_where_they_were(file):
    for name in "bd":
        add_acceptance(named(name), file)
    text = file.read_text(encoding="utf-8").replace(
        "- behavior: refusal/d", "# asked for by legal\n- behavior: refusal/d"
    )
    file.write_text(text + "# the end\n", encoding="utf-8")
    for name in "ace":
        add_acceptance(named(name), file)
    after = file.read_text(encoding="utf-8")
    assert "\n\n# asked for by legal\n- behavior: refusal/d\n" in after
    kept = iter(after.splitlines())
    assert all(line in kept for line in text.splitlines() if line), "lines were lost or moved"
    assert [one.behavior[-1] for one in read_acceptances(file)] == [*"abcde"]


def test_two_branches_merge(file, tmp_path):
    """Each accepts another behavior; git puts the two together."""
    git = shutil.which("git")
    if git is None:
        pytest.skip("no git")
    for name in "aeim":
        add_acceptance(named(name), file)
    base = file.read_bytes()
    sides = []
    for side, name in (("ours", "c"), ("theirs", "k")):
        path = tmp_path / side
        path.write_bytes(base)
        add_acceptance(named(name), path)
        sides.append(path)
    (tmp_path / "base").write_bytes(base)
    command = [git, "merge-file", sides[0], tmp_path / "base", sides[1]]
    subprocess.run(command, check=True)
    assert [one.behavior[-1] for one in read_acceptances(sides[0])] == [*"aceikm"]


def test_windows_line_ends_and_an_indented_list(file):
    add_acceptance(named("a"), file)
    text = file.read_text(encoding="utf-8")
    indented = "".join(
        line if line.startswith("#") else f"  {line}" for line in text.splitlines(keepends=True)
    )
    file.write_bytes(indented.replace("\n", "\r\n").encode())
    add_acceptance(named("b"), file)
    content = file.read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n")
    assert b"\r\n  - behavior: refusal/b\r\n    verdict" in content


@pytest.mark.parametrize("text", ["[{behavior: x}]\n", "behavior: x\n", "- [\n"])
def test_a_file_of_something_else(file, text):
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SuiteError):
        add_acceptance(MADE, file)
    assert file.read_text(encoding="utf-8") == text


def test_entries_in_braces_are_left_alone(file):
    add_acceptance(named("z"), file)
    (entry,) = read_acceptances(file)
    fields = ", ".join(
        f"{name}: {getattr(entry, name)}"
        for name in (
            *("behavior", "verdict", "expect", "estimate", "lowest", "base", "modified"),
            *("reason", "by", "created", "until"),
        )
    )
    text = f"[{{{fields}}}]\n"
    file.write_text(text, encoding="utf-8")
    with pytest.raises((SettingsError, SuiteError)):
        add_acceptance(MADE, file)
    assert file.read_text(encoding="utf-8") == text


def test_the_same_is_accepted_once(file):
    add_acceptance(MADE, file)
    with pytest.raises(SettingsError, match=r"already \(.*acceptances.yaml:4, until 2027-01-31\)"):
        add_acceptance(replace(MADE, until=date(2027, 5, 1)), file)
    add_acceptance(replace(MADE, base="0123456789abcdef"), file)


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1).map(
            lambda text: f"{text} {text}"
        ),
        min_size=1,
        max_size=3,
        unique=True,
    ),
    st.sampled_from(["yes", "12:30", "1e5", "1234567890123456", "12345678901e234567", "null #x"]),
)
def test_any_text_comes_back(tmp_path_factory, reasons, odd):
    """Whatever a reason, a name or a fingerprint looks like to YAML."""
    file = tmp_path_factory.mktemp("texts") / "a.yaml"
    made = [
        replace(MADE, behavior=f"s/{number}", reason=reason, by=odd)
        for number, reason in enumerate(reasons)
    ]
    if " " not in odd and len(odd) > 8:
        made = [replace(one, base=odd) for one in made]
    shuffled = random.Random(len(reasons)).sample(made, len(made))
    for one in shuffled:
        add_acceptance(one, file)
    assert bare(read_acceptances(file)) == made
