"""The nouns, and the schemas of the tables that a run writes.

Offsets are Python ``str`` indices (code points) into a document's ``text`` exactly
as read; ``stop`` is exclusive; ``text[start:stop]`` is the quoted surface.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import pyarrow as pa

DocumentKind = Literal["outlet", "wire"]
MatchKind = Literal["verbatim", "light", "reworded", "translated"]
Role = Literal["credit", "photo", "disputed", "copyright"]
Strength = Literal["certain", "likely", "possible"]
LedgerClass = Literal["credited", "uncredited", "claimed", "shared", "boilerplate", "own"]

MATCH_KINDS: tuple[MatchKind, ...] = ("verbatim", "light", "reworded", "translated")
LEDGER_CLASSES: tuple[LedgerClass, ...] = (
    "credited",
    "uncredited",
    "claimed",
    "shared",
    "boilerplate",
    "own",
)
CHANNELS = ("shingles", "minhash", "tfidf", "translated")


class Span(NamedTuple):
    """A stretch of a text, ``start`` to ``stop`` (exclusive), and what kind it is."""

    start: int
    stop: int
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One article (``kind='outlet'``) or one agency dispatch (``kind='wire'``).

    ``published`` is an ISO 8601 date or time as far as it is known; ``language`` an
    ISO 639-1 code or None; ``outlet_from`` says where the outlet's name was found:
    ``given``, ``dateline``, ``file`` or ``folder``. ``source_id`` is the catalogue id
    of the agency that issued a wire dispatch (or of the outlet, when it is a source).
    """

    id: str
    text: str
    outlet: str
    kind: DocumentKind = "outlet"
    source_id: str | None = None
    published: str | None = None
    language: str | None = None
    url: str | None = None
    title: str | None = None
    file: str = ""
    outlet_from: str = "given"


@dataclass(frozen=True, slots=True)
class Rejected:
    """An input record that was not analysed: ``where`` is ``file:line`` or a record id."""

    where: str
    reason: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """An aligned pair of passages in an ordered pair of documents (``a < b`` by id).

    Spans are character offsets. ``score`` is in [0, 1]. ``measures`` are the named
    figures the score was made of; ``guards`` name what differs although the passages
    are alike (``number``, ``name``, ``negation``, ``roles``). ``accepted`` is the
    filter's verdict: a candidate that is not accepted is kept for tuning only.
    """

    a_start: int
    a_stop: int
    b_start: int
    b_stop: int
    kind: MatchKind
    score: float
    a_words: int
    b_words: int
    accepted: bool = True
    guards: tuple[str, ...] = ()
    measures: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Cover:
    """A stretch of text that a credit speaks for, and how surely."""

    start: int
    stop: int
    strength: Strength


@dataclass(frozen=True, slots=True)
class Credit:
    """One sighting of a credit in a text.

    ``start, stop`` hold the bare name of the nearest link (no descriptor, no article);
    ``chain`` lists source ids nearest first: "KCNA, as quoted by The Asahi Shimbun" is
    ``("asahi", "kcna")`` with the span of "The Asahi Shimbun". ``mentions`` are the
    spans of all links, in the order of the chain. Unnamed media have ids that begin
    with ``generic:``, media outside the catalogue ``open:``.
    """

    start: int
    stop: int
    surface: str
    chain: tuple[str, ...]
    role: Role
    confidence: float
    covers: tuple[Cover, ...] = ()
    mentions: tuple[Span, ...] = ()
    rule: str = ""


def _fields(**columns: pa.DataType) -> pa.Schema:
    return pa.schema([pa.field(name, kind) for name, kind in columns.items()])


_str, _i32, _f64 = pa.string(), pa.int32(), pa.float64()

DOCUMENTS = _fields(
    id=_str, outlet=_str, kind=_str, source_id=_str, published=_str, language=_str, url=_str,
    title=_str, text=_str, words=_i32, file=_str, outlet_from=_str,
)  # fmt: skip

COVER = pa.struct([("start", _i32), ("stop", _i32), ("strength", _str)])

CREDITS = _fields(
    document=_str, start=_i32, stop=_i32, surface=_str, chain=pa.list_(_str), role=_str,
    confidence=_f64, covers=pa.list_(COVER), rule=_str,
)  # fmt: skip

PAIRS = _fields(
    a=_str, b=_str, channels=pa.list_(_str), jaccard=_f64, minhash=_f64, tfidf=_f64, a_covered=_f64,
    b_covered=_f64, longest_words=_i32, passages=_i32,
)  # fmt: skip
"""Every candidate pair of documents: n-gram Jaccard (exact), MinHash estimate, TF-IDF cosine,
share of a's and b's words in accepted passages, words of the longest one, and their number."""

CANDIDATES = _fields(
    a=_str, a_start=_i32, a_stop=_i32, b=_str, b_start=_i32, b_stop=_i32, kind=_str, score=_f64,
    a_words=_i32, b_words=_i32, accepted=pa.bool_(), guards=pa.list_(_str),
    measures=pa.map_(_str, _f64),
)  # fmt: skip
"""Every aligned pair of passages above the low floor, accepted or not, with its measures."""

MATCHES = _fields(
    a=_str, a_start=_i32, a_stop=_i32, b=_str, b_start=_i32, b_stop=_i32, kind=_str, score=_f64,
    a_covered=_f64, b_covered=_f64, family=_str, a_words=_i32, b_words=_i32, guards=pa.list_(_str),
    channels=pa.list_(_str),
)  # fmt: skip
"""The accepted candidates; ``a_covered`` is the share of document a's words in this passage."""

FAMILIES = _fields(
    family=_str, document=_str, start=_i32, stop=_i32, words=_i32, common_start=_i32, common_stop=_i32
)
"""One row per member: a passage (``document, start, stop``) of a family. A family's name is
``document:start-stop`` of its smallest member."""

EVIDENCE = pa.struct([
    ("kind", _str), ("document", _str), ("start", _i32), ("stop", _i32), ("source", _str),
    ("weight", _f64), ("note", _str),
])  # fmt: skip

ORIGINS = _fields(
    family=_str, source=_str, confidence=_f64, basis=_str, direction=_str, evidence=pa.list_(EVIDENCE),
)  # fmt: skip
"""One row per family. ``source`` is empty where the evidence does not decide; ``basis`` is
``dispatch``, ``dateline``, ``credits`` or ``none``; ``direction`` is a hedged sentence."""

LEDGER = pa.schema([
    ("document", _str), ("start", _i32), ("stop", _i32), ("class", _str), ("source", _str),
    ("via", _str), ("family", _str), ("words", _i32),
])  # fmt: skip

MATRIX = pa.schema([
    ("outlet", _str), ("source", _str), ("via", _str), ("class", _str), ("words", pa.int64()),
    ("share", _f64), ("passages", _i32), ("documents", _i32),
])  # fmt: skip

TABLES: dict[str, pa.Schema] = {
    "documents": DOCUMENTS, "pairs": PAIRS, "candidates": CANDIDATES, "matches": MATCHES,
    "families": FAMILIES, "credits": CREDITS, "origins": ORIGINS, "ledger": LEDGER, "matrix": MATRIX,
}  # fmt: skip
