"""How the property tests of the statistics run."""

from __future__ import annotations

from hypothesis import settings

# A busy machine is no failure; simulations here have no deadline that means anything.
settings.register_profile("behavtest-stats", deadline=None)
settings.load_profile("behavtest-stats")
