"""What a credit speaks for: the sentences it covers, and how surely.

The rules, with examples, are in docs/credits.md. In short: a credit that opens a sentence
("Mengutip X, …") opens a stretch that runs to the next such credit; any other covers its
sentence; "Demikian …" points back; datelines, slugs and last lines cover the document.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from dedupe.records import Cover, Span, Strength

SILENT = frozenset({"related", "byline", "newsletter", "copyright", "caption", "social", "advert", "endmark"})
"""Kinds of furniture that no credit covers."""
_APART = frozenset(
    {"line", "source_line", "with", "contributed", "copyright", "byline", "trailer", "slug_bare"}
)
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
    source: str = ""
    anaphora: tuple[str, ...] = ()


def is_lead(text: str, sentences: Sequence[Span], starts: Sequence[int], start: int) -> bool:
    """Whether a cue at ``start`` opens its sentence: at most a few small words stand before it."""
    at = bisect_right(starts, start) - 1
    if at < 0 or start >= sentences[at].stop:
        return True
    before = text[sentences[at].start : start][:60].strip(" \"“”'«‘(")
    return (
        len(before) <= 30 and before.count(" ") <= 2 and (not before or before.endswith((",", "-", "–", "—")))
    )


def cover(
    text: str, marks: Sequence[Mark], sentences: Sequence[Span], furniture: Sequence[Span]
) -> list[tuple[Cover, ...]]:
    """Return the covers of each mark, in order of ``marks``; each is sorted and disjoint.

    A source that speaks for the whole document does so once: its first such mark covers the document,
    further ones only their own sentence, so the result stays linear in the text.
    """
    page = _Page.of(text, marks, _voiced(sentences, furniture))
    done: set[str] = set()
    covers = []
    for mark in marks:
        if mark.scope == "document":
            covers.append(tuple(_document(page, mark, mark.source not in done)))
            done.add(mark.source)
        else:
            covers.append(tuple(_covers(page, mark)))
    return covers


@dataclass(frozen=True, slots=True)
class _Page:
    """A text with its coverable sentences, and where the credits that bound others stand."""

    text: str
    sentences: Sequence[Span]
    starts: Sequence[int]
    leads: Sequence[int]
    columns: Sequence[int]
    last: int

    @classmethod
    def of(cls, text: str, marks: Sequence[Mark], sentences: Sequence[Span]) -> _Page:
        leads = sorted(m.start for m in marks if m.lead and m.scope in ("stretch", "back") and not m.generic)
        columns = sorted(m.start for m in marks if m.scope in ("paragraph", "paragraph_on"))
        last = max((m.start for m in marks if m.scope != "image"), default=-1)
        return cls(text, sentences, [s.start for s in sentences], leads, columns, last)

    def home(self, mark: Mark) -> int | None:
        """Return the index of the sentence that holds a mark."""
        at = bisect_right(self.starts, mark.start) - 1
        if at >= 0 and self.sentences[at].stop > mark.start:
            return at
        return at + 1 if at + 1 < len(self.starts) and self.starts[at + 1] < mark.stop else None

    def paragraph(self, at: int) -> int:
        """Return the index of the first sentence on the line of sentence ``at``."""
        line = self.text.rfind("\n", 0, self.sentences[at].start) + 1
        return bisect_left(self.starts, line)


def _voiced(sentences: Sequence[Span], furniture: Sequence[Span]) -> list[Span]:
    """Return the sentences that are not for the most part furniture."""
    silent = sorted(f[:2] for f in furniture if f.kind in SILENT)
    if not silent:
        return list(sentences)
    kept, at = [], 0
    for sentence in sentences:
        while at < len(silent) and silent[at][1] <= sentence.start:
            at += 1
        covered, i = 0, at
        while i < len(silent) and silent[i][0] < sentence.stop:
            covered += min(sentence.stop, silent[i][1]) - max(sentence.start, silent[i][0])
            i += 1
        if 2 * covered < max(1, sentence.stop - sentence.start):
            kept.append(sentence)
    return kept


def _covers(page: _Page, mark: Mark) -> list[Cover]:
    home = page.home(mark)
    if mark.scope == "image" or home is None:
        return []
    if mark.scope == "back":
        return _back(page, mark, home)
    if mark.scope == "paragraph":
        at = bisect_left(page.columns, mark.start) - 1
        reach = page.columns[at] if at >= 0 else -1
        first = max(page.paragraph(home), bisect_right(page.starts, reach))
        return [Cover(s.start, s.stop, "certain") for s in page.sentences[min(first, home) : home + 1]]
    if mark.scope == "paragraph_on":
        at = bisect_right(page.columns, mark.start)
        until = page.columns[at] if at < len(page.columns) else len(page.text)
        stop = max(home + 1, bisect_left(page.starts, until))
        return [
            Cover(s.start, s.stop, "likely" if i else "certain")
            for i, s in enumerate(page.sentences[home:stop])
        ]
    if mark.scope == "stretch" and mark.lead and not mark.generic:
        return _stretch(page, mark, home)
    return _sentence(page, mark, home)


def _sentence(page: _Page, mark: Mark, home: int) -> list[Cover]:
    here = page.sentences[home]
    found = [Cover(here.start, here.stop, "certain")]
    if home and mark.form in ("said_to", "told"):
        before = page.sentences[home - 1]
        if page.text[before.start] in _OPENERS and "\n" not in page.text[before.stop : here.start]:
            found.insert(0, Cover(before.start, before.stop, "likely"))
    if mark.anaphora and home + 1 < len(page.sentences):
        following = page.sentences[home + 1]
        if page.text[following.start : following.start + 40].lower().startswith(mark.anaphora):
            found.append(Cover(following.start, following.stop, "likely"))
    return found


def _document(page: _Page, mark: Mark, first: bool) -> list[Cover]:
    home = page.home(mark)
    if not first:
        here = page.sentences[home : home + 1] if home is not None else []
        return [Cover(s.start, s.stop, "certain") for s in here]
    apart = range(0)
    if mark.form in _APART:
        begin = page.text.rfind("\n", 0, mark.start) + 1
        end = page.text.find("\n", mark.stop)
        apart = range(
            bisect_left(page.starts, begin), bisect_left(page.starts, end) if end >= 0 else len(page.starts)
        )
        if len(apart) == len(page.sentences):
            apart = range(0)
    found = []
    for i, sentence in enumerate(page.sentences):
        if i in apart or (mark.form == "byline" and sentence.stop <= mark.start):
            continue
        strength: Strength = "certain" if i == home else "likely"
        found.append(Cover(sentence.start, sentence.stop, strength))
    return found


def _back(page: _Page, mark: Mark, home: int) -> list[Cover]:
    first = page.paragraph(home)
    if first == home and home:
        first = page.paragraph(home - 1)
    at = bisect_left(page.leads, page.starts[home]) - 1
    earlier = page.leads[at] if at >= 0 else -1
    found = []
    for i in range(bisect_left(page.starts, earlier) if earlier >= 0 else 0, home):
        sentence = page.sentences[i]
        found.append(Cover(sentence.start, sentence.stop, "certain" if i >= first else "likely"))
    if page.last <= mark.start:
        found += [Cover(s.start, s.stop, "likely") for s in page.sentences[home + 1 :]]
    return found


def _stretch(page: _Page, mark: Mark, home: int) -> list[Cover]:
    here = page.sentences[home]
    at = bisect_left(page.leads, here.stop)
    close = page.leads[at] if at < len(page.leads) else len(page.text)
    found = []
    if bisect_left(page.leads, here.start) == 0:
        found = [Cover(s.start, s.stop, "possible") for s in page.sentences[:home]]
    found.append(Cover(here.start, here.stop, "certain"))
    until = bisect_right(page.starts, close) if at < len(page.leads) else len(page.starts)
    found += [Cover(s.start, s.stop, "likely") for s in page.sentences[home + 1 : until] if s.stop <= close]
    return found
