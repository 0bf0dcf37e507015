"""A synthetic chat world and the tiny models that live in it."""
