"""The credit phrases of a language: words by class, and forms over those classes.

A sentence is read as a string with one character per token, its class; a form such as
``{attribution} {report_noun}? {sources}`` is a regular expression over that string. So a
language is added by sorting its words into classes, without writing a pattern, and a match
costs the length of the sentence in tokens. All repetition in forms is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import ahocorasick

CLASSES: dict[str, str] = {
    "attribution": "P", "attribution_after": "E", "citing": "C", "cited": "Q", "by": "B", "report": "V",
    "say": "K", "inverted": "I", "told": "T", "to": "t", "interview": "W", "report_noun": "L", "poll": "l",
    "descriptor": "D", "article": "A", "staff": "R", "deny": "X", "via": "v", "and": "&", "conjunction": "y",
    "as": "z", "backward": "m", "adverb": "a", "date": "d", "own": "u", "photo": "f", "source_label": "s",
    "with": "h", "contributed": "c", "furniture": "j", "company": "k", "place": "J", "shows": "e",
    "particle": "x", "wire": "H", "rights": "g", "object": "i", "in_report": "r", "indefinite": "U",
    "about": "b", "aired": "n",
}  # fmt: skip
"""Class names of the phrase files and their characters. The reader itself adds ``S`` source,
``o`` unlisted web domain, ``O`` the outlet, ``N`` capitalised word, ``w`` other word, ``p``
possessive, ``@`` account, ``<`` ``>`` line edges, ``~`` cut, and ``.,:;()/=-`` for marks."""

FIRST = ("told", "source_label", "citing")
"""Classes that keep a word which a later class of the same language lists too."""
FLAGS = (
    "verb_before_name",
    "adjectives_before_noun",
    "verb_last",
    "loose_subject",
    "cites_after",
    "compounds",
)
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff"
_UNSPACED = re.compile(f"[{UNSPACED}]")
_FIRST = re.compile(
    r"[^\W\d_][\w\u0300-\u036f\u064b-\u0652\u0900-\u0903\u093a-\u094f\u0951-\u0957\u200c]*|\d+|\S"
)


@dataclass(frozen=True, slots=True)
class Form:
    """A credit construction: ``regex`` over token classes, the sources in group ``s``.

    ``strength`` is ``structure``, ``quote``, ``cue`` or ``weak`` and is weighed against what an
    alias needs; ``scope`` says what the credit speaks for (see docs/credits.md).
    ``trigger`` is a class, or several in a row, without which no match is possible.
    """

    name: str
    regex: re.Pattern[str]
    strength: str
    scope: str
    role: str
    trigger: str


@dataclass(frozen=True)
class Lexicon:
    """The phrases of one language, ready for reading."""

    first: Mapping[str, tuple[tuple[str, str, bool], ...]]
    """First word (or first character, for scripts without spaces) → phrases, longest first, each
    with its class and whether it may go on to the end of a word. Phrases of several words stand under
    their first word, a space and the next letter, so that few of them are tried."""
    stems: Mapping[str, str]
    forms: tuple[Form, ...]
    links: Mapping[str, re.Pattern[str]]
    flags: frozenset[str]

    @cached_property
    def descriptors(self) -> Any:
        """An automaton of words such as "news agency"."""
        found = {p for phrases in self.first.values() for p, kind, _ in phrases if kind == "D"}
        found |= {stem for stem, kind in self.stems.items() if kind == "D"}
        automaton = ahocorasick.Automaton()
        for phrase in sorted(found) or ["\0\0"]:
            automaton.add_word(phrase, phrase)
        automaton.make_automaton()
        return automaton

    @cached_property
    def searches(self) -> tuple[tuple[str, Callable[[str], Iterator[re.Match[str]]], Form, bool], ...]:
        """The forms as a stretch asks for them: trigger, search, form, whether the outlet has a place in it."""
        return tuple((f.trigger, f.regex.finditer, f, "outlet" in f.regex.groupindex) for f in self.forms)

    @cached_property
    def stem_lengths(self) -> Mapping[str, tuple[int, ...]]:
        """Lengths of the stems by their first letter, longest first."""
        found: dict[str, set[int]] = {}
        for stem in self.stems:
            found.setdefault(stem[:1], set()).add(len(stem))
        return {letter: tuple(sorted(lengths, reverse=True)) for letter, lengths in found.items()}

    def starting(self, text: str) -> Iterable[tuple[str, str, bool]]:
        """Yield the phrases that may begin a text, longest first."""
        word = next(iter(words(text)), text[:1])
        yield from self.first.get(text[: len(word) + 2], ())
        yield from self.first.get(word, ())

    def stem(self, word: str) -> str:
        """Return the class of the longest stem that begins ``word``, or an empty string."""
        for length in self.stem_lengths.get(word[:1], ()):
            if length <= len(word) and (found := self.stems.get(word[:length])):
                return found
        return ""

    @classmethod
    def compile(cls, phrases: Mapping[str, Mapping[str, Any]], language: str) -> Lexicon:
        """Build the lexicon of a language (an empty string: of all languages together)."""
        universal = phrases.get("universal", {})
        names = [language] if language else ["id", "en", *sorted(set(phrases) - {"universal", "id", "en"})]
        tables = [phrases[name] for name in names if name in phrases]
        flags = frozenset(f for table in tables for f in FLAGS if table.get("flags", {}).get(f))
        first: dict[str, dict[str, tuple[str, bool]]] = {}
        stems: dict[str, str] = {}
        for table in [*tables, universal]:
            for name, entries in sorted(
                table.get("words", {}).items(), key=lambda item: item[0] not in FIRST
            ):
                for entry in entries:
                    for phrase in expand(entry):
                        _add(phrase.lower(), CLASSES[name], first, stems)
        compiled = {
            key: tuple((p, c, o) for p, (c, o) in sorted(found.items(), key=lambda i: (-len(i[0]), i[0])))
            for key, found in first.items()
        }
        macros = _macros(universal.get("macros", {}), flags)
        entries = [e for table in [universal, *tables] for e in table.get("form", ())]
        forms = tuple(
            Form(
                name=e["name"],
                regex=compile_form(e["form"], macros),
                strength=e.get("strength", "cue"),
                scope=e.get("scope", "sentence"),
                role=e.get("role", "credit"),
                trigger=CLASSES.get(e.get("trigger", "S"), e.get("trigger", "S")),
            )
            for e in entries
            if _applies(e, flags)
        )
        links = {
            e["name"]: compile_form(e["form"], macros)
            for table in [universal, *tables]
            for e in table.get("link", ())
            if _applies(e, flags)
        }
        return cls(compiled, stems, forms, links, flags)


def expand(entry: str) -> list[str]:
    """Return the phrases that an entry stands for: ``(x)`` is optional, ``(x|y)`` one of the two."""
    start = entry.find("(")
    stop = _closing(entry, start) if start >= 0 else -1
    if stop < 0:
        return [" ".join(entry.split())]
    choices = _choices(entry[start + 1 : stop])
    return [p for c in choices for p in expand(entry[:start] + c + entry[stop + 1 :])]


def _closing(text: str, start: int) -> int:
    """Return where the bracket that opens at ``start`` closes, or -1."""
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] == "(") - (text[at] == ")")
        if not depth:
            return at
    return -1


def _choices(inner: str) -> list[str]:
    """Return what stands between the strokes of a bracket, inner brackets left whole; without a stroke,
    the whole or nothing."""
    found, depth = [""], 0
    for char in inner:
        depth += (char == "(") - (char == ")")
        if char == "|" and not depth:
            found.append("")
        else:
            found[-1] += char
    return found if len(found) > 1 else [inner, ""]


def compile_form(form: str, macros: Mapping[str, str]) -> re.Pattern[str]:
    """Return a form as a regular expression over token classes.

    ``{name}`` is a macro or a class of words; spaces are for reading only. Raises ``re.error``
    or ``KeyError`` for a form that is wrong.
    """
    text = form
    for _ in range(6):
        if "{" not in re.sub(r"\{\d+(?:,\d*)?\}", "", text):
            break
        text = re.sub(r"\{([a-z_]+)\}", lambda m: macros[m[1]] if m[1] in macros else CLASSES[m[1]], text)
    return re.compile("".join(text.split()))


def _applies(entry: Mapping[str, Any], flags: frozenset[str]) -> bool:
    return all(f[4:] not in flags if f.startswith("not ") else f in flags for f in entry.get("when", ()))


def _macros(shared: Mapping[str, Any], flags: frozenset[str]) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for name, value in shared.items():
        if isinstance(value, str):
            chosen[name] = value
        else:
            chosen[name] = next((v for flag, v in value.items() if flag in flags), value["otherwise"])
    return chosen


def _add(
    phrase: str, kind: str, first: dict[str, dict[str, tuple[str, bool]]], stems: dict[str, str]
) -> None:
    stem = phrase.endswith("*")
    phrase = phrase.rstrip("*")
    if stem and " " not in phrase and not _UNSPACED.match(phrase):
        stems.setdefault(phrase, kind)
        return
    key = phrase[0] if _UNSPACED.match(phrase) else next(iter(words(phrase)), phrase[:1])
    entries = first.setdefault(key, {})
    if phrase.startswith(f"{key} "):
        entries = first.setdefault(phrase[: len(key) + 2], {})
    entries.setdefault(phrase, (kind, stem))


def words(text: str) -> Iterable[str]:
    """Yield the first-level tokens of a phrase, as the reader cuts them."""
    for found in _FIRST.finditer(text):
        yield found.group()
