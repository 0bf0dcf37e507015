"""Suites by name: behavtest's own and those that packages publish."""

from __future__ import annotations

from pathlib import Path

import pytest
from suite_packages import install_example

from behavtest.errors import SettingsError
from behavtest.suite import shipped
from behavtest.suite.shipped import named_suite, suite_names


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A folder of shipped suites: `manners` and, in a folder within, `facts`."""
    folder = tmp_path / "suites"
    for name in ("manners/manners", "facts/deep/facts", "facts/more"):
        file = folder / f"{name}.behav.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    (folder / "labels").mkdir()
    (folder / "README.md").touch()
    monkeypatch.setattr(shipped, "_CHECKOUT", folder)
    return folder


def test_folders_with_suite_files_are_suites(own):
    assert suite_names() == ("facts", "manners")
    found = named_suite("facts")
    assert found.files == (own / "facts/deep/facts.behav.yaml", own / "facts/more.behav.yaml")
    assert found.origin.startswith("behavtest ")
    assert not found.has_card


def test_a_wheel_has_them_inside_the_package(own, monkeypatch, tmp_path):
    monkeypatch.setattr(shipped, "_INSTALLED", own)
    monkeypatch.setattr(shipped, "_CHECKOUT", tmp_path)
    assert suite_names() == ("facts", "manners")


def test_an_unknown_name_is_told_with_what_may_be_meant(own):
    with pytest.raises(SettingsError) as raised:
        named_suite("maners")
    assert "no suite 'maners'; did you mean 'manners'? (suites: facts, manners, all; or" in str(
        raised.value
    )


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder on the module search path."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(site)
    return site


def test_a_package_publishes_one(own, site):
    folder = install_example(site)
    assert suite_names() == ("facts", "manners", "table-manners")
    found = named_suite("table-manners")
    assert found.folder == folder
    assert found.origin == "behavtest-table-manners 1.0"
    assert found.card().name == "table-manners"


def test_a_folder_within_a_package_can_be_published(own, site):
    folder = install_example(site, deeper="behavtest_table_manners.inner")
    (folder / "inner").mkdir()
    (folder / "inner" / "one.behav.yaml").touch()
    assert named_suite("deeper").folder == folder / "inner"


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("behavtest_table_maners", "'behavtest_table_maners' is no package or folder in one"),
        ("nowhere.at.all", "'nowhere.at.all' is not found"),
        ("behavtest_table_manners.prompts", "has no .behav.yaml, .behav.yml file"),
        ("json.decoder", "'json.decoder' is no package or folder in one"),
    ],
)
def test_a_package_that_names_no_suite_breaks_no_other(own, site, value, why):
    install_example(site, broken=value)
    with pytest.raises(
        SettingsError, match=r"the suite 'broken' of behavtest-table-manners 1\.0"
    ) as raised:
        named_suite("broken")
    assert why in str(raised.value)
    assert named_suite("manners").name in suite_names()


def test_two_of_one_name_are_an_error_for_that_name(own, site):
    install_example(site, manners="behavtest_table_manners")
    with pytest.raises(SettingsError, match="two suites are named 'manners': one of behavtest"):
        named_suite("manners")
    assert named_suite("facts").folder == Path(own / "facts")
