"""Where a name may begin and end: the boundaries of words in the scripts of the world."""

from __future__ import annotations

import re

from dedupe.provenance.inflection import inflected
from dedupe.provenance.lexicon import UNSPACED

_UNSPACED = re.compile(f"[{UNSPACED}]")
_KATAKANA = ("\u30a1", "\u30fc")
REPORT_GOES_ON = frozenset("道導导告名销銷")
"""Characters that make another word of 报, "newspaper": 报道 is a report."""
_PROCLITICS = "وفبلك"
STROKE = "ـ"
"""The stroke that lengthens an Arabic letter, as in "لـ" before a name."""
SUFFIX = 3
_LATIN_ENDS = "\u0250"


def bounded(text: str, start: int, stop: int, language: str | None) -> bool:
    """Whether ``text[start:stop]`` is a name of its own, or one with an ending of the language."""
    first, last = text[start], text[stop - 1]
    if start and first < _LATIN_ENDS and text[start - 1] < _LATIN_ENDS and text[start - 1].isalnum():
        return False  # what most hits in prose are: letters inside a longer word
    if first >= _KATAKANA[0] and not _apart(text, start, stop):
        return False
    if start:
        before = text[start - 1]
        if before in "@#" or (before in "./" and first.isascii() and _in_address(text, start)):
            return False
        if letter(before) and script(before) == script(first) and not _UNSPACED.match(first):
            at = start - 1 - (before == STROKE)
            proclitic = arabic(first) and at >= 0 and text[at] in _PROCLITICS
            if not proclitic or (at and letter(text[at - 1])):
                return False
    if stop < len(text):
        after = text[stop]
        if letter(after) and script(after) == script(last) and not _UNSPACED.match(last):
            if last.isascii() or script(last) in (_LATIN, _GREEK):
                return stop - start >= 4 and inflected(text, stop, language)
            run = stop
            while run < len(text) and run - stop <= SUFFIX and letter(text[run]):
                run += 1
            if run - stop > SUFFIX and not hangul(last):
                return False
            if arabic(last) and stop - start < 4:  # another word: قناة is no ending of قنا
                return False
    return True


def _apart(text: str, start: int, stop: int) -> bool:
    """Whether a name without spaces around it is a word of its own: no part of a longer one in katakana,
    and no "消息报" that goes on as "消息报道"."""
    before, first, last, after = text[start - 1 : start], text[start], text[stop - 1], text[stop : stop + 1]
    low, high = _KATAKANA
    if (low <= before <= high and low <= first <= high) or (low <= last <= high and low <= after <= high):
        return False
    return last not in "报報" or after not in REPORT_GOES_ON or not after


def _in_address(text: str, start: int) -> bool:
    before = text[max(0, start - 4) : start]
    return before.endswith(("www.", "//")) or (before.endswith(".") and before[-2:-1].isalnum())


_LATIN, _GREEK = 1, 2


def letter(char: str) -> bool:
    """Whether a character is a letter or a digit, or a mark that belongs to one."""
    return char.isalnum() or "\u0900" <= char <= "\u0dff" or "\u064b" <= char <= "\u0652"


def script(char: str) -> int:
    """Return a number for the script of a letter; digits count as Latin."""
    code = ord(char)
    if code < 0x250 or 0x1E00 <= code < 0x1F00 or 0x300 <= code < 0x370:
        return _LATIN
    if code < 0x400 or 0x1F00 <= code < 0x2000:
        return _GREEK
    return 0x1000 if code >= 0x3040 else code >> 8 if not 0x600 <= code < 0x780 else 6


def hangul(char: str) -> bool:
    """Whether a character is a Korean syllable."""
    return "\uac00" <= char <= "\ud7a3"


def arabic(char: str) -> bool:
    """Whether a character is Hebrew or Arabic."""
    return "\u0590" <= char <= "\u077f"
