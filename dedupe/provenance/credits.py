"""Credits: where a text says whom it has its words from.

A name counts only inside a construction that credits (a form over classes of words, see
dedupe.provenance.lexicon) or in a place of the page that does (dateline, slug, last line).
Everything else a name can be - a company in the news, a building, a word - has no form.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dedupe.facts import table
from dedupe.provenance.catalogue import Catalogue
from dedupe.provenance.chains import link
from dedupe.provenance.confidence import weigh
from dedupe.provenance.coverage import Mark, cover, is_lead
from dedupe.provenance.evidence import Article, Evidence, gather
from dedupe.provenance.lexicon import Lexicon
from dedupe.provenance.negatives import captioned, foreign_agency
from dedupe.provenance.reading import Reading, Text, read
from dedupe.provenance.sightings import Finder, Sighting, lower, plain
from dedupe.records import Credit, Role, Span
from dedupe.settings import Credits
from dedupe.text.sentences import split

BEFORE, AFTER, LONGEST = 260, 220, 1000
"""Characters read before and after a name, and at most in one stretch."""
NEAR_EDGE = 120
"""A name this near to the beginning of its line is read from there, for its dateline."""
_END = re.compile(r"[.!?](?=[\"”’»)]{0,2}\s)|[。！？]")
_AROUND = frozenset(("", *'\n()[]【】（）/|=:：-–—©«»“”".'))
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
    sightings: Sequence[Sighting] | None = None,
) -> list[Credit]:
    """Return the credits in a text, in order.

    ``language`` is an ISO 639-1 code or None; ``outlet`` the name, id or domain of who printed the text
    (its own name is no credit); ``sentences`` and ``furniture`` are those of dedupe.text (sentences are
    split here when none are given); ``sightings`` those of `sighted` (looked for here when not given).
    Credits below ``settings.threshold`` are dropped. Time is linear in the length of the text, whatever
    it holds.
    """
    if sightings is None:
        sightings = next(sighted([text], [language], catalogue))
    sightings = _unmuted(sightings, furniture)
    if not sightings:
        return []
    flat = plain(text)
    low = lower(flat)
    lexicon = catalogue.lexicon(language)
    sightings = _with_self(text, sightings, catalogue, outlet)
    article = Article(text, language, outlet, catalogue)
    source = Text(text, low, own_words(outlet))
    credits: list[Credit] = []
    spans = list(sentences) or split(text, language)
    starts = [span.start for span in spans]
    marks: list[Mark] = []
    anaphora = anaphora_of(catalogue, language)
    for start, stop, group in stretches(text, sightings):
        reading = read(source, start, stop, group, lexicon)
        for credit, evidence in _credits(article, reading, lexicon, settings.threshold):
            credits.append(credit)
            generic = credit.chain[0].startswith("generic:")
            lead = is_lead(text, spans, starts, evidence.start)
            marks.append(
                Mark(
                    credit.start,
                    credit.stop,
                    "image" if credit.role == "photo" else evidence.form.scope,
                    evidence.form.name,
                    lead,
                    generic,
                    credit.chain[0],
                    anaphora,
                )
            )
    for credit in implied(article, flat, sightings, credits):
        credits.append(credit)
        marks.append(Mark(credit.start, credit.stop, "document", "trailer", False, False, credit.chain[0]))
    covers = cover(text, marks, spans, furniture)
    order = sorted(range(len(credits)), key=lambda i: (credits[i].start, credits[i].stop, credits[i].chain))
    return [
        Credit(c.start, c.stop, c.surface, c.chain, c.role, c.confidence, covers[i], c.mentions, c.rule)
        for i in order
        for c in (credits[i],)
    ]


def sighted(
    texts: Sequence[str], languages: Sequence[str | None], catalogue: Catalogue
) -> Iterator[list[Sighting]]:
    """Yield for each of many texts the names in it that may be credits; without one it holds no credit."""
    flats = [plain(text) for text in texts]
    for flat, language, found in zip(
        flats, languages, finder(catalogue).find_all(flats, languages), strict=True
    ):
        yield _plausible(flat, lower(flat), found, catalogue.lexicon(language)) if found else []


def finder(catalogue: Catalogue) -> Finder:
    """Return the finder of a catalogue, built once."""
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
    """Yield the parts of a text around its sightings: a sentence or two, within one line, not too long."""
    index, last = 0, 0
    while index < len(sightings):
        first = sightings[index]
        floor = max(last, first.start - BEFORE)
        line = text.rfind("\n", floor, first.start) + 1
        start = line or floor
        if first.start - start > NEAR_EDGE or not (line or floor == 0):
            ends = [m.start() for m in _END.finditer(text, start, first.start) if _ends(text, m.start())]
            start = ends[-1] if ends else start
        stop = _stop(text, first)
        group = [first]
        index += 1
        while index < len(sightings) and sightings[index].start < stop and stop - start < LONGEST:
            group.append(sightings[index])
            if sightings[index].after + 2 >= stop or len(group) < 3:
                stop = max(stop, _stop(text, sightings[index]))
            index += 1
        if index < len(sightings):
            stop = max(min(stop, sightings[index].start), group[-1].after)
        last = group[-1].after
        yield start, stop, group


def _stop(text: str, sighting: Sighting) -> int:
    limit = min(len(text), sighting.after + AFTER)
    line = text.find("\n", sighting.after, limit)
    limit = line if line >= 0 else limit
    for found in _END.finditer(text, sighting.after, limit):
        if _ends(text, found.start()):
            return min(limit, found.end() + 2)
    return limit


def _ends(text: str, at: int) -> bool:
    """Whether a mark stands after a whole word, so not after "No" or an initial."""
    return text[at] in "。！？" or text[max(0, at - 4) : at].rstrip('"”’»)')[-3:].isalpha()


def _credits(
    article: Article, reading: Reading, lexicon: Lexicon, threshold: float
) -> Iterator[tuple[Credit, Evidence]]:
    if reading.kinds.startswith("<j") and len(reading.kinds) < 60:
        return
    gathered = gather(reading, lexicon)
    links = link(reading, lexicon)
    agents = {e.agent: t for t, found in gathered.items() for e in found if e.agent >= 0}
    for agent, token in agents.items():
        gathered.pop(agent, None)
        if article.outlet or foreign_agency(reading.sighted[agent], article):  # a link of the chain
            gathered[agent] = gathered[token]
            links.append((agent, token, "nearer_agent"))
    verdicts: dict[int, Found] = {}
    for token in sorted(set(gathered) | {t for pair in links for t in pair[:2]}):
        sighting = reading.sighted[token]
        verdict = weigh(gathered.get(token, ()), sighting, reading, article)
        if verdict is None or verdict[1] < threshold:
            continue
        roles = {e.form.role for e in gathered[token]}
        if verdict[0].form.strength == "structure" and (
            _with_pictures(reading, token)
            or (verdict[0].form.name == "slug" and captioned(article.text, sighting))
        ):
            roles.add("photo")
        role: Role = verdict[0].form.role  # type: ignore[assignment]
        for stronger in ("photo", "disputed", "copyright"):
            if stronger in roles:
                role = stronger
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
                surface=article.text[first.start : first.stop],
                chain=tuple(s.source for s in sighted),
                role=found.role,
                confidence=round(found.confidence, 4),
                mentions=tuple(Span(s.start, s.stop) for s in sighted),
                rule=found.evidence.form.name,
            ),
            found.evidence,
        )


def _with_pictures(reading: Reading, token: int) -> bool:
    """Whether a name is joined to a picture agency's ("AFP/Getty Images"): then both sign a picture."""
    return any(
        reading.kinds[token + step : token + step + 1] in ("/", "-", "v")
        and (other := reading.sighted.get(token + 2 * step)) is not None
        and other.kind == "agency_photo"
        for step in (-1, 1)
    )


