"""The generation engine: slots, replay, and the loops that decode what replay leaves."""
