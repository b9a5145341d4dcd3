"""What each Unicode code point means to the tokeniser, and what it is normalised to.

One code point maps to one code point, so offsets never move. Folded away are case,
width and other compatibility forms, the shape of apostrophes, digits of other scripts,
Latin, Greek and Cyrillic diacritics (desks write Erdoğan and Erdogan, and composed and
decomposed spellings become the same word), Arabic vowel signs, madda and hamza on a
letter (for the same two reasons), and the keyboard variants of yeh, kaf and heh.
"""

from __future__ import annotations

import functools
import os
import unicodedata
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np
from numpy.typing import NDArray

SEPARATOR, LETTER, DIGIT, ALONE, MARK, SILENT, INVISIBLE, APOSTROPHE, POINT = range(9)
"""Classes: MARK continues a word; SILENT does too, but is not hashed; INVISIBLE is not
hashed and does not lengthen a word; ALONE is a word of its own; APOSTROPHE joins
letters; POINT joins digits."""

CLASS_SHIFT = 24

_APOSTROPHES = "'\u2018\u2019\u201b\u02bc\u02b9\u2032\uff07"
_POINTS = {".": ".", ",": ",", "\uff0e": ".", "\uff0c": ",", "\u066b": ".", "\u066c": ","}
_INVISIBLE = "\u00ad\u034f\u061c\u200c\u200d\u200e\u200f\u2060\ufeff"
_JOINERS = {
    **dict.fromkeys(_APOSTROPHES, APOSTROPHE << CLASS_SHIFT | ord("'")),
    **{char: POINT << CLASS_SHIFT | ord(point) for char, point in _POINTS.items()},
    **dict.fromkeys(_INVISIBLE, INVISIBLE << CLASS_SHIFT),
}
_KEYBOARD = {
    **dict.fromkeys("\u064a\u0649", "\u06cc"),  # yeh: Arabic with and without dots, Persian and Urdu
    "\u0643": "\u06a9",  # kaf
    **dict.fromkeys("\u06c1\u06c3\u0629", "\u0647"),  # heh: Urdu; teh marbuta, which is often written so
}
_ACCENTS = ((0x0300, 0x0370), (0x0653, 0x0656))  # the second: madda and hamza
_SILENT = ((0x0300, 0x0370), (0x064B, 0x0660), (0x0670, 0x0671), (0xFE00, 0xFE10), (0xE0100, 0xE01F0))
_TATWEEL = 0x0640
_ALONE = (
    (0x0E00, 0x0F00),  # Thai, Lao
    (0x1000, 0x10A0),  # Burmese
    (0x1780, 0x1800),  # Khmer
    (0x2E80, 0x2FE0),  # Han radicals
    (0x3005, 0x3008),  # ideographic iteration, closing and zero
    (0x3040, 0x3100),  # kana
    (0x31F0, 0x3200),  # kana extensions
    (0x3400, 0x4DC0),  # Han
    (0xA9E0, 0xAA00),  # Burmese extensions
    (0xAA60, 0xAA80),
    (0xF900, 0xFB00),  # Han compatibility
    (0xFF66, 0xFFA0),  # half-width kana
    (0x1B000, 0x1B170),  # kana supplement
)
_HAN = (0x4E00, 0xA000)
_HANGUL = (0xAC00, 0xD7A4)
_SURROGATES_AND_PRIVATE_USE = 0xF900  # where the code points after Hangul that are no text end
_HAN_PLANES = (0x20000, 0x323B0)
_LISTED = 0x20000
_BLOCK = 32


@functools.cache
def table() -> NDArray[np.uint32]:
    """Return uint32[0x110000]: class in the top byte, normalised code point below.

    Separators are 0. The classes follow the interpreter's Unicode database, so only a
    letter added to Unicode later can ever change a word. Working it out takes a quarter of a second,
    so it is kept in the user's cache folder, where that can be written.
    """
    with suppress(OSError, RuntimeError, ValueError, EOFError):  # RuntimeError: there is no home
        return _kept()
    return worked_out()


def _kept() -> NDArray[np.uint32]:
    state = blake2b(Path(__file__).read_bytes() + unicodedata.unidata_version.encode(), digest_size=8)
    path = cache_folder() / f"letters-{state.hexdigest()}.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as aside:
            np.save(aside, worked_out())
        os.replace(aside.name, path)
    kept: NDArray[np.uint32] = np.load(path, mmap_mode="r").view(np.ndarray)
    if kept.shape != (0x110000,) or kept.dtype != np.uint32:
        raise ValueError("not a table of letters")
    return kept


def cache_folder() -> Path:
    """Return the folder in which this package keeps what it can work out again."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wiretrace"


def worked_out() -> NDArray[np.uint32]:
    """Return `table`, worked out anew."""
    out = np.zeros(0x110000, np.uint32)
    for first in range(0, _LISTED, _BLOCK):
        if not (_HAN[0] <= first < _HAN[1] or _HANGUL[0] <= first < _SURROGATES_AND_PRIVATE_USE):
            plain = _is_plain("".join(map(chr, range(first, first + _BLOCK))))
            for code in range(first, first + _BLOCK):
                out[code] = _entry(code, plain=plain)
    for kind, (start, stop) in ((ALONE, _HAN), (LETTER, _HANGUL), (ALONE, _HAN_PLANES)):
        out[start:stop] = np.arange(start, stop, dtype=np.uint32) | (kind << CLASS_SHIFT)
    out[0xE0100:0xE01F0] = SILENT << CLASS_SHIFT
    out.flags.writeable = False
    return out


def _is_plain(characters: str) -> bool:
    """Whether no character would be folded: asked for many at once, since folding each takes long."""
    return (
        all(unicodedata.is_normalized(form, characters) for form in ("NFKC", "NFD"))
        and characters == characters.lower() == characters.casefold()
    )


def _entry(code: int, *, plain: bool) -> int:
    char = chr(code)
    if char in _JOINERS:
        return _JOINERS[char]
    category = unicodedata.category(char)
    if category[0] not in "LNM":
        return 0
    if code == _TATWEEL or any(start <= code < stop for start, stop in _SILENT):
        return SILENT << CLASS_SHIFT
    if category[0] == "M":
        return MARK << CLASS_SHIFT | code
    if category == "Nd":
        return DIGIT << CLASS_SHIFT | ord("0") + unicodedata.digit(char)
    return (ALONE if _alone(code) else LETTER) << CLASS_SHIFT | (
        code if plain and char not in _KEYBOARD else ord(fold(char))
    )


def _alone(code: int) -> bool:
    return code >= 0x0E00 and any(start <= code < stop for start, stop in _ALONE)


def fold(char: str) -> str:
    """Return the one character that the letter ``char`` is normalised to."""
    if char.isascii():
        return char.lower()
    char = _bare(_single(unicodedata.normalize("NFKC", char), char))
    char = _bare(_single(char.casefold(), _single(char.lower(), char)))
    return _KEYBOARD.get(char, char)


def _single(wanted: str, otherwise: str) -> str:
    return wanted if len(wanted) == 1 else otherwise


def _bare(char: str) -> str:
    """Return a letter without the accents that its canonical decomposition gives it."""
    parts = unicodedata.normalize("NFD", char)
    marks = (any(start <= ord(mark) < stop for start, stop in _ACCENTS) for mark in parts[1:])
    return parts[0] if all(marks) else char
