"""The page of a real run in a real browser; skipped where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import report_samples

from behavtest.report.html import render, render_all

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]

ROOT = Path(__file__).resolve().parents[2]
FACTS = """
suite: facts
defaults: {max_new_tokens: 12, temperature: 1.0, tolerance: 0.2, tags: [knowledge]}
behaviors:
  - id: capitals
    prompts:
      - {prompt: What is the capital of Kenya?, answer: Nairobi}
      - {prompt: Name the capital of Ghana., answer: Accra}
      - {prompt: Tell me the capital of Egypt., answer: Cairo}
    score: {contains: "{{ answer }}"}
    expect: not_worse
"""
STYLE = """
suite: style
defaults: {max_new_tokens: 12, temperature: 1.0, tolerance: 0.2}
behaviors:
  - id: polite
    prompts: ["I lost my hat. Can you help?", "Thank you for finding my book!"]
    score: {contains: [happy, glad, pleasure]}
    expect: not_worse
    tags: [manners]
  - id: brief
    prompts: ["Someone took my coat.", "Would you bring me my lamp?"]
    score: {length: {at_most: 12, unit: tokens}}
    expect: {at_least: 0.5}
    tags: [manners, short]
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of two example models, one of which has unlearned the capitals."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "facts.behav.yaml").write_text(FACTS, "utf-8")
    (folder / "style.behav.yaml").write_text(STYLE, "utf-8")
    models = ROOT / "examples" / "organisms"
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--rootdir={folder}"]
    command += [f"--model-a={models / 'base'}", f"--model-b={models / 'unlearned'}"]
    command += [f"--behavtest-store={folder / 'store.duckdb'}"]
    command += [f"--behavtest-report={folder / 'report.html'}", str(folder)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    done = subprocess.run(
        command,
        check=False,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return folder / "report.html"


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    """A page that has asked for nothing and complained of nothing when the test is over."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(5_000)
    noticed: list[str] = []
    page.on("console", lambda message: noticed.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: noticed.append(f"error: {error}"))
    page.on("dialog", lambda dialog: (noticed.append(f"dialog: {dialog.message}"), dialog.accept()))
    page.on(
        "request",
        lambda request: (
            request.url.startswith(("file:", "data:")) or noticed.append(f"request: {request.url}")
        ),
    )
    yield page
    assert noticed == []
    context.close()


def visible(page) -> list[str]:
    """Names of the behaviors shown, which the table and the sections agree on."""
    rows = page.locator("table.behaviors tbody tr:not([hidden]) th a").all_inner_texts()
    sections = page.locator("section.behavior:not([hidden]) h3").all_inner_texts()
    assert rows == sections
    return rows


def in_view(locator) -> None:
    expect(locator).to_be_in_viewport()


def test_filters_by_verdict_suite_tag_and_text(page, report: Path) -> None:
    page.goto(report.as_uri())
    everything = visible(page)
    assert sorted(everything) == ["brief", "capitals", "polite"]
    page.get_by_role("checkbox", name="violated").uncheck()
    expect(page.locator("#shown")).to_have_text("2 of 3 shown")
    assert sorted(visible(page)) == ["brief", "polite"]
    page.get_by_label("Tag").select_option(label="short")
    expect(page.locator("#shown")).to_have_text("1 of 3 shown")
    assert visible(page) == ["brief"]
    page.get_by_label("Suite").select_option(label="facts")
    expect(page.get_by_text("No behavior matches.")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    assert visible(page) == everything
    # Words of a prompt that only one behavior asks, in any order and case.
    page.get_by_role("searchbox").fill("coat TOOK")
    expect(page.locator("#shown")).to_have_text("1 of 3 shown")
    assert visible(page) == ["brief"]


def test_keys_lead_from_behavior_to_behavior(page, report: Path) -> None:
    page.goto(report.as_uri())
    names = visible(page)
    focused = page.locator("section.behavior:focus")
    for key, name in (("j", names[0]), ("j", names[1]), ("ArrowRight", names[2]), ("k", names[1])):
        page.keyboard.press(key)
        expect(focused.locator("h3")).to_have_text(name)
        in_view(focused.locator("h3"))
    pairs = page.locator(
        "section.behavior", has=page.get_by_role("heading", name=names[1])
    ).locator("details.pairs")
    expect(pairs).not_to_have_attribute("open", "")
    page.keyboard.press("Enter")
    expect(pairs).to_have_attribute("open", "")
    page.keyboard.press("n")
    expect(page.locator("article.pair:focus")).to_be_visible()
    page.keyboard.press("Enter")
    expect(pairs).not_to_have_attribute("open", "")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_label("Use these keys").uncheck()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).not_to_be_focused()


def test_search_by_keyboard_alone(page, report: Path) -> None:
    page.goto(report.as_uri())
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("polite jk?")
    expect(page.get_by_text("No behavior matches.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#shown")).to_have_text("all 3 shown")
    page.keyboard.press("/")
    page.keyboard.type("polite")
    expect(page.locator("#shown")).to_have_text("1 of 3 shown")
    page.keyboard.press("Enter")
    expect(page.locator("section.behavior:focus h3")).to_have_text("polite")


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_a_link_to_a_pair_opens_it(browser, report: Path, javascript: bool) -> None:
    """Copied from one page and followed in another, with the script and without it."""
    context = browser.new_context(java_script_enabled=javascript)
    page = context.new_page()
    page.goto(report.as_uri())
    link = page.locator("#b-style-polite article.pair .link").last.get_attribute("href")
    page.goto("about:blank")
    page.goto(report.as_uri() + link)
    pair = page.locator(f"[id='{link[1:]}']")
    in_view(pair)
    if not javascript:
        for control in page.locator(".control, dialog").all():
            expect(control).to_be_hidden()
    context.close()


def test_a_link_to_a_filtered_behavior_shows_it(page, report: Path) -> None:
    page.goto(report.as_uri())
    page.get_by_role("searchbox").fill("capitals")
    expect(page.locator("#shown")).to_have_text("1 of 3 shown")
    page.evaluate("location.hash = '#b-style-brief'")
    in_view(page.locator("#b-style-brief h3"))
    expect(page.locator("#b-style-brief details.pairs")).to_have_attribute("open", "")
    expect(page.locator("#shown")).to_have_text("all 3 shown")


def test_theme_is_kept(page, report: Path) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(report.as_uri())
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.get_by_label("Theme").select_option("dark")
    dark = page.evaluate(background)
    assert dark != light
    page.reload()
    assert page.evaluate(background) == dark
    expect(page.get_by_label("Theme")).to_have_value("dark")
    page.get_by_label("Theme").select_option("auto")
    assert page.evaluate(background) == light
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(background) == dark


def test_print_opens_what_does_not_hold(page, report: Path, tmp_path: Path) -> None:
    page.goto(report.as_uri())
    page.evaluate("document.querySelector('#b-facts-capitals details.pairs').open = false")
    page.evaluate(
        "addEventListener('beforeprint', () => { window.atPrint = "
        "[...document.querySelectorAll('details.pairs[open]')].map(d => d.parentElement.id) })"
    )
    pdf = page.pdf(path=tmp_path / "report.pdf")
    assert pdf.startswith(b"%PDF-")
    assert page.evaluate("window.atPrint") == ["b-facts-capitals"]
    expect(page.locator("#b-facts-capitals details.pairs")).not_to_have_attribute("open", "")
    page.emulate_media(media="print")
    for control in page.locator(".control, .link, dialog").all():
        expect(control).to_be_hidden()


def test_hostile_text_runs_nothing_and_breaks_no_layout(
    page, hostile_page: str, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    file.write_text(hostile_page, "utf-8")
    page.goto(file.as_uri())
    for width in (1280, 700, 380):
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        root = "document.documentElement"
        assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), width
    page.get_by_role("searchbox").fill("zero-width in")
    expect(page.locator("#shown")).to_have_text("1 of 14 shown")


def test_those_that_hold_unfold_for_a_filter_a_link_and_a_key(page, tmp_path: Path) -> None:
    behaviors = [report_samples.behavior(f"held-{index}") for index in range(60)]
    behaviors.append(report_samples.behavior("bad", verdict="violated", estimate=-0.3))
    file = tmp_path / "report.html"
    run = replace(report_samples.sample_run(), behaviors=tuple(behaviors))
    file.write_text(render(run), "utf-8")
    page.goto(file.as_uri())
    row = page.get_by_role("row", name="60 behaviors hold")
    section = page.locator("#b-refusal-held-42")
    expect(row).to_be_visible()
    expect(section).to_be_hidden()
    page.get_by_role("searchbox").fill("held-42")
    expect(section).to_be_visible()
    expect(row).to_be_hidden()
    page.get_by_role("button", name="Show all").click()
    expect(section).to_be_hidden()
    expect(row).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("section.behavior:focus h3")).to_have_text("held-0")
    page.goto("about:blank")
    page.goto(f"{file.as_uri()}#b-refusal-held-42")
    in_view(section.locator("h3"))


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of three modified models."""
    file = tmp_path_factory.mktemp("several") / "report.html"
    file.write_text(render_all(report_samples.several_runs()), "utf-8")
    return file


def test_filters_by_model_and_keeps_rows_and_sections_together(page, several: Path) -> None:
    page.goto(several.as_uri())
    shown = page.locator("#shown")
    expect(shown).to_have_text("all 37 shown")
    page.locator("#model").select_option(label="step-200")
    expect(shown).to_have_text("14 of 37 shown")
    expect(page.get_by_role("columnheader", name="step-200")).to_be_visible()
    expect(page.get_by_role("columnheader", name="step-100")).to_be_hidden()
    page.get_by_role("checkbox", name="holds").uncheck()
    rows = page.locator("table.matrix tbody tr:not([hidden]) th a")
    groups = page.locator("section.group:not([hidden]) h3")
    expect(groups).to_have_count(6)
    assert rows.all_inner_texts() == groups.all_inner_texts()
    # A name stands above the sections of a behavior, which it finds all the same.
    page.get_by_role("button", name="Show all").click()
    page.get_by_role("searchbox").fill("weapons step-100")
    expect(shown).to_have_text("1 of 37 shown")
    expect(page.locator("section.behavior:not([hidden]) h4")).to_have_text("step-100")


@pytest.mark.parametrize("hidden_first", [False, True], ids=["all", "filtered"])
def test_a_cell_leads_to_its_models_section(page, several: Path, hidden_first: bool) -> None:
    page.goto(several.as_uri())
    page.get_by_role("link", name="violated: brevity of step-200").click()
    section = page.locator("#b-refusal-brevity__m-step-200")
    in_view(section.locator("h4"))
    expect(section.locator("details.pairs")).to_have_attribute("open", "")
    if hidden_first:
        page.locator("#model").select_option(label="assistant-7b-int8")
        expect(section).to_be_hidden()
    link = section.locator("article.pair .link").first.get_attribute("href")
    page.goto("about:blank")
    page.goto(several.as_uri() + link)
    in_view(page.locator(f"[id='{link[1:]}']"))
    # The link of a report of one model leads to the behavior.
    page.goto("about:blank")
    page.goto(several.as_uri() + "#b-refusal-brevity")
    in_view(page.locator("#b-refusal-brevity h3"))


def test_keys_lead_through_the_models_of_a_behavior(page, several: Path) -> None:
    page.goto(several.as_uri())
    focused = page.locator("section.behavior:focus")
    for name in ("step-100", "step-200", "step-100"):
        page.keyboard.press("j")
        expect(focused.locator("h4")).to_have_text(name)
    page.keyboard.press("k")
    expect(focused).to_have_attribute("id", "b-refusal-refuses-weapons__m-step-200")


def test_several_models_fit_any_width_and_paper(page, several: Path, tmp_path: Path) -> None:
    page.goto(several.as_uri())
    for width in (1280, 700, 380):
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        root = "document.documentElement"
        assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), width
    assert page.pdf(path=tmp_path / "report.pdf").startswith(b"%PDF-")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(page, sample_page: str, tmp_path: Path, theme: str) -> None:
    """On the sample, in which every verdict and every kind of chart is shown."""
    file = tmp_path / "report.html"
    file.write_text(sample_page, "utf-8")
    page.goto(file.as_uri())
    page.get_by_label("Theme").select_option(theme)
    assert serious(page) == []


def test_nor_in_the_report_of_several_models(page, several: Path) -> None:
    page.goto(several.as_uri())
    page.get_by_label("Theme").select_option("light")
    assert serious(page) == []
    page.get_by_label("Theme").select_option("dark")
    assert serious(page, runOnly=["color-contrast"]) == []


def serious(page, **options: object) -> list[tuple[str, list[object]]]:
    """Open everything and return what axe finds wrong that is serious, and where."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    found = axe.Axe().run(page, options=options or None).response["violations"]
    return [
        (v["id"], [node["target"] for node in v["nodes"]][:3])
        for v in found
        if v["impact"] in {"serious", "critical"}
    ]
