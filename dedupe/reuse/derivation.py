"""Whether one text was made from another: figures on two whole texts, in any language.

`dedupe.reuse.align` shows the passages that two texts share. A text rewritten word by word shares no
passage and yet says the same in kindred words. The figures here tell such texts from independent
reports of one event, which share its names and numbers only. They take quadratic time, so they are for
given pairs and no part of a run.

Spelling is taken leniently, which matters most where desks do not agree on it: letters in their
normal form (`dedupe.text.normal`), numbers parted from letters, words of nearly equal spelling as
one, and letters compared with the spaces left out, which are often misplaced.

Two figures say how the common wording is spread, which shares do not: in how many ``runs`` it comes (as
the tiles of Wise 1993, by which Clough et al. 2002 tell how the press rewrites dispatches), and whether
its ``order`` is kept (the pairs of Kendall 1938). A copy keeps it; but of texts with as much in common,
one that an editor turned round keeps it less than an independent report, which follows the event.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq, Levenshtein
from rapidfuzz.process import cdist

from dedupe.text import normal
from dedupe.text.kernels import I64, U32, Flags, frozen, kernel
from dedupe.text.tokens import tokenize

F64 = NDArray[np.float64]

SPELLING = 0.7
"""Two words so alike (1 - Levenshtein distance / length) count as one; numbers must be equal."""
STRETCH = 16
"""Words of a stretch of a text, which is looked for in twice as many words of the other."""
FOUND = 0.4
"""A stretch is found in the other text if so large a share of its weight is."""
RUN = 8
"""Letters of the shortest run that counts, about two words."""
RARE = 0.0125
"""A word in so small a share of the documents is rare, and so is one in a single document."""
SHORT, LONG = 4, 6
"""Letters of n-grams: those that tell how texts of a corpus are related, and those that tell wording."""
NEAREST = 8
"""A text's own source is compared with so many other sources, and the other way round."""
LONGEST = 3_000
"""Words of a text that are looked at; quadratic time must end."""

_LEAST = 0.01
_PARTS = re.compile(r"[0-9]+(?:[.,][0-9]+)*|[^0-9]+")


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a text in normal form, numbers apart from letters, and its letters without spaces."""

    words: tuple[str, ...]
    letters: str

    def grams(self, size: int) -> frozenset[str]:
        """Return the runs of ``size`` letters."""
        return frozenset(self.letters[at : at + size] for at in range(len(self.letters) - size + 1))


@dataclass(frozen=True, slots=True)
class Rarity:
    """In how many of ``count`` documents each term stands."""

    count: int
    frequency: Mapping[str, int]

    def weigh(self, terms: Sequence[str]) -> F64:
        """Return the weight of each term: 1 when no other document has it, 0 when all have."""
        others = [max(1, self.frequency.get(term, 1) - 1) for term in terms]
        weights: F64 = 1 - np.log(np.array(others, np.float64)) / np.log(self.count + 1)
        return weights


@dataclass(frozen=True, slots=True)
class Known:
    """What a corpus uses anyway: its words, and its runs of ``LONG`` letters."""

    words: Rarity
    grams: Rarity


@dataclass(frozen=True, slots=True)
class Derivation:
    """Figures on a text and the source that it may be made from. Shares are 0 to 1; words weigh by
    their rarity."""

    words: int
    """Of the text."""
    contained_spelt: float
    """Share of the text's distinct words that the source has, however spelt."""
    source_contained_spelt: float
    """The same of the source's words and the text."""
    local: float
    """Share of a stretch of the text that some stretch of the source has; mean over the text."""
    order: float
    """Share of the pairs of found stretches that follow each other in the source as well (two at one
    place count half; with no pair it is 1/2)."""
    in_order: float
    """Share of the text's words, each counted alike, in the longest common subsequence."""
    longest: int
    """Letters in the longest run of equal letters."""
    runs: float
    """Number of runs of ``RUN`` equal letters or more, none within another, by letters of the text."""
    shared: float
    """Weight of the runs of ``LONG`` letters in common."""
    own_rare: float
    """Number of rare words of the text that the source has in no spelling."""
    numbers: float
    """Share of the text's numbers that the source has (one more counted half, so that none is 1/2)."""
    source_numbers: float
    """Share of the source's numbers that the text has, counted so."""


