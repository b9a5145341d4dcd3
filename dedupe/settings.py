"""Every default, once. A run's settings are recorded in its ``run.json``.

Settings come from the defaults here, then a TOML file (``--settings``: one table per
section), then ``--set section.name=value``. An unknown name or a value of the wrong
kind is an error that names what would have been legal.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_type_hints

from dedupe.errors import SettingsError

PROFILES = Path(__file__).parent / "facts" / "settings"


@dataclass(frozen=True, slots=True)
class Reading:
    """Limits on what is read."""

    max_characters: int = 5_000_000
    """A longer text is rejected, with the reason."""


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """What counts as an outlet's furniture."""

    repeated_lines: int = 3
    """A line that one outlet prints in at least so many unrelated articles is furniture."""
    repeated_share: float = 0.002
    """… and in at least this share of its articles."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Which pairs of documents are compared."""

    same_outlet: bool = False
    """Compare documents of one outlet, too."""
    window_days: int = 0
    """Documents published further apart are not compared; 0 compares all."""


@dataclass(frozen=True, slots=True)
class Shingles:
    """The word k-gram index."""

    k: int = 5
    """Words per shingle."""
    large_corpus: int = 500_000
    """From so many documents on, shingles are one word longer."""
    min_links: int = 2
    """Shingles that two documents must share in line to be compared; 1 finds the last short fragment."""
    star: int = 16
    """Documents that share a shingle are compared all with all up to so many, beyond with a hub …"""
    min_common: int = 4
    """… if both hold so many shingles in all: seven words that many texts have are a stock phrase."""


@dataclass(frozen=True, slots=True)
class MinHash:
    """MinHash signatures and their LSH, for near-duplicate documents."""

    permutations: int = 128
    """Values per signature; the estimate of Jaccard errs by about one over their square root."""
    threshold: float = 0.5
    """Documents about this much alike (Jaccard) are proposed; LSH is tuned to it."""


@dataclass(frozen=True, slots=True)
class Tfidf:
    """TF-IDF neighbours of documents."""

    neighbours: int = 10
    """So many nearest documents are looked at for each document, …"""
    threshold: float = 0.2
    """… if their cosine is at least this."""
    terms: int = 40
    """Neighbours are looked for through so many of a document's heaviest words, …"""
    postings: int = 300
    """… leaving out words that more documents have among theirs."""


@dataclass(frozen=True, slots=True)
class Align:
    """Alignment of passages inside a pair of documents."""

    k: int = 5
    """Equal words in a row that seed a verbatim or light passage."""
    min_words: int = 10
    """A passage shorter on either side is not accepted."""
    min_plain: int = 4
    """Nor is one with fewer words that are no names ("President A of B met Chancellor C of D"), …"""
    min_telling: float = 1.0
    """… or whose wording is worth fewer words when those that the corpus uses anyway are weighed and edited
    ones taken off; unless it is twice as long as it must be."""
    wrapped: bool = False
    """Single line breaks inside a paragraph are typesetting and end no sentence."""
    reworded: bool = True
    """Look for reworded passages too."""
    seed_cosine: float = 0.45
    """Two sentences seed a reworded passage from this cosine of word TF-ISF, and …"""
    seed_dice: float = 0.45
    """… this Dice coefficient of their words, or …"""
    seed_strength: float = 6.0
    """… this strength: cosine of character n-grams without names, times their shared mass."""
    condensed_cosine: float = 1.0
    """Sentences of a passage that condenses a longer one have this cosine; 1 looks for none."""
    gap: int = 0
    """Sentences without a seed that a reworded passage may span."""
    solid_words: int = 10
    """An exact passage so long stands by itself, …"""
    solid_edits: float = 0.25
    """… if no larger share of its words is edited; others are taken into a reworded one around them."""
    stay: float = 0.1
    """A piece at the end of a reworded passage must add so much of its weight to what is shared."""
    enter: float = 0.6
    """The next piece joins a reworded passage if it adds so much of its weight."""
    exact_share: float = 0.2
    """Where exact passages cover so much of a reworded one on both sides, they stand instead."""
    strength: float = 18.0
    """A reworded passage of this strength scores 0.5."""
    support: float = 0.25
    """How much stronger, at most, passages near by in the same order make one."""
    crowding: float = 1.7
    """How much stronger it must be in a corpus of 500 documents or more; with fewer, in proportion."""
    guard: float = 0.8
    """What a changed number, name, negation or role leaves of a reworded passage's strength."""
    min_score: float = 0.5
    """A reworded passage below this score is not accepted."""
    floor: float = 0.3
    """A reworded passage below this score is not even kept as a candidate."""
    edge: str = "clause"
    """Where a reworded passage may begin and end: "sentence", "line" or "clause"."""


@dataclass(frozen=True, slots=True)
class Translated:
    """The translated channel."""

    threshold: float = 0.5
    """A passage below this score is a candidate only."""
    paraphrase: float = 0.85
    """The same within one language, between an article and a dispatch that TF-IDF proposed; 1 looks for none."""
    model: str = "use"
    """``use``, ``none`` (by spelling) or ``module:factory``."""
    model_path: str = ""
    """Handed to the factory, when not empty."""
    neighbours: int = 20
    """Documents of another language compared with each document, per way of finding them."""


