"""The catalogue: every source that a text can credit, and the phrases that credit it.

Data, not code: ``facts/sources/*.toml`` (one file per country or group of countries) and
``facts/phrases/*.toml`` (one per language, and ``universal.toml``). A user's own folder with
the same two subfolders adds to them or overrides them. docs/credits.md explains both formats.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from dedupe.errors import FactsError
from dedupe.provenance.checking import check_phrases, check_sources
from dedupe.provenance.lexicon import Lexicon

NOT_MEDIA = frozenset({"think_tank", "ngo"})
"""Kinds that are listed so that they are known, and never credited: they are spoken of, not copied."""


@dataclass(frozen=True, slots=True)
class Alias:
    """One spelling of a source's name.

    ``needs`` says what must stand beside it for it to count: ``""`` any credit construction;
    ``cue`` the same, but never beside another capitalised word; ``report`` a phrase that only
    media get ("dilansir dari", "reported"); ``descriptor`` a word such as "news agency", or a
    dateline or slug. ``exact`` aliases hold only in this spelling of capitals.
    """

    text: str
    source: str
    needs: str = ""
    exact: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """An agency or medium that can be credited.

    ``kind`` is ``agency_global``, ``agency_national``, ``agency_private``, ``agency_regional``,
    ``agency_photo``, ``state_media``, ``press_release_wire``, ``newspaper``, ``magazine``, ``online``,
    ``broadcaster``, ``generic`` (unnamed media), ``think_tank`` or ``ngo``. ``ended`` is the year
    after which the agency issued nothing; ``feeds`` are agencies it is known to reprint;
    ``confused`` are longer names that contain its name and are not the source; ``context`` are words
    elsewhere in a text that decide for it among sources that share a name.
    """

    id: str
    name: str
    kind: str
    country: str | None = None
    languages: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    aliases: tuple[Alias, ...] = ()
    ended: int | None = None
    feeds: tuple[str, ...] = ()
    group: str | None = None
    confused: tuple[str, ...] = ()
    context: tuple[str, ...] = ()

    @property
    def generic(self) -> bool:
        """Whether this stands for unnamed media ("Russian state media")."""
        return self.kind == "generic"

    @property
    def agency(self) -> bool:
        """Whether this is a news agency, whose copy others print."""
        return self.kind.startswith("agency") and self.kind != "agency_photo"


@dataclass(frozen=True)
class Catalogue:
    """All sources by id, and the credit phrases by language."""

    sources: Mapping[str, Source]
    phrases: Mapping[str, Mapping[str, Any]]
    lexicons: dict[str, Lexicon] = field(default_factory=dict, repr=False, compare=False)
    outlets: dict[str, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)
    built: dict[str, object] = field(default_factory=dict, repr=False, compare=False)

    def name(self, source: str) -> str:
        """Return the display name of a source id, also for ``open:`` ids and ids from elsewhere."""
        known = self.sources.get(source)
        return known.name if known else source.removeprefix("open:")

    def by_domain(self, domain: str) -> str | None:
        """Return the id of the source that owns a web domain or a domain above it, or None."""
        labels = domain.casefold().strip(".").split(".")
        for cut in range(len(labels) - 1):
            found = self._domains.get(".".join(labels[cut:]))
            if found:
                return found
        return None

    def is_self(self, source: str, outlet: str) -> bool:
        """Whether an outlet, given by id, name, alias or domain, is this source."""
        return bool(outlet) and source in self.selves(outlet)

    def selves(self, outlet: str) -> frozenset[str]:
        """Return the ids of the sources that an outlet's name stands for."""
        found = self.outlets.get(outlet)
        if found is None:
            found = self.outlets[outlet] = self._selves(outlet)
        return found

    def lexicon(self, language: str | None) -> Lexicon:
        """Return the credit phrases of an ISO 639-1 language; for any other, those of all languages."""
        key = language if language and language in self.phrases and language != "universal" else ""
        if key not in self.lexicons:
            self.lexicons[key] = Lexicon.compile(self.phrases, key)
        return self.lexicons[key]

    def _selves(self, outlet: str) -> frozenset[str]:
        key = outlet.casefold().strip()
        found = {key} if key in self.sources else set()
        found.update(self._names.get(_plain(outlet), ()))
        host = key.split("://")[-1].split("/")[0].removeprefix("www.")
        if "." in host and (owner := self.by_domain(host)):
            found.add(owner)
        return frozenset(found)

    @cached_property
    def _domains(self) -> Mapping[str, str]:
        return {domain: source.id for source in self.sources.values() for domain in source.domains}

    @cached_property
    def _names(self) -> Mapping[str, tuple[str, ...]]:
        names: dict[str, set[str]] = {}
        for source in self.sources.values():
            texts = [source.name, source.id, *(alias.text for alias in source.aliases)]
            for text in [*texts, *(part for part in source.name.split(" / "))]:
                names.setdefault(_plain(text), set()).add(source.id)
        return {name: tuple(sorted(ids)) for name, ids in names.items()}


