"""From what the user typed to a folder on disk."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import NamedTuple

from behavtest.errors import ModelError

HUB_ID = re.compile(r"^[\w.-]+/[\w.-]+(@[\w./-]+)?$")
# Weights in any other format can run code when loaded, so they are not even downloaded.
_WANTED = ["*.json", "*.safetensors", "*.jinja", "*.model", "*.txt", "tokenizer*", "merges*"]


class HubId(NamedTuple):
    """A model on the hub.

    Args:
        repository: ``org/name``.
        revision: Branch, tag or commit; None is the default branch.
    """

    repository: str
    revision: str | None


def locate(reference: str) -> Path:
    """Find a model's folder, downloading it from the hub if it is not local.

    Args:
        reference: A local folder, or ``org/name`` or ``org/name@revision`` on the hub.

    Returns:
        The folder holding its files.

    Raises:
        ModelError: There is no such folder and no such model.
    """
    folder = Path(reference).expanduser()
    if folder.is_dir():
        return folder
    if folder.exists():
        raise ModelError(f"{reference} is a file; give the folder that holds the model")
    if not HUB_ID.match(reference) or reference.startswith("."):
        raise ModelError(f"there is no model folder {reference}{_suggestion(folder)}")
    return _download(parse_hub_id(reference), folder)


def parse_hub_id(reference: str) -> HubId:
    """Split ``org/name@revision``."""
    repository, _, revision = reference.partition("@")
    return HubId(repository, revision or None)


def _download(hub_id: HubId, folder: Path) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(
            snapshot_download(hub_id.repository, revision=hub_id.revision, allow_patterns=_WANTED)
        )
    except LocalEntryNotFoundError as error:
        raise ModelError(
            f"there is no folder {folder}{_suggestion(folder)}, and as a hub id "
            f"{hub_id.repository} is not in the local hub cache and cannot be downloaded now "
            "(offline, or HF_HUB_OFFLINE is set)"
        ) from error
    except HfHubHTTPError as error:
        raise ModelError(
            f"there is no folder {folder}{_suggestion(folder)}, and the hub does not give "
            f"{hub_id.repository} at revision {hub_id.revision or 'main'}: "
            f"{str(error).splitlines()[0]}. If the model is private or gated, set HF_TOKEN"
        ) from error


def _suggestion(folder: Path) -> str:
    parent = folder.parent
    if not parent.is_dir():
        return f" ({parent} does not exist either)"
    siblings = [entry.name for entry in parent.iterdir() if entry.is_dir()]
    close = difflib.get_close_matches(folder.name, siblings, n=1)
    return f" (did you mean {parent / close[0]}?)" if close else ""