def _chains(
    links: Sequence[tuple[int, int, str]], verdicts: dict[int, Found], reading: Reading
) -> tuple[dict[int, list[int]], set[int]]:
    """Return the chain of tokens for each nearest token, and the tokens that stand further back."""
    further: dict[int, int] = {}
    for near, far, name in links:
        if near == far or far in further.values():
            continue
        if name.startswith("nearer") and far not in verdicts and name != "nearer_relative":
            continue
        if name == "nearer_relative" and near not in verdicts and far not in verdicts:
            continue
        if near not in verdicts:
            weak = reading.sighted[near].needs in ("descriptor", "slug") and near not in reading.described
            if far not in verdicts or name == "farther_first" or weak:
                continue
            verdicts[near] = verdicts[far]
        if name.startswith("farther") and far not in verdicts:
            weak = reading.sighted[far].needs in ("descriptor", "slug") and far not in reading.described
            if weak or reading.kinds[far + 1] not in ",yz)vxQL":
                continue
        if verdicts[near].role == "photo" and name != "farther_via":
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


def _unmuted(sightings: Sequence[Sighting], furniture: Sequence[Span]) -> Sequence[Sighting]:
    mute = sorted(span[:2] for span in furniture if span.kind in _MUTE)
    if not mute:
        return sightings
    starts = [start for start, _ in mute]
    kept = []
    for sighting in sightings:
        at = bisect_right(starts, sighting.start) - 1
        if at < 0 or sighting.start >= mute[at][1]:
            kept.append(sighting)
    return kept