@dataclass(frozen=True, slots=True)
class Families:
    """Passages that are copies of one another."""

    overlap: float = 0.7
    """Share of the shorter of two passages that must overlap for them to be one member."""


@dataclass(frozen=True, slots=True)
class Credits:
    """Detection of credits."""

    threshold: float = 0.6
    """A sighting below this confidence is dropped."""


@dataclass(frozen=True, slots=True)
class Origins:
    """Naming the source of a family."""

    min_confidence: float = 0.6
    """Below it the origin is left undecided."""
    margin: float = 0.15
    """How far the best source must lead the next, in confidence."""


@dataclass(frozen=True, slots=True)
class Report:
    """How much of a run ``report.html`` carries; the rest is counted there, and is in the tables."""

    documents: int = 5_000
    """The most documents; those that tell most are taken."""
    pairs: int = 100_000
    """The most pairs of documents, by shared words."""
    candidates: int = 5_000
    """The most pairs of documents with candidate passages below the cut, by score."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a run, by section."""

    reading: Reading = field(default_factory=Reading)
    boilerplate: Boilerplate = field(default_factory=Boilerplate)
    candidates: Candidates = field(default_factory=Candidates)
    shingles: Shingles = field(default_factory=Shingles)
    minhash: MinHash = field(default_factory=MinHash)
    tfidf: Tfidf = field(default_factory=Tfidf)
    align: Align = field(default_factory=Align)
    translated: Translated = field(default_factory=Translated)
    families: Families = field(default_factory=Families)
    credits: Credits = field(default_factory=Credits)
    origins: Origins = field(default_factory=Origins)
    report: Report = field(default_factory=Report)

    def as_dict(self) -> dict[str, dict[str, Any]]:
        """Return ``{section: {name: value}}``."""
        return dataclasses.asdict(self)


def load(path: Path | None = None, assignments: Iterable[str] = ()) -> Settings:
    """Return the defaults overridden by a TOML file, then by ``section.name=value`` strings.

    Raises SettingsError, naming the file or option, for anything that is no setting.
    """
    settings = Settings()
    if path is not None:
        settings = _with_table(settings, _read_toml(path), str(path))
    for assignment in assignments:
        settings = _with_assignment(settings, assignment)
    return settings


def shipped(path: Path | None) -> Path | None:
    """Return the file of a settings profile that ships with the package (``news``), or ``path``."""
    if path is None or path.suffix or path.exists():
        return path
    found = PROFILES / f"{path}.toml"
    if not found.is_file():
        names = ", ".join(sorted(entry.stem for entry in PROFILES.glob("*.toml")))
        raise SettingsError(
            "is no file and no shipped profile", where=str(path), mend=f"profiles are: {names}"
        )
    return found


def _read_toml(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"cannot be read: {error.strerror}", where=str(path), mend="check the path"
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsError("is not UTF-8 text", where=str(path), mend="save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"is not TOML: {error}", where=str(path), mend="write one [section] per group and name = value"
        ) from error


def _with_table(settings: Settings, table: Mapping[str, Any], where: str) -> Settings:
    for section, values in table.items():
        if section == "about":  # free-form notes, such as what a tuned file was tuned on
            continue
        if not isinstance(values, Mapping):
            raise SettingsError(
                f"{section!r} stands outside a section",
                where=where,
                mend=f"put it under one of {_sections()}",
            )
        for name, value in values.items():
            settings = _replace(settings, section, name, value, where)
    return settings


def _with_assignment(settings: Settings, assignment: str) -> Settings:
    key, equals, raw = assignment.partition("=")
    section, dot, name = key.strip().partition(".")
    if not equals or not dot:
        raise SettingsError(
            f"{assignment!r} is not section.name=value",
            where="--set",
            mend="for example --set align.min_words=12",
        )
    try:
        value = tomllib.loads(f"value = {raw.strip()}")["value"]
    except tomllib.TOMLDecodeError:
        value = raw.strip()
    return _replace(settings, section, name, value, "--set")


def _sections() -> str:
    return ", ".join(entry.name for entry in dataclasses.fields(Settings))


def _replace(settings: Settings, section: str, name: str, value: Any, where: str) -> Settings:
    group = getattr(settings, section, None) if section in _sections().split(", ") else None
    if group is None:
        raise SettingsError(f"unknown section {section!r}", where=where, mend=f"use one of {_sections()}")
    kinds = get_type_hints(type(group))
    if name not in kinds:
        raise SettingsError(
            f"unknown setting {section}.{name}", where=where, mend=f"{section} has {', '.join(sorted(kinds))}"
        )
    kind = kinds[name]
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind:
        raise SettingsError(
            f"{section}.{name} takes {kind.__name__}, not {value!r}", where=where, mend="correct the value"
        )
    return dataclasses.replace(settings, **{section: dataclasses.replace(group, **{name: value})})
