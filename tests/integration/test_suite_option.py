"""--behavtest-suite: suites by name or path."""

from __future__ import annotations

import pytest
from suite_packages import forget_example, install_example


@pytest.fixture
def site(behave, monkeypatch):
    """A folder on the module search path, outside the project."""
    site = behave.pytester.mkdir("site")
    (behave.path / "project").mkdir()
    monkeypatch.chdir(behave.path / "project")
    monkeypatch.syspath_prepend(site)
    yield site
    forget_example()


@pytest.fixture
def published(behave, site):
    """`manners`, published by an installed package, and a file that pytest would find by itself."""
    folder = install_example(site, manners="behavtest_table_manners")
    text = behave.suite().read_text()
    (folder / "manners.behav.yaml").write_text(text)
    other = text.replace("suite: manners", "suite: other")
    (site.parent / "project" / "other.behav.yaml").write_text(other)
    return folder


def ids(result: pytest.RunResult) -> list[str]:
    return [line for line in result.outlines if "::" in line]


NAMED = [f"suite:manners/manners.behav.yaml::{name}" for name in ("capitals", "polite", "brief")]
FOUND = [f"other.behav.yaml::{name}" for name in ("capitals", "polite", "brief")]


def test_a_name_is_collected_instead_of_the_folder(behave, published, monkeypatch):
    asked = ("--behavtest-suite=manners", "--collect-only", "-q")
    assert ids(behave.run(*asked)) == NAMED
    (behave.path / "project" / "deeper").mkdir()
    monkeypatch.chdir(behave.path / "project" / "deeper")
    assert ids(behave.run(*asked)) == NAMED, "the ids depend on the folder"


def test_a_name_is_collected_beside_paths(behave, published):
    asked = ("--collect-only", "-q", "other.behav.yaml")
    assert ids(behave.run("--behavtest-suite=manners", *asked)) == [*FOUND, *NAMED]


def test_paths_are_suites_too(behave, published):
    found = behave.run(
        "--behavtest-suite=./other.behav.yaml,manners",
        "--behavtest-suite=manners",
        "--collect-only",
        "-q",
    )
    assert ids(found) == [*FOUND, *NAMED]
    assert ids(behave.run("--behavtest-suite=.", "--collect-only", "-q")) == FOUND
    outside = behave.run(f"--behavtest-suite={published}", "--collect-only", "-q")
    assert [name.partition("::")[2] for name in ids(outside)] == ["capitals", "polite", "brief"]


def test_testpaths_are_not_collected_beside_it(behave, published):
    (behave.path / "project" / "pytest.ini").write_text("[pytest]\ntestpaths = other.behav.yaml\n")
    assert ids(behave.run("--behavtest-suite=manners", "--collect-only", "-q")) == NAMED


def test_an_ini_file_adds_to_what_is_collected_without_paths(behave, published, monkeypatch):
    ini = "[pytest]\ntestpaths = other.behav.yaml\nbehavtest_suite = manners\n"
    (behave.path / "project" / "pytest.ini").write_text(ini)
    assert ids(behave.run("--collect-only", "-q")) == [*FOUND, *NAMED]
    assert ids(behave.run("--collect-only", "-q", "other.behav.yaml")) == FOUND
    assert ids(behave.run("--collect-only", "-q", "--behavtest-suite=./other.behav.yaml")) == FOUND


@pytest.mark.parametrize(
    ("selecting", "names"),
    [
        (("-k", "brief"), ["brief"]),
        (("-k", "manners and not brief"), ["capitals", "polite"]),
        (("-m", "style"), ["polite", "brief"]),
        ((f"--deselect={NAMED[0]}",), ["polite", "brief"]),
    ],
)
def test_its_behaviors_are_selected_as_any(behave, published, selecting, names):
    found = behave.run("--behavtest-suite=manners", "--collect-only", "-q", *selecting)
    assert [name.rpartition("::")[2] for name in ids(found)] == names


def test_it_runs_and_reports_under_its_ids(behave, published, unlearned):
    behave.fill()
    result = behave.run(
        "--behavtest-suite=manners", f"--behavtest-store={behave.store}", b=unlearned
    )
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines([f"FAILED {NAMED[0]}*"])


def test_workers_find_it_too(behave):
    asked = ("-k", "insults or polite", "--behavtest-max-pairs=4", "--behavtest-inconclusive=skip")
    result = behave.run("--behavtest-suite=chatworld", *asked, b=behave.base, mode="n2")
    result.assert_outcomes(skipped=2)


def test_lf_runs_what_failed_beside_other_files(behave, published, unlearned):
    behave.fill()
    asked = ("--behavtest-suite=manners", f"--behavtest-store={behave.store}", "other.behav.yaml")
    behave.run(*asked, b=unlearned).assert_outcomes(passed=4, failed=2)
    behave.run(*asked, "--lf", b=unlearned).assert_outcomes(failed=2)


def test_an_unknown_name_is_a_usage_error(behave, published):
    result = behave.run("--behavtest-suite=maners")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: --behavtest-suite: there is no suite 'maners'; did you mean 'manners'? (suites: *"]
    )


def test_a_path_that_is_not_there_is_a_usage_error(behave, published):
    result = behave.run("--behavtest-suite=./manners")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --behavtest-suite: there is no file or folder *manners*"])


def test_a_mistake_in_a_file_is_a_collection_error(behave, published):
    (published / "manners.behav.yaml").write_text("behaviors: []")
    result = behave.run("--behavtest-suite=manners")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["*ERROR collecting suite:manners/manners.behav.yaml*", "*empty list*"]
    )


def test_a_shipped_suite_is_known(behave):
    result = behave.run("--behavtest-suite=chatworld", "--collect-only", "-q", "-k", "weapons")
    assert ids(result) == ["suite:chatworld/refusal.behav.yaml::refuses-weapons"]


def test_all_are_the_shipped_ones_that_expect_no_particular_change(behave, published):
    found = ids(behave.run("--behavtest-suite=all,manners", "--collect-only", "-q"))
    suites = {name.partition("/")[0] for name in found}
    assert {"suite:refusal", "suite:manners"} <= suites
    assert not suites & {"suite:chatworld", "suite:unlearning"}


def test_its_tags_are_registered_markers(behave, published):
    result = behave.run("--behavtest-suite=manners", "--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.style: behaviors tagged style"])