def _plausible(text: str, low: str, sightings: list[Sighting], lexicon: Lexicon) -> list[Sighting]:
    """Drop at once the common words and initials that have neither a mark nor a descriptor beside them."""
    kept = []
    for sighting in sightings:
        if sighting.kind == "open" and _placed(low, sighting, lexicon):
            continue
        if sighting.needs in ("descriptor", "slug"):
            before = low[max(0, sighting.start - 3) : sighting.start].rstrip(" ")
            after = text[sighting.after : sighting.after + 2].lstrip(" ")
            marked = before[-1:] in _AROUND or after[:1] in _AROUND or before in ("'s", "s'")
            around = low[max(0, sighting.start - 48) : sighting.after + 24]
            if not marked and next(lexicon.descriptors.iter(around), None) is None:
                continue
        kept.append(sighting)
    return kept


def _placed(low: str, sighting: Sighting, lexicon: Lexicon) -> bool:
    """Whether an unlisted "name" is only a country or an adjective ("the North Korean news agency")."""
    name = low[sighting.start : sighting.stop]
    return "." not in name and any(name.startswith(p) for p, kind, _ in lexicon.starting(name) if kind == "J")


def _with_self(
    text: str, sightings: Sequence[Sighting], catalogue: Catalogue, outlet: str
) -> Sequence[Sighting]:
    """Mark the outlet's own name: with no outlet known, a portal's name that opens the text."""
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


def implied(
    article: Article, flat: str, sightings: Sequence[Sighting], credits: Sequence[Credit]
) -> Iterator[Credit]:
    """Yield the credit that a last line in an agency's style makes ("Reporting by …; editing by …").

    Where the line names an agency the credit is that one's. Nothing follows from a second such line, or
    from one in a text that credits the agency as a whole already.
    """
    rules = {entry["starts"]: entry for entry in article.catalogue.phrases["universal"].get("trailer", ())}
    known = {
        c.chain[0]
        for c in credits
        if c.rule.startswith(("dateline", "slug", "line", "byline", "source", "wire"))
    }
    for index, sighting in enumerate(sightings):
        if sighting.kind != "trailer":
            continue
        begin = flat.rfind("\n", 0, sighting.start) + 1
        end = flat.find("\n", sighting.start)
        end = len(flat) if end < 0 else end
        if (
            flat[begin : sighting.start].strip(" (\t[")
            or rules[flat[sighting.start : sighting.stop]].get("needs", "")
            not in flat[sighting.start : min(end, sighting.start + 600)]
        ):
            continue
        named = [
            s for s in sightings[index + 1 : index + 6] if s.agency and s.start < end and s.kind != "self"
        ]
        chosen = named[-1] if named else sighting
        if (
            chosen.source in known
            or chosen.kind == "self"
            or article.catalogue.is_self(chosen.source, article.outlet)
        ):
            continue
        if any(begin <= c.start < end for c in credits):
            continue
        known.add(chosen.source)
        yield Credit(
            start=chosen.start,
            stop=chosen.stop,
            surface=article.text[chosen.start : chosen.stop],
            chain=(chosen.source,),
            role="credit",
            confidence=table("confidence")["form"]["trailer_named" if named else "trailer"],
            mentions=(Span(chosen.start, chosen.stop),),
            rule="trailer",
        )
