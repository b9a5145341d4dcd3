"""What each character is to the rules for lines, sentences and furniture, as the bits of `kernels_pages`."""

from __future__ import annotations

from functools import cache

import numpy as np

from dedupe.text import boilerplate, datelines, repeated, sentences
from dedupe.text import kernels_pages as kernels
from dedupe.text.kernels import U32

_BLOCK = 256
_TESTS = (
    (str.isspace, kernels.SPACE),
    (str.isalnum, kernels.ALNUM),
    (str.isupper, kernels.UPPER),
    (str.islower, kernels.LOWER),
    (str.isdigit, kernels.DIGIT),
    (lambda character: character.isalnum() and not character.isdecimal(), kernels.LETTER),
    (lambda character: bool(character.splitlines()[0] == ""), kernels.BREAK),
    (lambda character: "\u0e00" <= character <= "\u0e7f", kernels.THAI),
)
_SETS = (
    (sentences.STOPS, kernels.STOP),
    (sentences.HARD, kernels.HARD),
    (sentences.CLOSERS, kernels.CLOSER),
    (sentences.QUOTES, kernels.QUOTE),
    (sentences.OPENERS, kernels.OPENER),
    (sentences.NEVER_FIRST, kernels.NEVER_FIRST),
    (sentences.QUOTING, kernels.QUOTING),
    (datelines.DASHES, kernels.DASH),
    (boilerplate.BULLETS, kernels.BULLET),
    (boilerplate.SENTENCE_ENDS, kernels.ENDS_PROSE),
    (repeated.SENTENCE_ENDS, kernels.ENDS_KEYED),
)


@cache
def table() -> U32:
    """Return uint32[0x110000], 0 for characters that `learn` has not met: to ask about all takes long."""
    return np.zeros(0x110000, np.uint32)


def learn(points: U32) -> None:
    """Work out the traits of these code points and their neighbours."""
    met = np.zeros(0x110000 // _BLOCK, np.bool_)
    met[points // _BLOCK] = True
    for block in np.flatnonzero(met).tolist():
        characters = [chr(point) for point in range(block * _BLOCK, (block + 1) * _BLOCK)]
        bits = np.full(_BLOCK, kernels.KNOWN, np.uint32)
        for test, bit in _TESTS:
            bits[[test(character) for character in characters]] |= bit
        for members, bit in _SETS:
            bits[[character in members for character in characters]] |= bit
        table()[block * _BLOCK : (block + 1) * _BLOCK] = bits
