"""Calibration: model A against itself."""
