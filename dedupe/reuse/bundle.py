"""Many documents made ready for alignment together: the arrays of `reuse.prepared`, one document
after the other, worked out for all at once and, where few need them, only for those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedupe.reuse import kernels_bundle as kernels
from dedupe.reuse import kernels_pieces
from dedupe.reuse.background import Background
from dedupe.reuse.kernels_bundle import CLAUSE, LINE, GramPlaces, TermTable, UnitTable
from dedupe.reuse.prepared import Prepared, Terms
from dedupe.text import normal
from dedupe.text.kernels import I32, I64, U32, Bytes, Flags, frozen
from dedupe.text.tokens import TokenBatch

CLAUSE_MARKS = ",;:()[]«»“”„—–،؛、，；："
ENDINGS = {"clause": CLAUSE | LINE, "line": LINE, "sentence": 0}


@cache
def traits() -> Bytes:
    """Return what each code point is, as bits of `kernels_bundle`."""
    characters = np.arange(0x110000, dtype=np.uint32).view("U1")
    out = np.zeros(0x110000, np.uint8)
    for test, bit in (
        (np.char.isupper, kernels.UPPER), (np.char.islower, kernels.LOWER), (np.char.isdigit, kernels.DIGIT),
        (np.char.isspace, kernels.SPACE),
    ):  # fmt: skip
        out[test(characters)] |= bit
    out[[ord(mark) for mark in CLAUSE_MARKS]] |= CLAUSE
    out[[ord("\r"), ord("\n")]] |= LINE
    return out


@dataclass(frozen=True)
class Bundle:
    """Documents with their words, furniture ``mask`` and sentences: those of document d are the rows
    ``of_sentences[d]`` to ``of_sentences[d + 1]`` of ``sentences``, ranges of its words."""

    texts: Sequence[str]
    languages: Sequence[str | None]
    batch: TokenBatch
    of_codes: I64
    codes: U32
    mask: Flags
    of_sentences: I64
    sentences: I32
    background: Background

    def __len__(self) -> int:
        """Return the number of documents."""
        return len(self.batch)

    @cached_property
    def units(self) -> I32:
        """`Prepared.unit_of_word`."""
        return kernels.units(self.batch.offsets, self.mask, self.of_sentences, self.sentences)

    @cached_property
    def names(self) -> Flags:
        """`Prepared.names`."""
        batch = self.batch
        return kernels.names(
            batch.offsets, batch.hashes, batch.starts, self.of_codes, self.codes, traits(),
            self.of_sentences, self.sentences,
        )  # fmt: skip

    @cached_property
    def tells(self) -> NDArray[np.float32]:
        """`Prepared.tells`."""
        weights = self.background.weigh(self.batch.hashes)
        weights[self.names] = 0
        return weights

    @cached_property
    def words(self) -> TermTable:
        """`Prepared.words`."""
        bounds = self.batch.offsets
        return TermTable(bounds, *kernels.word_terms(bounds, self.batch.hashes, self.units))

    @cached_property
    def word_units(self) -> UnitTable:
        """The same by sentence."""
        return UnitTable(*kernels.by_unit(self.words, np.diff(self.of_sentences)))

    @cached_property
    def grams(self) -> tuple[TermTable, GramPlaces]:
        """`Prepared.grams`, and as they stand in the texts."""
        batch = self.batch
        table, places = kernels.gram_terms(
            batch.offsets, batch.starts, batch.stops, self.units, self.tells, self.of_codes, self.codes,
            normal.table(), self.of_sentences,
        )  # fmt: skip
        return TermTable(*table), GramPlaces(*places)

    def pieces(self, chosen: I64, edge: str) -> tuple[I64, I32, I32, I32]:
        """Return `Prepared.clause_pieces` (or what ``edge`` asks for) of these documents: bounds and ranges; where
        each one's words begin, and these as numbers of `words`."""
        batch = self.batch
        found: tuple[I64, I32, I32, I32] = kernels_pieces.pieces(
            chosen, batch.offsets, batch.starts, self.mask, self.of_codes, self.codes, traits(),
            self.of_sentences, self.sentences, self.words.term_of, ENDINGS[edge],
        )  # fmt: skip
        return found

    def prepared(self, document: int) -> Prepared:
        """Return one document by itself; what was worked out for all is not worked out again."""
        words = slice(int(self.batch.offsets[document]), int(self.batch.offsets[document + 1]))
        rows = slice(int(self.of_sentences[document]), int(self.of_sentences[document + 1]))
        side = Prepared(
            self.texts[document], *self.batch.document(document), self.mask[words], self.sentences[rows],
            self.languages[document], self.background,
        )  # fmt: skip
        known: dict[str, Any] = {
            "unit_of_word": self.units[words], "names": self.names[words], "tells": self.tells[words],
            "words": terms_of(self.words, self.word_units, document),
        }  # fmt: skip
        side.__dict__.update(known)
        return side


def terms_of(table: TermTable, units: UnitTable, place: int) -> Terms:
    """Return one document's terms."""
    terms = slice(table.of_terms[place], table.of_terms[place + 1])
    entries = slice(units.of_entries[place], units.of_entries[place + 1])
    bounds = slice(units.of_bounds[place], units.of_bounds[place + 1])
    return Terms(
        table.distinct[terms], table.frequency[terms], units.bounds[bounds], units.entry[entries],
        units.weight[entries],
    )  # fmt: skip


def decoded(data: NDArray[np.uint8], offsets: I64) -> tuple[I64, U32]:
    """Return where each of some texts in UTF-8 begins among their code points, and these."""
    bounds = np.zeros(len(offsets), np.int64)
    codes = np.empty(int(offsets[-1] - offsets[0]), np.uint32)
    count = kernels.decode(frozen(data, np.uint8), frozen(offsets, np.int64), bounds, codes)
    return bounds, codes[:count]
