"""What a calibration found: as a page, as lines of text, as JSON."""
