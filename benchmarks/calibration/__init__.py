"""The parts of ``python benchmarks/calibration.py``: measured error rates of every procedure."""
