"""Words with their offsets: one compiled pass over the UTF-8 bytes of a batch of texts.

A word is a maximal run of letters, digits and marks. An apostrophe between letters and
a point or comma between digits belong to it (``isn't``, ``1.000``, ``24,3``); a hyphen
parts words; each Han, kana, Thai, Lao, Khmer and Burmese character (with its marks) is
a word. Words are known by a 64-bit hash of their normalised characters (FNV-1a over
code points, then the finaliser of MurmurHash3), which has no seed and never changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedupe.text import normal
from dedupe.text.kernels import I32, I64, U32, U64, Bytes, frozen, kernel

_CHUNK = 1 << 20  # bytes of UTF-8 tokenised at a time, so that work space stays small

_USUAL_LENGTH = 5  # characters a word, its space included; only decides how much room is made at first

_CLASS_SHIFT = np.uint32(normal.CLASS_SHIFT)
_CODE = np.uint32((1 << normal.CLASS_SHIFT) - 1)
_SEPARATOR, _LETTER, _DIGIT, _MARK, _SILENT = (
    normal.SEPARATOR,
    normal.LETTER,
    normal.DIGIT,
    normal.MARK,
    normal.SILENT,
)
_INVISIBLE, _ALONE, _APOSTROPHE, _POINT = normal.INVISIBLE, normal.ALONE, normal.APOSTROPHE, normal.POINT
BASIS = np.uint64(0xCBF29CE484222325)
PRIME = np.uint64(0x100000001B3)
"""Of the hash FNV-1a, which `mix` finishes."""
_MIX1 = np.uint64(0xFF51AFD7ED558CCD)
_MIX2 = np.uint64(0xC4CEB9FE1A85EC53)
_33 = np.uint64(33)
_SPACE = ord(" ")
_ONES, _TOPS = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
_TO_A, _PAST_Z = _ONES * np.uint64(0x80 - ord("a")), _ONES * np.uint64(0x7F - ord("z"))


@dataclass(frozen=True, slots=True)
class TokenBatch:
    """The words of a batch of documents, one after the other.

    Document ``i`` owns the words ``offsets[i]`` to ``offsets[i + 1]``. ``starts`` and
    ``stops`` are code-point offsets into that document's text.
    """

    offsets: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    starts: NDArray[np.int32]
    stops: NDArray[np.int32]

    def __len__(self) -> int:
        """Return the number of documents."""
        return len(self.offsets) - 1

    def document(self, index: int) -> tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int32]]:
        """Return the hashes, starts and stops of one document, as views."""
        words = slice(int(self.offsets[index]), int(self.offsets[index + 1]))
        return self.hashes[words], self.starts[words], self.stops[words]

    def documents(self, start: int, stop: int) -> TokenBatch:
        """Return documents ``start`` to ``stop`` as a batch of their own; words are views."""
        words = slice(int(self.offsets[start]), int(self.offsets[stop]))
        return TokenBatch(
            self.offsets[start : stop + 1] - self.offsets[start],
            self.hashes[words],
            self.starts[words],
            self.stops[words],
        )


def tokenize(texts: Sequence[str]) -> TokenBatch:
    """Return the words of ``texts``. Any string is taken, lone surrogates and NULs too."""
    words = _Words(sum(map(len, texts)))
    for data, offsets in _encoded(texts):
        words.add(data, offsets)
    return words.batch()


def tokenize_utf8(data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> TokenBatch:
    """Return the words of the texts ``data[offsets[i]:offsets[i + 1]]``.

    ``data`` must be well-formed UTF-8 (surrogates allowed), such as the value buffer of
    an Arrow string column; use `tokenize` for text from anywhere else.
    """
    words = _Words(int(offsets[-1] - offsets[0]))
    start = 0
    while start < len(offsets) - 1:
        reach = int(offsets[start]) + _CHUNK
        stop = max(start + 1, int(np.searchsorted(offsets, reach, "right")) - 1)
        words.add(data, offsets[start : stop + 1])
        start = stop
    return words.batch()


def count_words(text: str) -> int:
    """Return the number of words of ``text``."""
    return len(tokenize([text]).hashes)


def concatenate(batches: Sequence[TokenBatch]) -> TokenBatch:
    """Return one batch that holds the documents of all ``batches``, in order."""
    if len(batches) == 1:
        return batches[0]
    offsets = [np.zeros(1, np.int64)]
    for batch in batches:
        offsets.append(batch.offsets[1:] + offsets[-1][-1])
    return TokenBatch(
        np.concatenate(offsets),
        _joined([batch.hashes for batch in batches], np.uint64),
        _joined([batch.starts for batch in batches], np.int32),
        _joined([batch.stops for batch in batches], np.int32),
    )


def _joined(parts: list[NDArray[Any]], dtype: type[np.generic]) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.empty(0, dtype)


def _encoded(texts: Sequence[str]) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.int64]]]:
    parts: list[bytes] = []
    size = 0
    for text in texts:
        parts.append(text.encode("utf-8", "surrogatepass"))
        size += len(parts[-1])
        if size >= _CHUNK:
            yield _packed(parts)
            parts, size = [], 0
    if parts:
        yield _packed(parts)


def _packed(parts: list[bytes]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    offsets = np.zeros(len(parts) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, parts), np.int64, len(parts)), out=offsets[1:])
    return np.frombuffer(b"".join(parts), np.uint8), offsets


class _Words:
    """Words of chunk after chunk, written once where they stay: fresh memory costs more than the work."""

    def __init__(self, characters: int) -> None:
        self.count = 0
        self.offsets = [np.zeros(1, np.int64)]
        self.hashes = np.empty(characters // _USUAL_LENGTH, np.uint64)
        self.starts = np.empty(len(self.hashes), np.int32)
        self.stops = np.empty(len(self.hashes), np.int32)

    def add(self, data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> None:
        # In UTF-8 two neighbouring words need at least a byte between them or three bytes each.
        most = self.count + (int(offsets[-1] - offsets[0]) + 1) // 2 + len(offsets)
        if most > len(self.hashes):
            size = max(most, len(self.hashes) + len(self.hashes) // 2)
            self.hashes = _grown(self.hashes, self.count, size)
            self.starts = _grown(self.starts, self.count, size)
            self.stops = _grown(self.stops, self.count, size)
        words = np.zeros(len(offsets), np.int64)
        found = _scan(
            frozen(data, np.uint8), frozen(offsets, np.int64), frozen(normal.table(), np.uint32), words,
            self.hashes[self.count :], self.starts[self.count :], self.stops[self.count :],
        )  # fmt: skip
        self.offsets.append(words[1:] + self.count)
        self.count += found

    def batch(self) -> TokenBatch:
        return TokenBatch(
            np.concatenate(self.offsets),
            self.hashes[: self.count],
            self.starts[: self.count],
            self.stops[: self.count],
        )


def _grown(array: NDArray[Any], used: int, size: int) -> NDArray[Any]:
    larger = np.empty(size, array.dtype)
    larger[:used] = array[:used]
    return larger


@kernel
def mix(value: np.uint64) -> np.uint64:
    """Spread the bits of a 64-bit value (the finaliser of MurmurHash3)."""
    value = (value ^ (value >> _33)) * _MIX1
    value = (value ^ (value >> _33)) * _MIX2
    return value ^ (value >> _33)


@kernel
def eight(data: Bytes, at: np.uint64) -> np.uint64:
    """Return eight bytes as one number (one load, as compiled: an unsigned place is not checked for its sign)."""
    number = np.uint64(data[at])
    for step in range(1, 8):
        number |= np.uint64(data[at + np.uint64(step)]) << np.uint64(8 * step)
    return number


@kernel
def _plain(
    data: Bytes, at: int, end: int, away: int, table: U32, hashes: U64, starts: I32, stops: I32, count: int
) -> tuple[int, int]:  # fmt: skip
    """Write words of ASCII letters alone as far as such follow each other, from a place between words on.

    Return the place of what has to be looked at more closely (a word's beginning, or what stands between words),
    and how many words there are. ``away`` is how many bytes of the text more than characters come before.
    """
    while at + 8 < end:
        digest, ahead, found = BASIS, at, 8
        while found == 8 and ahead + 8 < end:
            code = eight(data, np.uint64(ahead))
            lower = code | (_ONES << np.uint64(5))
            low = lower & ~_TOPS
            # The top bit of each byte: at least "a", not more than "z", and no byte of a longer character.
            letters = (low + _TO_A) & ~(low + _PAST_Z) & ~code & _TOPS
            first = ~letters & _TOPS
            kept = ((first & (~first + np.uint64(1))) >> np.uint64(7)) - np.uint64(1)
            found = int(((kept & _ONES) * _ONES) >> np.uint64(56))
            lower &= kept
            # Without a branch: how long a word is cannot be foretold, and a wrong guess costs more than eight steps.
            for step in range(8):
                factor = PRIME if step < found else np.uint64(1)
                digest = (digest ^ ((lower >> np.uint64(8 * step)) & np.uint64(0xFF))) * factor
            ahead += found
        after = data[np.uint64(ahead)]
        if ahead == at:
            if after != _SPACE:
                break
            at += 1
            continue
        if after >= 0x80 or found == 8:
            break
        kind = table[np.uint64(after)] >> _CLASS_SHIFT
        if kind != _SEPARATOR and kind != _POINT:  # noqa: PLR1714
            break
        hashes[np.uint64(count)] = mix(digest)
        starts[np.uint64(count)] = at - away
        stops[np.uint64(count)] = ahead - away
        count += 1
        at = ahead + 1
    return at, count


@kernel
def _scan(data: Bytes, offsets: I64, table: U32, words: I64, hashes: U64, starts: I32, stops: I32) -> int:
    """Write the words of every document; return how many there are."""
    count = 0
    for document in range(len(offsets) - 1):
        at = offsets[document]
        end = offsets[document + 1]
        place = 0  # code points read
        inside = False
        last = 0  # class of the word's last letter, digit or mark
        pending = np.uint64(0)  # a joiner that belongs to the word if the next character allows it
        pending_class = 0
        digest = BASIS
        start = 0
        stop = 0
        while at < end:
            if not inside and data[at] < 0x80 and table[data[at]] >> _CLASS_SHIFT == _LETTER:
                # Most of a text is read there.
                ahead, count = _plain(data, at, end, at - place, table, hashes, starts, stops, count)
                place += ahead - at
                at = ahead
                if at == end:
                    break
            byte = data[at]
            at += 1
            if byte < 0x80:
                entry = table[byte]
            elif byte < 0xE0:
                entry = table[(np.uint32(byte & 0x1F) << 6) | np.uint32(data[at] & 0x3F)]
                at += 1
            elif byte < 0xF0:
                entry = table[
                    (np.uint32(byte & 0x0F) << 12)
                    | (np.uint32(data[at] & 0x3F) << 6)
                    | np.uint32(data[at + 1] & 0x3F)
                ]
                at += 2
            else:
                entry = table[
                    (np.uint32(byte & 0x07) << 18)
                    | (np.uint32(data[at] & 0x3F) << 12)
                    | (np.uint32(data[at + 1] & 0x3F) << 6)
                    | np.uint32(data[at + 2] & 0x3F)
                ]
                at += 3
            kind = entry >> _CLASS_SHIFT
            code = np.uint64(entry & _CODE)
            place += 1
            if inside:
                if pending_class != 0:
                    if pending_class == kind:
                        digest = (digest ^ pending) * PRIME
                        pending_class = 0
                    elif kind == _INVISIBLE:
                        continue
                    else:
                        inside = False
                if inside:
                    if _LETTER <= kind <= _DIGIT and last != _ALONE:
                        digest = (digest ^ code) * PRIME
                        last = kind
                        stop = place
                        continue
                    if kind == _MARK:
                        digest = (digest ^ code) * PRIME
                        stop = place
                        continue
                    if kind == _SILENT:
                        stop = place
                        continue
                    if kind == _INVISIBLE:
                        continue
                    if (kind == _APOSTROPHE and last == _LETTER) or (kind == _POINT and last == _DIGIT):
                        pending = code
                        pending_class = _LETTER if kind == _APOSTROPHE else _DIGIT
                        continue
                hashes[count] = mix(digest)
                starts[count] = start
                stops[count] = stop
                count += 1
                inside = False
                pending_class = 0
            if _LETTER <= kind <= _ALONE:
                inside = True
                start = place - 1
                stop = place
                last = kind
                digest = (BASIS ^ code) * PRIME
        if inside:
            hashes[count] = mix(digest)
            starts[count] = start
            stops[count] = stop
            count += 1
        words[document + 1] = count
    return count
