"""Bytes to text: which encoding, and how many characters were lost."""

from __future__ import annotations

import codecs
from contextlib import suppress
from typing import NamedTuple

from dedupe.text.language import familiarity

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_GUESSED_FROM = 65_536  # bytes
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r\f\x1b")
_LAST_RESORT = "cp1252"
_IN_USE = (  # on the web and in exports, the commonest first
    "cp1252", "cp1251", "gb18030", "cp932", "cp949", "big5", "cp1250", "cp1256", "cp1254", "cp1253",
    "cp1255", "cp1257", "cp1258", "cp874", "koi8_r", "euc_jp", "iso8859_2", "iso8859_15",
)  # fmt: skip
_NEAR = 0.05


class Decoded(NamedTuple):
    """A text as decoded, its encoding, and the number of characters that had to be replaced."""

    text: str
    encoding: str
    replacements: int


def marked_encoding(head: bytes) -> tuple[str, int] | None:
    """Return the encoding that a byte order mark names and the mark's length, or None."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name, len(mark)
    return None


def is_binary(head: bytes) -> bool:
    """Whether the first bytes of a file cannot be text.

    They hold NULs or many control characters, without a mark of UTF-16 or UTF-32.
    """
    if marked_encoding(head) is not None:
        return False
    return b"\x00" in head or len(head.translate(None, _CONTROLS)) < 0.9 * len(head)


def decode(data: bytes, *, likely: str | None = None) -> Decoded:
    """Decode without ever failing; line ends stay as they are.

    In order: a byte order mark (which is dropped), UTF-8, the ``likely`` encoding of earlier lines
    of the file, what charset-normalizer finds, Windows-1252 with replacement characters.
    """
    marked = marked_encoding(data[:4])
    if marked is not None:
        name, length = marked
        return _replacing(data[length:], name)
    with suppress(UnicodeDecodeError):
        return Decoded(data.decode("utf-8"), "utf-8", 0)
    guess = likely or _guess(data)
    if guess is not None:
        with suppress(UnicodeDecodeError, LookupError):
            return Decoded(data.decode(guess), guess, 0)
    if _is_mostly_utf8(data):
        return _replacing(data, "utf-8")
    return _replacing(data, _LAST_RESORT)


def _replacing(data: bytes, name: str) -> Decoded:
    try:
        return Decoded(data.decode(name), name, 0)
    except UnicodeDecodeError:
        text = data.decode(name, "replace")
        return Decoded(text, name, text.count("\ufffd"))


def _guess(data: bytes) -> str | None:
    if _is_mostly_utf8(data):  # UTF-8 with a few broken bytes: another encoding would garble all the rest
        return None
    import charset_normalizer  # hardly ever asked for, and slow to load

    matches = list(charset_normalizer.from_bytes(data[:_GUESSED_FROM], cp_isolation=list(_IN_USE)))
    if not matches:
        return None
    # Code pages of neighbouring languages read as well as one another to it: the words decide.
    near = [match for match in matches if match.chaos <= matches[0].chaos + _NEAR]
    return max(
        (name for match in near for name in match.could_be_from_charset if name in _IN_USE),
        key=lambda name: (familiarity(data[:_GUESSED_FROM].decode(name, "replace")), -_IN_USE.index(name)),
        default=matches[0].encoding,
    )


def _is_mostly_utf8(data: bytes) -> bool:
    """Whether far more characters beyond ASCII are well-formed UTF-8 than are broken."""
    text = data[:_GUESSED_FROM].decode("utf-8", "replace")
    broken = text.count("\ufffd")
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return beyond - broken > 4 * broken