def load(extra: Path | None = None) -> Catalogue:
    """Return the shipped catalogue, with the sources and phrases in ``extra`` added or overridden.

    ``extra`` is a folder with ``sources/*.toml`` and ``phrases/*.toml`` (either may be missing).
    Raises FactsError, one line per fault, for files that break the format.
    """
    shipped = files("dedupe.facts")
    sources: dict[str, Source] = {}
    phrases: dict[str, dict[str, Any]] = {}
    for kind in ("sources", "phrases"):
        for entry in sorted(shipped.joinpath(kind).iterdir(), key=lambda e: e.name):
            if entry.name.endswith(".toml"):
                _take(kind, entry.name[:-5], tomllib.loads(entry.read_text("utf-8")), sources, phrases)
    if extra is not None:
        if not extra.is_dir():
            raise FactsError("is no folder", where=str(extra), mend="give a folder with sources/*.toml in it")
        faults = check(extra)
        if faults:
            raise FactsError("\n".join(faults), mend="mend these lines and run again")
        for kind in ("sources", "phrases"):
            for path in sorted((extra / kind).glob("*.toml")):
                _take(kind, path.stem, tomllib.loads(path.read_text("utf-8")), sources, phrases)
    return Catalogue(dict(sorted(sources.items())), phrases)


def check(path: Path) -> list[str]:
    """Return the faults of a facts file or folder, each as ``file:line: what; mend``; empty when sound."""
    if path.is_dir():
        parts = [path / "sources", path / "phrases"]
        found = [file for part in parts for file in sorted(part.glob("*.toml"))]
        if not found:
            return [f"{path}:1: no sources/*.toml or phrases/*.toml in this folder; put the files there"]
        return [fault for file in found for fault in check(file)]
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return [f"{path}:1: cannot be read: {error}; give a TOML file in UTF-8"]
    checker = check_phrases if path.parent.name == "phrases" else check_sources
    return [f"{path}:{line}: {what}" for line, what in checker(text)]


def _take(
    kind: str,
    stem: str,
    table: Mapping[str, Any],
    sources: dict[str, Source],
    phrases: dict[str, dict[str, Any]],
) -> None:
    if kind == "sources":
        sources.update({key: _source(key, entry) for key, entry in table.items()})
        return
    mine = phrases.setdefault(stem, {})
    for section, value in table.items():
        if isinstance(value, dict):
            merged = dict(mine.get(section, {}))
            for name, words in value.items():
                merged[name] = [*merged.get(name, []), *words] if isinstance(words, list) else words
            mine[section] = merged
        elif isinstance(value, list):
            mine[section] = [*mine.get(section, []), *value]
        else:
            mine[section] = value


def _source(key: str, entry: Mapping[str, Any]) -> Source:
    kind = entry["kind"]
    needs = "cue" if kind == "generic" else ""
    aliases = [Alias(text, key, needs=entry.get("needs", needs)) for text in entry.get("aliases", ())]
    aliases += [Alias(text, key, needs=needs, exact=True) for text in entry.get("exact", ())]
    aliases += [
        Alias(text, key, needs=rule["needs"], exact=True, why=rule["why"])
        for text, rule in entry.get("ambiguous", {}).items()
    ]
    return Source(
        id=key,
        name=entry["name"],
        kind=kind,
        country=entry.get("country"),
        languages=tuple(entry.get("languages", ())),
        domains=tuple(entry.get("domains", ())),
        aliases=tuple(aliases),
        ended=entry.get("ended"),
        feeds=tuple(entry.get("feeds", ())),
        group=entry.get("group"),
        confused=tuple(entry.get("confused", ())),
        context=tuple(entry.get("context", ())),
    )


def _plain(name: str) -> str:
    """Return a name without case, spaces and marks, a leading article and a trailing web suffix."""
    folded = name.casefold().strip()
    for article in ("the ", "www."):
        folded = folded.removeprefix(article)
    for suffix in (".com", ".co.id", ".id", ".co", ".net", ".org", ".news"):
        folded = folded.removesuffix(suffix)
    return "".join(filter(str.isalnum, folded)) or folded


def find_sources(catalogue: Catalogue, words: str) -> Sequence[Source]:
    """Return the sources whose id, name, alias or domain matches ``words`` (case ignored)."""
    key = words.casefold().strip()
    exact = [source for source in catalogue.sources.values() if key == source.id]
    if exact:
        return exact
    spellings = {
        source.id: [source.id, source.name, *source.domains, *(alias.text for alias in source.aliases)]
        for source in catalogue.sources.values()
    }
    whole = [i for i, texts in spellings.items() if key in (text.casefold() for text in texts)]
    part = [i for i, texts in spellings.items() if any(key in text.casefold() for text in texts)]
    return [catalogue.sources[i] for i in (whole or part)]
