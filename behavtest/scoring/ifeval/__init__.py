"""``ifeval``: instructions that a program can check, as IFEval defines them.

The definitions are those of ``instruction_following_eval/instructions.py`` of
google-research/google-research (Zhou et al., "Instruction-following evaluation for large language
models", arXiv 2311.07911); where a module differs from it, it says so.
"""

from behavtest.scoring.ifeval.scorer import ifeval

__all__ = ["ifeval"]
