"""What looks like a credit and is none: the rules by which evidence is refused.

A name alone is never a credit; it needs a form. These rules say when a form is not enough: for
names that mean other things, for the outlet told at home, for events long past, for initials that
only shorten the words before them.
"""

from __future__ import annotations

import re

from dedupe.provenance.catalogue import Source
from dedupe.provenance.evidence import Article, Evidence
from dedupe.provenance.reading import Reading
from dedupe.provenance.sightings import Sighting

RANK = {"weak": 0, "cue": 1, "quote": 2, "structure": 3}
"""How telling a form is, by its strength."""
NEEDED = {"": 0, "cue": 1, "report": 2, "descriptor": 3, "slug": 3}
"""The rank that an alias asks of a form when no descriptor stands beside it."""
_HOME = {"id": "ID", "ms": "MY"}
_TOLD = frozenset({"told", "said_to", "to_said", "interview"})
_SPEECH = frozenset({"said", "said_inverted"})
_AGENCIES_ONLY = frozenset(
    f"dateline_{kind}" for kind in ("comma", "colon", "stop", "name", "line", "line_name")
)
_DATED = frozenset({"interview", "cited", "told", "said_to", "to_said"})
_UNMISTAKABLE = frozenset({"cited", "citing", "source_line", "cited_by_outlet", "backward", "inverted"})
_COMPANY = frozenset(
    (
        "ltd",
        "limited",
        "inc",
        "llc",
        "plc",
        "corp",
        "co",
        "gmbh",
        "ag",
        "sa",
        "spa",
        "pt",
        "tbk",
        "media",
        "group",
    )
)
_CAPTION, _BELOW, _PROSE = 300, 1200, 100
"""Longest line under a picture; how far below it prose may begin; and how long a line of prose is."""
_CLOSED = frozenset(".!?…。！？:;\"”»'")
_SENTENCE_END = re.compile(r"[^\W\d_]{3}[.!?] [^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")
_YEAR = re.compile(r"(?:\w{1,6} )?(?:19|20)\d\d\b")
_BEFORE_DATE = re.compile(r"[aBw]{0,2}d")


def refused(item: Evidence, sighting: Sighting, reading: Reading, article: Article) -> bool:
    """Whether this evidence does not make this name a credit."""
    form, described = item.form, item.token in reading.described
    if form.strength == "structure" and _spelt_out(article.text, sighting):
        return True
    if form.role == "copyright" and _longer_holder(reading, item.token, article.text):
        return True
    if sighting.needs == "slug" and form.scope == "sentence":
        return True
    if form.role == "photo" and sighting.needs and _goes_on(reading, item.token):
        return True
    if form.name in _AGENCIES_ONLY and not sighting.agency:
        return True  # a portal's own dateline, or a place and its paper
    if form.name == "byline_name" and reading.starts[0] > 0:
        return True
    if form.name in _DATED and _long_ago(item, reading, article.text):
        return True
    if sighting.kind == "agency_photo" and form.role != "photo":
        return not described or form.strength == "structure"  # "AFP/Getty Images" signs a picture
    if described:
        return False
    needed = NEEDED[sighting.needs]
    if sighting.needs == "descriptor" and reading.kinds[item.token - 1] == "J":
        needed = NEEDED["report"]  # "Lebanon's NNA"
    if RANK[form.strength] < needed:
        return True
    if sighting.kind == "open" and form.name not in _UNMISTAKABLE:
        return True
    return _common(item, sighting, reading, article)


def foreign_agency(sighting: Sighting, article: Article) -> bool:
    """Whether a name is an agency's from abroad, so not that of an outlet that is not known."""
    source = article.catalogue.sources.get(sighting.source)
    return sighting.agency and source is not None and not _at_home(source, article)


def _at_home(source: Source | None, article: Article) -> bool:
    return source is not None and source.country == _HOME.get(article.language or "", "-")


