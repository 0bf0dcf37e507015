"""Whether a model at hand is the one of a fingerprint."""

from __future__ import annotations


def has_fingerprint(reference: str, fingerprint: str, *, description: str, base: str) -> bool:
    """Compute a model's fingerprint and compare it.

    Args:
        reference: The model, as for ``--model-a``.
        fingerprint: The one it should have.
        description: The model's, in which the type it computed in is named.
        base: For an adapter, the fingerprint of the model it changes.

    Raises:
        ModelError: There is no such model here, a server's for instance.
    """
    from behavtest.models.fingerprint import fingerprint as digest
    from behavtest.models.folder import inspect_folder
    from behavtest.models.loading import DTYPES
    from behavtest.models.reference import locate

    folder = inspect_folder(locate(reference))
    # the type is part of a fingerprint; the weights are read once if the description names it
    likely = sorted(DTYPES, key=lambda dtype: dtype not in description)
    return any(
        digest(folder, dtype=dtype, base=base if folder.adapter else "") == fingerprint
        for dtype in likely
    )
