"""``behavtest preview``: prompts as a model sees them, without its weights."""

from __future__ import annotations

import pytest

SUITE = """\
suite: manners
defaults: {max_new_tokens: 8}
behaviors:
  - id: kind
    description: Greets back.
    prompts: [{prompt: Hi!, note: a}, {messages: [{role: system, content: "Be \\e[31mred."}, {role: user, content: Ho!}]}]
    score: refusal
    expect: {at_least: 0.5}
  - id: many
    template: "Say {{ word }}."
    variables: {word: [one, two, three, four, five, six, seven, eight]}
    score: {choice: {options: ["{{ word }}", nothing], answer: "{{ word }}"}}
    expect: not_worse
  - id: twins
    contrast:
      target: [{prompt: HI!, id: 1}]
      baseline: [{prompt: Hi!, id: 1}]
      match_on: id
    score: refusal
    expect: not_worse
"""


@pytest.fixture(autouse=True)
def folder(folder):
    """A folder with a suite."""
    (folder / "manners.behav.yaml").write_text(SUITE)
    return folder


@pytest.fixture
def preview(command):
    """The command on that suite; what it prints is fit for a terminal of 80 columns."""

    def run(*arguments: object, status: int = 0):
        said = command("preview", "manners.behav.yaml", *arguments, status=status)
        said.check_fit()
        return said

    return run


def test_messages_without_a_model(preview):
    said = preview("-k", "kind")
    assert said.lines[0] == "manners/kind  2 prompts"
    assert "  about    Greets back." in said.lines
    assert "  user       Hi!" in said.lines
    assert "  system     Be ␛[31mred." in said.lines
    assert "With --model-a=MODEL they are shown as the model sees" in said.out
    assert "token" not in said.out.partition("These are the messages")[0].replace("8 tokens", "")


def test_rendered_prompts_and_their_tokens(preview, organisms):
    said = preview("-k", "kind or twins", "--model-a", organisms / "base")
    assert "  <|user|>Hi!<|end|><|assistant|>" in said.lines
    assert "  <|system|>Be ␛[31mred.<|end|><|user|>Ho!<|end|><|assistant|>" in said.lines
    assert "These are the messages" not in said.out
    lengths = [line for line in said.lines if line.startswith("  tokens")]
    assert len(lengths) == 2
    assert "  --- prompt 1 target, 6 tokens --------" in said.lines
    assert "  --- prompt 1 baseline, 6 tokens ------" in said.lines


def test_no_weights_are_loaded(preview, organisms, monkeypatch):
    monkeypatch.setattr("behavtest.sampling.local.load_where_it_fits", None)
    assert "<|user|>Hi!" in preview("-k", "kind", "--model-a", organisms / "base").out


def test_a_number_of_prompts(preview):
    """The same ones every time, in the order of the set."""
    said = preview("-k", "many", "-n", "3")
    assert said.lines[0] == "manners/many  3 of 8 prompts"
    shown = [int(line.split()[2]) for line in said.lines if "--- prompt" in line]
    assert shown == sorted(shown)
    assert len(set(shown)) == 3
    assert said.lines.count("  given    nothing") == 3
    assert said == preview("-k", "many", "-n3")
    assert preview("-k", "many", "-n", "99").lines[0] == "manners/many  8 prompts"


def test_a_chat_template_alone(preview, folder):
    (folder / "t.jinja").write_text(
        "{{ bos_token }}{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}"
        "{% if add_generation_prompt %}<me>{% endif %}"
    )
    said = preview("-k", "kind", "--chat-template", "t.jinja")
    assert "  <user>Hi!<me>" in said.lines
    assert "tokens" not in said.out.replace("8 tokens", "")
    assert "  Hi!" in preview("-k", "kind", "--chat-template=none").lines


def test_a_chat_template_for_a_model(preview, folder, organisms):
    (folder / "t.jinja").write_text("{% for m in messages %}<{{ m.content }}>{% endfor %}")
    said = preview("-k", "kind", "--chat-template=t.jinja", "--model-a", organisms / "base")
    assert "  <Hi!>" in said.lines


@pytest.mark.parametrize("model", [True, False])
def test_a_template_that_refuses_a_prompt(preview, folder, organisms, model):
    """The behavior that cannot be asked is told of, the others are shown."""
    (folder / "t.jinja").write_text(
        "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system') }}"
        "{% endif %}<{{ m.content }}>{% endfor %}"
    )
    given = ["--model-a", organisms / "base"] if model else []
    said = preview("--chat-template=t.jinja", *given, status=1)
    assert "refuses a prompt with the roles system, user" in " ".join(said.out.split())
    assert "  <HI!>" in said.lines


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-n", "0"], "-n is 0; it must be at least 1"),
        (["-n", "few"], "argument -n: invalid int value: 'few'"),
        (["--chat-template=no.jinja"], "could not be collected"),
        (["--model-a=no-such-model"], "could not be collected"),
        (["-k", "nobody"], "no behavior was selected: -k, -m or --deselect leaves out"),
    ],
)
def test_what_cannot_be_shown(preview, arguments, message):
    assert message in preview(*arguments, status=4).err