def wording(text: str) -> Wording:
    """Return the first ``LONGEST`` words of a text; any string is taken."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    entries = normal.table()[codes]
    kinds = entries >> np.uint32(normal.CLASS_SHIFT)
    spelt = (entries & np.uint32((1 << normal.CLASS_SHIFT) - 1)).tolist()
    kept = ((kinds != normal.SILENT) & (kinds != normal.INVISIBLE)).tolist()
    _, starts, stops = tokenize([text]).document(0)
    words: list[str] = []
    for start, stop in zip(starts[:LONGEST].tolist(), stops[:LONGEST].tolist(), strict=True):
        words += _PARTS.findall("".join(chr(spelt[at]) for at in range(start, stop) if kept[at]))
    return Wording(tuple(words[:LONGEST]), "".join(words[:LONGEST]))


def rarity(documents: Iterable[Iterable[str]]) -> Rarity:
    """Count the documents that hold each term."""
    sets = [frozenset(terms) for terms in documents]
    return Rarity(len(sets), Counter(term for terms in sets for term in terms))


def known(documents: Sequence[Wording]) -> Known:
    """Count words and runs of letters over the documents of a corpus."""
    return Known(rarity(one.words for one in documents), rarity(one.grams(LONG) for one in documents))


def derivation(text: Wording, source: Wording, corpus: Known) -> Derivation:
    """Compare a text with the source that it may be made from."""
    words, at = _distinct(text.words)
    others, other_at = _distinct(source.words)
    weights, other_weights = corpus.words.weigh(words), corpus.words.weigh(others)
    alike = _alike(words, others)
    found: Flags = np.any(alike, axis=1)
    other_found: Flags = np.any(alike, axis=0)
    near, places = _local(alike[at][:, other_at], weights[at])
    runs = _runs(_codes(text.letters), _codes(source.letters))
    whole: Flags = np.append(runs[1:], 0) <= runs  # not the beginning of a longer run
    shared = sorted(text.grams(LONG) & source.grams(LONG))
    rare = np.array([corpus.words.frequency.get(word, 0) for word in words]) <= max(
        1, RARE * corpus.words.count
    )
    numbers, other_numbers = (frozenset(filter(_is_number, side)) for side in (words, others))
    return Derivation(
        words=len(text.words),
        contained_spelt=_share(found, weights),
        source_contained_spelt=_share(other_found, other_weights),
        local=float(near.mean()) if len(near) else 0.0,
        order=_in_step(places[near >= FOUND]),
        in_order=LCSseq.similarity(text.words, source.words) / max(1, len(text.words)),
        longest=int(runs.max(initial=0)),
        runs=int((whole & (runs >= RUN)).sum()) / max(1, len(runs)),
        shared=float(corpus.grams.weigh(shared).sum()),
        own_rare=float((rare & ~found).sum()),
        numbers=_halved(numbers & other_numbers, numbers),
        source_numbers=_halved(numbers & other_numbers, other_numbers),
    )


def standing_out(texts: Sequence[Wording], sources: Sequence[Wording]) -> F64:
    """Return how much nearer text ``i`` is to source ``i`` than to the others, float64[n, 2].

    First the logarithm of how much more of the text is in its source than, on average, in the
    ``NEAREST`` other sources that hold most of it; then the same for the source and the texts. In
    reports on one event, what any two of them share tells little about a third. Sources (texts) of the
    same letters are no others.
    """
    sides = [[one.grams(SHORT) for one in side] for side in (texts, sources)]
    terms = sorted(frozenset().union(*sides[0], *sides[1]))
    place = {term: number for number, term in enumerate(terms)}
    weights = rarity([*sides[0], *sides[1]]).weigh(terms)
    left, right = (_matrix(side, place) for side in sides)
    shared = np.asarray((left.multiply(weights).tocsr() @ right.T).todense())
    total, source_total = np.asarray(left @ weights), np.asarray(right @ weights)
    forth = shared / np.maximum(total, _LEAST)[:, None]
    back = shared.T / np.maximum(source_total, _LEAST)[:, None]
    return np.stack((_ahead(forth, sources), _ahead(back, texts)), axis=1)


def _ahead(shares: F64, others: Sequence[Wording]) -> F64:
    names = np.unique([one.letters for one in others], return_inverse=True)[1]
    out = np.zeros(len(shares))
    for row, share in enumerate(shares):
        rivals = np.sort(share[names != names[row]])[::-1][:NEAREST]
        if len(rivals):
            out[row] = np.log((share[row] + _LEAST) / (rivals.mean() + _LEAST))
    return out


def _matrix(side: Sequence[Set[str]], place: Mapping[str, int]) -> Any:
    from scipy.sparse import csr_matrix  # here: it takes a tenth of a second, and most commands do without

    bounds = np.cumsum([0, *map(len, side)])
    columns = np.array([place[term] for terms in side for term in sorted(terms)], np.int64)
    return csr_matrix((np.ones(len(columns)), columns, bounds), shape=(len(side), len(place)))


def _distinct(words: Sequence[str]) -> tuple[list[str], I64]:
    place: dict[str, int] = {}
    at = [place.setdefault(word, len(place)) for word in words]
    return list(place), np.array(at, np.int64)


def _is_number(word: str) -> bool:
    return word[0] in "0123456789"


def _alike(words: Sequence[str], others: Sequence[str]) -> Flags:
    if not words or not others:
        return np.zeros((len(words), len(others)), np.bool_)
    alike: Flags = (
        cdist(words, others, scorer=Levenshtein.normalized_similarity, dtype=np.float32) >= SPELLING
    )
    numbers = np.array([_is_number(word) for word in words])
    others_known = {word: place for place, word in enumerate(others)}
    for row in np.flatnonzero(numbers).tolist():
        alike[row] = False
        if words[row] in others_known:
            alike[row, others_known[words[row]]] = True
    return alike


def _local(alike: Flags, weights: F64) -> tuple[F64, I64]:
    """Return, for each stretch of the text, the largest share of its weight that a stretch of the
    source has, and the place of that stretch."""
    if 0 in alike.shape:
        return np.zeros(len(alike)), np.zeros(len(alike), np.int64)
    near = _near(alike)
    size = min(STRETCH, len(alike))
    weight = np.concatenate(([0.0], np.cumsum(weights)))
    held = np.zeros((len(alike) + 1, alike.shape[1]))
    np.cumsum(near * weights[:, None], axis=0, out=held[1:])
    whole = np.maximum(weight[size:] - weight[:-size], 1e-9)
    common = held[size:] - held[:-size]
    return common.max(axis=1) / whole, common.argmax(axis=1)


def _in_step(places: I64) -> float:
    """Return the share of pairs of which the later is greater; of which it is equal, half."""
    pairs = len(places) * (len(places) - 1) / 2
    greater, equal = (
        int(np.tril(compare.outer(places, places), -1).sum()) for compare in (np.greater, np.equal)
    )
    return (greater + equal / 2) / pairs if pairs else 0.5


def _near(alike: Flags) -> Flags:
    """Mark the columns with a mark among the ``STRETCH`` before or, itself included, from there on."""
    columns = np.arange(alike.shape[1])
    counts = np.zeros((len(alike), alike.shape[1] + 1), np.int32)
    np.cumsum(alike, axis=1, out=counts[:, 1:])
    until = counts[:, np.minimum(columns + STRETCH, alike.shape[1])]
    marked: Flags = until > counts[:, np.maximum(columns - STRETCH, 0)]
    return marked


def _share(found: Flags, weights: F64) -> float:
    whole = float(weights.sum())
    return float(weights[found].sum()) / whole if whole > 0 else 0.0


def _halved(part: Set[str], whole: Set[str]) -> float:
    return (len(part) + 1) / (len(whole) + 2)


def _codes(letters: str) -> NDArray[np.uint32]:
    return frozen(np.frombuffer(letters.encode("utf-32-le", "surrogatepass"), np.uint32), np.uint32)


@kernel
def _runs(left: U32, right: U32) -> I64:
    """Return, for each letter of left, the length of the longest run up to it that right has too."""
    lengths = np.zeros(len(right) + 1, np.int32)  # of the runs that end at the letter of left
    best = np.zeros(len(left), np.int64)
    for end, letter in enumerate(left):
        longest = 0
        for at in range(len(right), 0, -1):
            lengths[at] = lengths[at - 1] + 1 if right[at - 1] == letter else 0
            longest = max(longest, lengths[at])
        best[end] = longest
    return best
