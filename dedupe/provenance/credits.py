"""Credits: where a text says whom it has its words from.

A name counts only inside a construction that credits (a form over classes of words, see
dedupe.provenance.lexicon) or in a place of the page that does (dateline, slug, last line).
Everything else a name can be - a company in the news, a building, a word - has no form.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dedupe.provenance.catalogue import Catalogue
from dedupe.provenance.chains import link
from dedupe.provenance.coverage import Mark, cover, is_lead
from dedupe.provenance.evidence import Evidence, gather, weigh
from dedupe.provenance.lexicon import Lexicon
from dedupe.provenance.reading import Reading, read
from dedupe.provenance.sightings import Finder, Sighting, lower, plain
from dedupe.records import Credit, Role, Span
from dedupe.settings import Credits
from dedupe.text.sentences import split

BEFORE, AFTER, LONGEST = 260, 220, 1000
"""Characters read before and after a name, and at most in one stretch."""
_MUTE = frozenset({"related", "newsletter", "social", "advert"})
_MEDIA = frozenset({"newspaper", "online", "broadcaster", "magazine"})


@dataclass(frozen=True, slots=True)
class Found:
    """A name with the evidence that it is a credit."""

    sighting: Sighting
    evidence: Evidence
    confidence: float
    role: Role


def find(
    text: str,
    *,
    language: str | None,
    outlet: str,
    sentences: Sequence[Span],
    furniture: Sequence[Span],
    catalogue: Catalogue,
    settings: Credits,
) -> list[Credit]:
    """Return the credits in a text, in order.

    ``language`` is an ISO 639-1 code or None; ``outlet`` the name, id or domain of who printed the text
    (its own name is no credit); ``sentences`` and ``furniture`` are those of dedupe.text (sentences are
    split here when none are given). Sightings below ``settings.threshold`` are dropped. Time is linear
    in the length of the text, whatever it holds.
    """
    flat = plain(text)
    sightings = finder(catalogue).find(flat, language)
    if not sightings:
        return []
    lexicon = catalogue.lexicon(language)
    sightings = _unmuted(sightings, furniture)
    sightings = _with_self(text, sightings, catalogue, outlet)
    low = lower(flat)
    own = own_words(outlet)
    credits: list[Credit] = []
    spans = list(sentences) or split(text, language)
    marks: list[Mark] = []
    anaphora = anaphora_of(catalogue, language)
    for start, stop, group in stretches(text, sightings):
        reading = read(text, low, start, stop, group, lexicon, own)
        for credit, evidence in _credits(text, reading, lexicon, catalogue, language, outlet, settings.threshold):
            credits.append(credit)
            generic = credit.chain[0].startswith("generic:")
            lead = is_lead(text, spans, evidence.start)
            marks.append(
                Mark(credit.start, credit.stop, evidence.form.scope, evidence.form.name, lead, generic, anaphora)
            )
    for sighting in sightings:
        if sighting.kind == "trailer" and _implied(flat, sighting, catalogue, outlet, credits):
            name = text[sighting.start : sighting.stop]
            chain = (sighting.source,)
            credits.append(Credit(sighting.start, sighting.stop, name, chain, "credit", 0.8, rule="trailer"))
            marks.append(Mark(sighting.start, sighting.stop, "document", "trailer", False, False))
    covers = cover(text, marks, spans, furniture)
    order = sorted(range(len(credits)), key=lambda i: (credits[i].start, credits[i].stop, credits[i].chain))
    return [
        Credit(c.start, c.stop, c.surface, c.chain, c.role, c.confidence, covers[i], c.mentions, c.rule)
        for i in order
        for c in (credits[i],)
    ]


def finder(catalogue: Catalogue) -> Finder:
    """Return the automaton of a catalogue, built once."""
    found = catalogue.built.get("finder")
    if found is None:
        found = catalogue.built["finder"] = Finder.build(catalogue)
    assert isinstance(found, Finder)
    return found


def anaphora_of(catalogue: Catalogue, language: str | None) -> tuple[str, ...]:
    """Return the sentence openings of a language that go on with the report before."""
    return tuple(catalogue.phrases.get(language or "", {}).get("anaphora", ()))


def own_words(outlet: str) -> frozenset[str]:
    """Return the lower-case words by which an outlet would call itself in running text."""
    name = outlet.casefold().strip().removeprefix("www.")
    stem = name.split(".")[0] if "." in name else name
    return frozenset(word for word in (stem, name, stem + "com") if word and " " not in word)


def stretches(text: str, sightings: Sequence[Sighting]) -> Iterator[tuple[int, int, list[Sighting]]]:
    """Yield the parts of a text around its sightings, each within one line and of bounded length."""
    index = 0
    while index < len(sightings):
        first = sightings[index]
        line = text.rfind("\n", max(0, first.start - BEFORE), first.start) + 1
        start = line if line else max(0, first.start - BEFORE)
        end = text.find("\n", first.after, first.after + AFTER)
        stop = end if end >= 0 else min(len(text), first.after + AFTER)
        group = [first]
        index += 1
        while index < len(sightings) and end < 0:
            following = sightings[index]
            if following.start >= stop or following.after + AFTER - start > LONGEST:
                break
            group.append(following)
            end = text.find("\n", following.after, following.after + AFTER)
            stop = end if end >= 0 else min(len(text), following.after + AFTER)
            index += 1
        while index < len(sightings) and end >= 0 and sightings[index].after <= end:
            group.append(sightings[index])
            index += 1
        if index < len(sightings):
            stop = min(stop, max(sightings[index].start, group[-1].after))
        yield start, stop, group


def _credits(
    text: str,
    reading: Reading,
    lexicon: Lexicon,
    catalogue: Catalogue,
    language: str | None,
    outlet: str,
    threshold: float,
) -> Iterator[tuple[Credit, Evidence]]:
    if reading.kinds.startswith("<j") and len(reading.kinds) < 60:
        return
    gathered = gather(reading, lexicon)
    links = link(reading, lexicon)
    verdicts: dict[int, Found] = {}
    for token in sorted(set(gathered) | {t for pair in links for t in pair[:2]}):
        sighting = reading.sighted[token]
        verdict = weigh(gathered.get(token, ()), sighting, reading, catalogue, language, outlet)
        if verdict is None or verdict[1] < threshold:
            continue
        roles = {e.form.role for e in gathered[token]}
        role: Role = verdict[0].form.role  # type: ignore[assignment]
        for stronger in ("photo", "disputed", "copyright"):
            if stronger in roles:
                role = stronger  # type: ignore[assignment]
                break
        verdicts[token] = Found(sighting, verdict[0], verdict[1], role)
    chains, taken = _chains(links, verdicts, reading)
    for token, found in sorted(verdicts.items()):
        if token in taken:
            continue
        tokens = chains.get(token, [token])
        sighted = [reading.sighted[t] for t in tokens]
        first = sighted[0]
        yield (
            Credit(
                start=first.start,
                stop=first.stop,
                surface=text[first.start : first.stop],
                chain=tuple(s.source for s in sighted),
                role=found.role,
                confidence=round(found.confidence, 4),
                mentions=tuple(Span(s.start, s.stop) for s in sighted),
                rule=found.evidence.form.name,
            ),
            found.evidence,
        )


def _chains(
    links: Sequence[tuple[int, int, str]], verdicts: dict[int, Found], reading: Reading
) -> tuple[dict[int, list[int]], set[int]]:
    """Return the chain of tokens for each nearest token, and the tokens that stand further back."""
    further: dict[int, int] = {}
    for near, far, name in links:
        if near == far or far in further.values():
            continue
        if name.startswith("nearer") and far not in verdicts:
            continue
        if near not in verdicts:
            if far not in verdicts or name.startswith("farther") or reading.sighted[near].needs in ("report", "descriptor", "slug"):
                continue
            verdicts[near] = verdicts[far]
        if name.startswith("farther") and far not in verdicts and reading.kinds[far + 1] not in ",yz)vx":
            continue
        if verdicts[near].role == "photo":
            continue
        further.setdefault(near, far)
    chains: dict[int, list[int]] = {}
    taken: set[int] = set()
    for near in further:
        if near in further.values():
            continue
        chain = [near]
        while chain[-1] in further and further[chain[-1]] not in chain and len(chain) < 6:
            chain.append(further[chain[-1]])
        chains[near] = chain
        taken.update(chain[1:])
    return chains, taken


def _unmuted(sightings: list[Sighting], furniture: Sequence[Span]) -> list[Sighting]:
    mute = [span for span in furniture if span.kind in _MUTE]
    if not mute:
        return sightings
    return [s for s in sightings if not any(m.start <= s.start < m.stop for m in mute)]


def _with_self(text: str, sightings: list[Sighting], catalogue: Catalogue, outlet: str) -> list[Sighting]:
    """Mark the outlet's own name. With no outlet known, a portal's name that opens the text is taken for it."""
    own = catalogue.selves(outlet) if outlet else frozenset()
    first = sightings[0]
    if not own and not outlet and first.kind in _MEDIA and not text[: first.start].strip():
        rest = text[first.after : first.after + 40].lstrip()
        if rest[:1] in ("-", "–", "—") or (rest[:1] == "," and any(d in rest[:30] for d in "-–—")):
            own = frozenset({first.source})
    if not own:
        return sightings
    return [
        s
        if s.source not in own
        else Sighting(s.start, s.stop, s.after, s.source, s.needs, s.generic, s.agency, s.proclitic, "self")
        for s in sightings
        if not (s.kind == "trailer" and s.source in own)
    ]


def _implied(text: str, sighting: Sighting, catalogue: Catalogue, outlet: str, credits: Sequence[Credit]) -> bool:
    """Whether a last line in an agency's style counts: no agency is named in it or above as the copy's maker."""
    line_start = text.rfind("\n", 0, sighting.start) + 1
    if text[line_start : sighting.start].strip(" (\t"):
        return False
    end = text.find("\n", sighting.start)
    line = text[sighting.start : end if end >= 0 else len(text)][:400]
    needed = {e["starts"]: e.get("needs", "") for e in catalogue.phrases["universal"].get("trailer", ())}
    if needed.get(text[sighting.start : sighting.stop], "") not in line:
        return False
    return not any(c.rule not in ("photo_label",) and (c.chain[0] == sighting.source and "document" or line_start <= c.start <= line_start + 400) for c in credits)
