"""What a credit speaks for: the sentences it covers, and how surely.

The rules, with examples, are in docs/credits.md. In short: a credit that opens a sentence
("Mengutip X, …") opens a stretch that runs to the next such credit; any other covers its
sentence; "Demikian …" points back; datelines, slugs and last lines cover the document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dedupe.records import Cover, Span, Strength

SILENT = frozenset({"related", "byline", "newsletter", "copyright", "caption", "social", "advert", "endmark"})
"""Kinds of furniture that no credit covers."""
_APART = frozenset({"line", "source_line", "with", "contributed", "copyright", "byline", "trailer", "slug_bare"})
_OPENERS = "\"“«„'‘"


@dataclass(frozen=True, slots=True)
class Mark:
    """A credit as the rules of coverage see it: where it stands, its form's name and scope."""

    start: int
    stop: int
    scope: str
    form: str
    lead: bool
    generic: bool
    anaphora: tuple[str, ...] = ()


def is_lead(text: str, sentences: Sequence[Span], start: int) -> bool:
    """Whether a cue at ``start`` opens its sentence: at most a few small words stand before it."""
    for sentence in sentences:
        if sentence.start <= start < sentence.stop:
            before = text[sentence.start : start].strip(" \"“”'«‘(")
            return len(before) <= 30 and before.count(" ") <= 2 and (not before or before.endswith((",", "-", "–", "—")))
    return True


def cover(text: str, marks: Sequence[Mark], sentences: Sequence[Span], furniture: Sequence[Span]) -> list[tuple[Cover, ...]]:
    """Return the covers of each mark, in order of ``marks``; each is sorted and disjoint."""
    silent = [f for f in furniture if f.kind in SILENT]
    open_sentences = [s for s in sentences if not _inside(s, silent)]
    return [tuple(_covers(text, mark, marks, open_sentences)) for mark in marks]


def _covers(text: str, mark: Mark, marks: Sequence[Mark], sentences: Sequence[Span]) -> list[Cover]:
    if mark.scope == "image" or not sentences:
        return []
    home = next((i for i, s in enumerate(sentences) if s.start < mark.stop and mark.start < s.stop), None)
    if mark.scope == "document":
        return _document(text, mark, sentences, home)
    if home is None:
        return []
    if mark.scope == "back":
        return _back(text, mark, marks, sentences, home)
    if mark.scope == "paragraph":
        first = _paragraph(text, sentences, home)
        earlier = [m.stop for m in marks if m.scope == "paragraph" and m.stop <= mark.start]
        reach = max(earlier, default=-1)
        return [Cover(s.start, s.stop, "certain") for s in sentences[first : home + 1] if s.stop > reach]
    if mark.scope == "stretch" and mark.lead and not mark.generic:
        return _stretch(mark, marks, sentences, home)
    found = [Cover(sentences[home].start, sentences[home].stop, "certain")]
    if home and mark.form in ("said_to", "told") and text[sentences[home - 1].start] in _OPENERS:
        if "\n" not in text[sentences[home - 1].stop : sentences[home].start]:
            found.insert(0, Cover(sentences[home - 1].start, sentences[home - 1].stop, "likely"))
    if home + 1 < len(sentences):
        following = sentences[home + 1]
        if text[following.start : following.start + 40].lower().startswith(mark.anaphora) and mark.anaphora:
            found.append(Cover(following.start, following.stop, "likely"))
    return found


def _document(text: str, mark: Mark, sentences: Sequence[Span], home: int | None) -> list[Cover]:
    found = []
    apart = mark.form in _APART
    for i, sentence in enumerate(sentences):
        if apart and i == home:
            continue
        if mark.form == "byline" and sentence.stop <= mark.start:
            continue
        strength: Strength = "certain" if i == home else "likely"
        found.append(Cover(sentence.start, sentence.stop, strength))
    return found


def _back(text: str, mark: Mark, marks: Sequence[Mark], sentences: Sequence[Span], home: int) -> list[Cover]:
    first = _paragraph(text, sentences, home)
    if first == home and home:
        first = _paragraph(text, sentences, home - 1)
    earlier = max((m.stop for m in marks if m.stop <= mark.start and m.scope in ("stretch", "back") and m.lead), default=-1)
    later = any(m.start > mark.stop and m.scope != "image" for m in marks)
    found = []
    for i, sentence in enumerate(sentences):
        if i == home:
            continue
        strength: Strength = "likely"
        if first <= i < home:
            strength = "certain"
        elif sentence.start < earlier or (i > home and later):
            strength = "possible"
        found.append(Cover(sentence.start, sentence.stop, strength))
    return found


def _stretch(mark: Mark, marks: Sequence[Mark], sentences: Sequence[Span], home: int) -> list[Cover]:
    others = [m for m in marks if m.lead and m.scope in ("stretch", "back") and not m.generic and m.start != mark.start]
    close = min((m.start for m in others if m.start >= sentences[home].stop), default=None)
    opened = any(m.start < sentences[home].start for m in others)
    found = []
    for i, sentence in enumerate(sentences):
        if i == home:
            found.append(Cover(sentence.start, sentence.stop, "certain"))
        elif i > home and (close is None or sentence.stop <= close):
            found.append(Cover(sentence.start, sentence.stop, "likely"))
        elif i < home and not opened:
            found.append(Cover(sentence.start, sentence.stop, "possible"))
    return found


def _paragraph(text: str, sentences: Sequence[Span], at: int) -> int:
    """Return the index of the first sentence on the line of sentence ``at``."""
    line = text.rfind("\n", 0, sentences[at].start) + 1
    while at and sentences[at - 1].start >= line:
        at -= 1
    return at


def _inside(sentence: Span, spans: Sequence[Span]) -> bool:
    covered = sum(max(0, min(sentence.stop, s.stop) - max(sentence.start, s.start)) for s in spans)
    return 2 * covered >= max(1, sentence.stop - sentence.start)
