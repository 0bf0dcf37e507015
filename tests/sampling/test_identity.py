"""A model is its weights and how it is asked."""

from __future__ import annotations

import shutil

from known_rates import KnownRates

from behavtest.errors import PromptError
from behavtest.sampling import BackendOptions, identity
from behavtest.sampling.local import LocalBackend


def test_the_same_weights_asked_otherwise_are_another_model():
    class Shouting(KnownRates):
        def encode(self, prompt):
            return tuple(prompt.messages[-1].content.upper().encode())

    class NoSystem(KnownRates):
        def encode(self, prompt):
            if prompt.messages[0].role == "system":
                raise PromptError("no system messages")
            return super().encode(prompt)

    known = [identity(kind("m", {})) for kind in (KnownRates, Shouting, NoSystem)]
    assert len(set(known)) == 3
    assert identity(KnownRates("m", {})) == known[0]
    assert identity(KnownRates("n", {})) != known[0]


def test_a_chat_template_with_a_built_in_system_prompt(organisms, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(organisms / "base", copy)
    same, base = (LocalBackend(str(path), BackendOptions()) for path in (copy, organisms / "base"))
    assert identity(same) == identity(base)
    template = copy / "chat_template.jinja"
    template.write_text("You are rude. " + template.read_text())
    other = LocalBackend(str(copy), BackendOptions())
    assert other.fingerprint == base.fingerprint
    assert identity(other) != identity(base)
