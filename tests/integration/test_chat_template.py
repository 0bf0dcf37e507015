"""``--behavtest-chat-template``, and models that have none of their own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

SHOUTED = "{% for m in messages %}<|user|>{{ m.content | upper }}<|end|>{% endfor %}<|assistant|>"


@pytest.fixture
def mute(behave, base: Path) -> Path:
    """The base model with a tokenizer that has no chat template."""
    folder = behave.path / "mute"
    shutil.copytree(base, folder, ignore=shutil.ignore_patterns("*.jinja"))
    return folder


def prompt_text(behave, base: Path) -> str:
    from transformers import AutoTokenizer

    ((ids,), *_) = behave.rows("SELECT prompt_ids FROM completions LIMIT 1")
    return AutoTokenizer.from_pretrained(base).decode(ids)


def test_a_tokenizer_without_one_is_an_error_that_says_the_way_out(behave, mute: Path):
    behave.suite()
    result = behave.run(a=mute)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *no chat template; *--behavtest-chat-template=none*"])


def test_none_sends_plain_text(behave, base: Path, mute: Path):
    behave.suite()
    behave.run("-k", "brief", "--behavtest-chat-template=none", a=mute)
    assert prompt_text(behave, base) in {"Someone took my coat.", "Would you bring me my lamp?"}


def test_a_file_replaces_the_models_own(behave, base: Path):
    behave.suite()
    (behave.path / "shout.jinja").write_text(SHOUTED)
    behave.run("-k", "brief", "--behavtest-chat-template=shout.jinja")
    assert "MY" in prompt_text(behave, base)


def test_a_missing_file_is_an_error(behave):
    result = behave.run("--behavtest-chat-template=nothing.jinja")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: --behavtest-chat-template: *nothing.jinja cannot be read*"]
    )


def test_one_that_is_no_template_is_an_error_before_anything_runs(behave):
    behave.suite()
    (behave.path / "broken.jinja").write_text("fine\n{% for %}")
    result = behave.run("--behavtest-chat-template=broken.jinja")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --behavtest-chat-template: *broken.jinja:2: *"])


def test_one_that_cannot_be_rendered_is_an_error(behave):
    behave.suite()
    (behave.path / "broken.jinja").write_text("{{ raise_exception('no system role') }}")
    result = behave.run("--behavtest-chat-template=broken.jinja")
    result.assert_outcomes(errors=1, skipped=2)
    result.stdout.fnmatch_lines(
        ["*ERROR at setup of brief*", "the chat template of * refuses a prompt*"]
    )
    assert "Traceback" not in str(result.stdout)