def _common(item: Evidence, sighting: Sighting, reading: Reading, article: Article) -> bool:
    """The rules for names that are also words, people or companies."""
    form, kinds, token = item.form, reading.kinds, item.token
    source = article.catalogue.sources.get(sighting.source)
    if form.name in _TOLD and _at_home(source, article) and not article.outlet and not sighting.agency:
        return True  # with no outlet known, a portal that is told something at home is most likely the outlet
    if form.name == "slug" and sighting.needs in ("report", "descriptor"):
        return _before_bracket(kinds, token) not in ".~<"
    if sighting.needs not in ("cue", "report") or sighting.generic or sighting.kind == "open":
        return False
    if form.strength != "structure" and article.language != "de" and _goes_on(reading, token):
        return True  # part of a longer name: "told Time Warner"
    if sighting.needs != "cue":
        return False
    if form.name not in _SPEECH or source is None:
        return False
    if any(name in article.text for name in source.confused):
        return True  # the text speaks of the person or the company elsewhere
    opens = kinds[token - 1] in "<.~" and reading.starts[token] == sighting.start
    return opens and not sighting.agency and _plain_word(article.text, sighting)


def _goes_on(reading: Reading, token: int) -> bool:
    """Whether a capitalised word follows directly, so that the name is only the beginning of a longer one."""
    after = token + 1
    return reading.kinds[after] == "N" and reading.starts[after] == reading.stops[token] + 1


def _longer_holder(reading: Reading, token: int, text: str) -> bool:
    """Whether the holder of a copyright is another one, whose longer name holds this one."""
    kinds, after = reading.kinds, token + 1
    if kinds[token - 1] == "N":
        return True
    while kinds[after] == "N" and text[reading.starts[after] : reading.stops[after]].lower() in _COMPANY:
        after += 1
    return kinds[after] == "N"


def captioned(text: str, sighting: Sighting) -> bool:
    """Whether the brackets around a name close a line under a picture, and so sign the picture.

    Such a line stands alone inside the text, is no full sentence, and prose follows it.
    """
    begin = text.rfind("\n", max(0, sighting.start - _CAPTION), sighting.start) + 1
    words = text[begin : sighting.start].rstrip(" (\u00a0")
    above = text[max(0, begin - 40) : begin].rstrip()
    if not begin or not words or words[-1:] in _CLOSED or _SENTENCE_END.search(words) or not above:
        return False
    name = words.count(" ") in (1, 2, 3) and words.istitle()  # the one in the picture
    if not (name or text[max(0, begin - 2) : begin] == "\n\n" or above[-1:] in _CLOSED or len(above) < 30):
        return False
    below = text[sighting.after : sighting.after + _BELOW].split("\n")[1:]
    return any(len(line) >= _PROSE for line in below)


def inside_sentence(reading: Reading, token: int) -> bool:
    """Whether a name in brackets stands before the end of its sentence, where it may only explain a word."""
    return _before_bracket(reading.kinds, token) not in ".~"


def _before_bracket(kinds: str, token: int) -> str:
    return kinds[max(0, kinds.rfind("(", 0, token) - 1)]


def _spelt_out(text: str, sighting: Sighting) -> bool:
    """Whether initials in brackets only shorten the name before them: "Nusa Tenggara Barat (NTB)"."""
    name = text[sighting.start : sighting.stop]
    before = text[max(0, sighting.start - 90) : sighting.start].rstrip(" ")
    if not before.endswith("(") or not name.isupper() or not 2 <= len(name) <= 6:
        return False
    initials = [word[0] for word in _WORD.findall(before)[-len(name) - 2 :] if word[0].isupper()]
    return "".join(initials).endswith(name)


def _plain_word(text: str, sighting: Sighting) -> bool:
    """Whether a name could be any word with the capital of a sentence's beginning ("People said …")."""
    name = text[sighting.start : sighting.stop]
    return name.isalpha() and name[1:].islower()


def _long_ago(item: Evidence, reading: Reading, text: str) -> bool:
    """Whether the sentence opens with a bare year ("In 2013 she told …"): an event of the past."""
    at = max(reading.kinds.rfind(mark, 0, item.token) for mark in "<.~") + 1
    return bool(_BEFORE_DATE.match(reading.kinds, at) and _YEAR.match(text, reading.starts[at]))
