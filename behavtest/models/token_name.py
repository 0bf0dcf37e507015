"""What to call a token that is no text by itself."""

from __future__ import annotations

_FIRST_STAND_IN = 0x100
_BYTES = 256

# Byte-level vocabularies write a byte as the character of its number if that is visible, and as
# one of those from U+0100 on if not (Radford et al. 2019, GPT-2's bytes_to_unicode).
_VISIBLE = frozenset([*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)])
_STAND_INS = {
    chr(_FIRST_STAND_IN + place): byte
    for place, byte in enumerate(byte for byte in range(_BYTES) if byte not in _VISIBLE)
} | {chr(byte): byte for byte in _VISIBLE}


def token_name(piece: object, token_id: int) -> str:
    r"""Name a token.

    Args:
        piece: What the vocabulary calls it, if it knows it.
        token_id: Its id.

    Returns:
        The vocabulary's name; of a part of a character its bytes, ``\xf0\x9f`` say.
    """
    if not isinstance(piece, str) or not piece:
        return f"token {token_id}"
    if not all(character in _STAND_INS for character in piece):
        return piece
    data = bytes(_STAND_INS[character] for character in piece)
    try:
        data.decode()
    except UnicodeDecodeError:
        return "".join(f"\\x{byte:02x}" for byte in data)
    return piece
