"""`behavtest suites` lists the suites that have a name, and shows their cards."""

from __future__ import annotations

import pytest
from suite_packages import forget_example, install_example

from behavtest.cli.main import main
from behavtest.suite import shipped


@pytest.fixture
def site(project, tmp_path, monkeypatch):
    """One shipped suite without a card, and a folder on the module search path."""
    own = tmp_path / "own" / "plain"
    own.mkdir(parents=True)
    (own / "plain.behav.yaml").write_text(
        "behaviors: [{id: one, prompts: [Hi!], score: refusal, expect: unchanged}]"
    )
    monkeypatch.setattr(shipped, "_CHECKOUT", own.parent)
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(site)
    yield site
    forget_example()


def test_the_list_says_what_and_how_much_and_whence(project, site):
    install_example(site)
    lines = project("suites").lines
    assert lines[:2] == ["plain: 1 behavior, 1 prompt", "  It has no card."]
    assert lines[2].startswith("  no license stated; behavtest ")
    assert lines[3:6] == [
        "table-manners: 2 behaviors, 6 prompts",
        "  Everyday questions about behavior at table get advice, and it is not rude.",
        "  Apache-2.0; behavtest-table-manners 1.0",
    ]
    assert "--behavtest-suite=NAME" in lines[-2]


def test_a_suite_that_cannot_be_read_does_not_hide_the_others(project, site):
    folder = install_example(site, good="behavtest_table_manners", bad="nowhere")
    (site.parent / "own" / "plain" / "plain.behav.yaml").write_text("behaviors: 3")
    (folder / "CARD.md").unlink()
    said = project("suites", status=1)
    assert "good: 2 behaviors, 6 prompts" in said.lines
    assert "expected a list of behaviors" in " ".join(said.out.split())
    assert "bad: the suite 'bad' of behavtest-table-manners 1.0 cannot be used" in " ".join(
        said.out.split()
    )


def test_a_name_shows_the_card(site, capsys):
    install_example(site)
    assert main(["suites", "table-manners"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "table-manners 1.0, Apache-2.0, en; behavtest-table-manners 1.0"
    assert lines[1].endswith("behavtest_table_manners")
    assert "## Limits" in lines


def test_an_unknown_name_and_a_missing_card_are_told(project, site):
    assert "did you mean 'plain'?" in project("suites", "plian", status=4).err
    assert "CARD.md: there is no such file" in project("suites", "plain", status=4).err


def test_a_copy_is_a_suite_to_change(project, site):
    install_example(site)
    (line,) = project("suites", "table-manners", "--copy", "mine").lines
    assert line == "Copied to mine. Run it: pytest --behavtest-suite=./mine"
    copied = {file.name for file in (project.folder / "mine").rglob("*") if file.is_file()}
    assert copied == {"CARD.md", "manners.behav.yaml", "questions.txt"}
    assert "exists already" in project("suites", "plain", "--copy", "mine", status=4).err
    assert "needs the suite's name" in project("suites", "--copy", "other", status=4).err


def test_nothing_is_listed_where_pytest_cannot_begin(project, site, monkeypatch):
    monkeypatch.setenv("PYTEST_ADDOPTS", "--behavtest-alpha=lots")
    assert "could not be collected" in project("suites", status=4).err
