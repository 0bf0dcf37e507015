"""Finding, fingerprinting and loading models."""
