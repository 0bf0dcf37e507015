"""Whether a model may be released: a policy, what was accepted, and who signed."""
