"""A behavtest scorer: a language model judges completions.

Nothing is imported here, so that a session that uses no judge pays for none.
"""
