"""A behavtest scorer: how close in meaning a completion is to a reference text.

Nothing is imported here, so that a session that uses no embeddings pays for none.
"""
