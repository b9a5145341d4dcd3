"""Where names of sources stand in a text: one dictionary of all aliases.

The dictionary holds each alias in the capitals it is met in (as listed, lower case, upper case,
title case), so one pass over the text as read finds all of them and offsets never move.
Boundaries depend on the script: none between Chinese, Japanese or Thai characters, up to three
letters of inflection after Cyrillic or Hangul, a proclitic before Arabic. Time is linear.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dedupe.provenance.boundaries import STROKE, SUFFIX, arabic, bounded, hangul, letter, script
from dedupe.provenance.catalogue import NOT_MEDIA, Alias, Catalogue, Source
from dedupe.provenance.dictionary import Dictionary
from dedupe.provenance.inflection import cases
from dedupe.provenance.lexicon import UNSPACED

_ONE_TO_ONE = (("\u00a0", " "), ("\u202f", " "), ("\u2019", "'"), ("\u02bc", "'"), ("\u2011", "-"))
_UNSPACED = re.compile(f"[{UNSPACED}]")
_DOMAIN_BACK = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9.-]{0,60}$")
_LINK = r"(?:de|do|da|del|della|des|dos|di|la|le|of|the|and|&)"
_NAME_AFTER = re.compile(rf" [\"“«]?([A-Z][\w'&-]*(?: (?:{_LINK} ){{0,2}}[A-Z][\w'&-]*){{0,4}})")
_NAME_BEFORE = re.compile(
    rf"(?<![\w.])(?:[Tt]he )?((?!The )[A-Z][\w'&-]*(?: (?:{_LINK} ){{0,2}}[A-Z][\w'&-]*){{0,4}})[\"”»]? $"
)
_PUBLIC = re.compile(r"(?:^|\.)(?:go|gov|mil|ac|edu|sch|desa|int|gob|gouv)(?:\.|$)")
_CROWDED = frozenset({"en", "id", "ms", None})
"""Languages in which initials are too common to be taken for an agency on a weak cue."""
CROWD, STRETCH = 30, 1000
"""So many keys of the dictionary in so few characters are not prose."""
ENDINGS = (
    ".com",
    ".id",
    ".net",
    ".org",
    ".tv",
    ".news",
    ".info",
    ".co",
    ".my",
    ".ru",
    ".de",
    ".fr",
    ".uk",
    ".io",
)


Entry = tuple[int, int, "Alias | None", str]
"""What a key of the dictionary stands for: offsets of the name inside it, the alias, and what it needs."""
Hit = tuple[int, int, int]
"""Stop and start of a key in a text, and its number in the dictionary."""


class Sighting(NamedTuple):
    """A name of a source at ``start:stop``; ``after`` is where its inflection ends.

    ``needs`` is that of the alias (see catalogue.Alias) or ``slug`` for an agency's initials in
    small letters, which count only in a slug. ``proclitic`` is the Arabic particle before it.
    """

    start: int
    stop: int
    after: int
    source: str
    needs: str
    generic: bool = False
    agency: bool = False
    proclitic: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Finder:
    """The dictionary of all names with what its keys stand for; built once per catalogue."""

    names: Dictionary[tuple[Entry, ...]]
    sources: Mapping[str, Source]
    inferred: Mapping[str, str]
    domains: Mapping[str, Source]

    @classmethod
    def build(cls, catalogue: Catalogue) -> Finder:
        """Build the dictionary of a catalogue."""
        keys: dict[str, list[Entry]] = {}

        def put(key: str, skip: int, drop: int, alias: Alias | None, needs: str) -> None:
            entries = keys.setdefault(key, [])
            if all(e[2] is None or alias is None or e[2].source != alias.source for e in entries):
                entries.append((skip, len(key) - drop, alias, needs))

        listed = {form for s in catalogue.sources.values() for a in s.aliases for form, _ in _forms(a)}
        for source in catalogue.sources.values():
            for alias in source.aliases:
                for form, needs in _forms(alias):
                    put(form, 0, 0, alias, needs)
                if (
                    source.agency
                    and (alias.text.isupper() or (alias.exact and alias.text.isalpha()))
                    and alias.text.isascii()
                    and 2 <= len(alias.text) <= 5
                ):
                    for small in (alias.text.lower(), alias.text.capitalize()):
                        for before in ("(", "( ", "-", "/", "/ "):
                            put(before + small, len(before), 0, alias, "slug")
            for domain in source.domains:
                put(domain, 0, 0, Alias(domain, source.id), "")
            for name in source.confused:
                for form in dict.fromkeys((name, name.lower(), name.upper())):
                    if form not in listed:  # "Metro TV" is not Metro, but it is a source of its own
                        keys[form] = [(0, len(form), None, "")]
        for ending in (e for name in ENDINGS for e in (name, name.upper())):
            keys.setdefault(ending, []).append((0, len(ending), None, "open"))
        inferred = {
            entry["starts"]: entry["source"] for entry in catalogue.phrases["universal"].get("trailer", ())
        }
        for text in inferred:
            keys.setdefault(text, []).append((0, len(text), None, "trailer"))
        for phrases in catalogue.phrases.values():
            for side in ("before", "after"):
                for text in phrases.get("open", {}).get(side, ()):
                    for form in (text, text.capitalize()):
                        keys.setdefault(form, []).append((0, len(form), None, f"open_{side}"))
        names = Dictionary({key: tuple(entries) for key, entries in keys.items() if key})
        domains = {d: s for s in catalogue.sources.values() if s.kind not in NOT_MEDIA for d in s.domains}
        return cls(names, catalogue.sources, inferred, domains)

    def find(self, text: str, language: str | None) -> list[Sighting]:
        """Return the sightings in a text, in order and disjoint: the longest name at the leftmost place.

        ``text`` must have been through ``plain``. The language decides between sources that share a name.
        """
        return next(self.find_all([text], [language]))

    def find_all(self, texts: Sequence[str], languages: Iterable[str | None]) -> Iterator[list[Sighting]]:
        """Yield the sightings in each of many texts, which costs less than to ask for one text at a time."""
        for text, language, raw in zip(texts, languages, self.names.occurrences(texts), strict=True):
            yield self._chosen(text, language, _sparse(raw)) if raw else []

    def _chosen(self, text: str, language: str | None, raw: Iterable[Hit]) -> list[Sighting]:
        hits: list[tuple[int, int, Entry]] = []
        for _, at, number in raw:
            for entry in self.names.values[number]:
                start, stop = at + entry[0], at + entry[1]
                if entry[3] == "open" or bounded(text, start, stop, language):
                    hits.append((start, -stop, entry))
        if not hits:
            return []
        hits.sort(key=lambda hit: hit[:2])
        found: list[Sighting] = []
        senses: dict[tuple[str, ...], str] = {}
        reached = -1
        index = 0
        while index < len(hits):
            start, minus, _ = hits[index]
            same = index
            while same < len(hits) and hits[same][:2] == (start, minus):
                same += 1
            if start >= reached:
                entries = [hit[2] for hit in hits[index:same]]
                sighting = self._sighting(text, start, -minus, entries, language, senses)
                if sighting is not None:
                    found.append(sighting)
                    reached = sighting.stop if sighting.start <= start else reached
                elif any(hit[2][2] is None and not hit[2][3] for hit in hits[index:same]):
                    reached = -minus
            index = same
        listed = [s for s in found if s.source and s.kind != "open"]
        return listed if len(listed) == len(found) else _merged(listed, found)

    def _sighting(
        self,
        text: str,
        start: int,
        stop: int,
        entries: Sequence[Entry],
        language: str | None,
        senses: dict[tuple[str, ...], str],
    ) -> Sighting | None:
        kinds = {entry[3] for entry in entries if entry[2] is None}
        aliases = [(entry[2], entry[3]) for entry in entries if entry[2] is not None]
        if "" in kinds:
            return None
        if not aliases:
            if "trailer" in kinds:
                return Sighting(start, stop, stop, self.inferred[text[start:stop]], "", True, kind="trailer")
            if "open" in kinds:
                return self._listed(_domain(text, start, stop))
            return _named(text, start, stop, kinds)
        alias, needs = min(aliases, key=lambda pair: self._preference(pair[0], language))
        if len(aliases) > 1:
            meant = self._meant(text, [pair[0] for pair in aliases], language, senses)
            if not meant:
                return None
            alias, needs = next(pair for pair in aliases if pair[0].source == meant)
        source = self.sources[alias.source]
        if needs in ("report", "descriptor") and language not in _CROWDED and language in source.languages:
            # Initials that mean anything abroad mean the agency in its own country.
            needs = "cue" if alias.text.isupper() and alias.text.isascii() else needs
        if source.kind in NOT_MEDIA:
            return Sighting(start, stop, stop, "", "")
        after = stop
        if not _UNSPACED.match(text[stop - 1]) and not hangul(text[stop - 1]):
            own = script(text[stop - 1])
            while (
                after < len(text)
                and after - stop < SUFFIX
                and letter(text[after])
                and script(text[after]) == own
            ):
                after += 1
        before = start - 1 - (text[start - 1 : start] == STROKE)
        attached = start and before >= 0 and arabic(text[start]) and letter(text[before])
        proclitic = text[before:start] if attached else ""
        return Sighting(
            start, stop, after, source.id, needs, source.generic, source.agency, proclitic, source.kind
        )

    def _listed(self, found: Sighting | None) -> Sighting | None:
        """Return the source whose domain an address is, in whatever capitals it stands, or the address."""
        source = self.domains.get(found.source.removeprefix("open:")) if found else None
        if found is None or source is None:
            return found
        return Sighting(
            found.start,
            found.stop,
            found.after,
            source.id,
            "",
            source.generic,
            source.agency,
            "",
            source.kind,
        )

    def _meant(
        self, text: str, aliases: Sequence[Alias], language: str | None, senses: dict[tuple[str, ...], str]
    ) -> str:
        """Return which source of one name is meant: that of the language, or the one whose context it has.

        A name has one sense per text (Gale, Church and Yarowsky, HLT 1992), kept in ``senses``. Where all
        sources that may be meant have a context and the text has none of them, or several, it is none: "".
        """
        ranks = sorted(self._preference(alias, language) for alias in aliases)
        rivals = tuple(source for rank, source in ranks if rank == ranks[0][0])
        if rivals not in senses:
            near = [r for r in rivals if any(word in text for word in self.sources[r].context)]
            open_to_all = all(self.sources[r].context for r in rivals)
            undecided = "" if open_to_all and len(rivals) > 1 else rivals[0]
            senses[rivals] = near[0] if len(near) == 1 else undecided
        return senses[rivals]

    def _preference(self, alias: Alias, language: str | None) -> tuple[int, str]:
        languages = self.sources[alias.source].languages
        rank = languages.index(language) if language in languages else len(languages) + 9
        return rank, alias.source


def plain(text: str) -> str:
    """Return the text with odd spaces, apostrophes and hyphens made plain, character for character."""
    if text.isascii():
        return text
    for odd, usual in _ONE_TO_ONE:
        if odd in text:
            text = text.replace(odd, usual)
    return text


def lower(text: str) -> str:
    """Return the text in lower case, character for character (only İ would grow)."""
    return text.lower() if text.isascii() else text.replace("İ", "i").lower()


def _merged(listed: list[Sighting], found: list[Sighting]) -> list[Sighting]:
    """Add the names of unlisted media that touch no listed one."""
    taken = sorted((s.start, s.after) for s in listed)
    starts = [start for start, _ in taken]
    kept = list(listed)
    for sighting in found:
        if sighting.kind == "open" and sighting.source:
            at = bisect_left(starts, sighting.stop + 1)
            if at == 0 or taken[at - 1][1] < sighting.start - 1:
                kept.append(sighting)
    unique = {(s.start, s.stop): s for s in kept}
    return [unique[span] for span in sorted(unique)]


def _sparse(raw: list[Hit]) -> list[Hit]:
    """Drop the hits of every stretch that holds more than CROWD of them: a list or hostile, never prose."""
    if len(raw) <= CROWD:
        return raw
    crowded = bytearray(len(raw))
    index = 0
    while index + CROWD < len(raw):
        if raw[index + CROWD][0] - raw[index][0] < STRETCH:
            crowded[index : index + CROWD + 1] = b"\x01" * (CROWD + 1)
        index += CROWD // 2
    return [hit for hit, out in zip(raw, crowded, strict=True) if not out] if any(crowded) else raw


def _forms(alias: Alias) -> Iterable[tuple[str, str]]:
    """Yield the spellings in which an alias is met, each with what it needs beside it."""
    text = plain(alias.text)
    yield text, alias.needs
    if alias.exact:
        return
    small = lower(text)
    for form in (*cases(text), text.upper(), text.title(), text[:1].upper() + text[1:]):
        if form != text and (len(form) == len(text) or form[:1] == text[:1]):
            yield form, alias.needs
    if " " in text and small[0] != text[0]:
        # "the Independent" may go on: "the Independent Electoral Commission".
        word = text.startswith("The ") and text.count(" ") == 1
        yield small[0] + text[1:], alias.needs or ("cue" if word else "")
    if small != text and len(small) == len(text):
        # "belga" is an adjective and "onet" a typing slip: one small word asks for more beside it.
        bare = text.isascii() and " " not in text and "." not in text and not alias.needs
        yield small, "report" if bare else alias.needs


def _domain(text: str, start: int, stop: int) -> Sighting | None:
    if stop < len(text) and (
        text[stop].isalnum() or (text[stop] in ".-/" and text[stop + 1 : stop + 2].isalnum())
    ):
        return None
    found = _DOMAIN_BACK.search(text, max(0, start - 60), start)
    if not found:
        return None
    begin = found.start()
    domain = text[begin:stop].lower().removeprefix("www.")
    before = text[begin - 1 : begin]
    if (
        (before and (before.isalnum() or before in "@/#:."))
        or _PUBLIC.search(domain)
        or domain.startswith((".", "-"))
    ):
        return None
    return Sighting(begin, stop, stop, "open:" + domain, "report", kind="open")


def _named(text: str, start: int, stop: int, kinds: set[str]) -> Sighting | None:
    """Return the capitalised name beside a word such as "newspaper", as an unlisted medium."""
    found = _NAME_AFTER.match(text, stop) if "open_before" in kinds else None
    if not found and "open_after" in kinds:
        found = _NAME_BEFORE.search(text, max(0, start - 60), start)
    if not found:
        return None
    begin, end = found.span(1)
    source = "open:" + " ".join(lower(text[begin:end]).split())
    return Sighting(begin, end, end, source, "report", kind="open")
