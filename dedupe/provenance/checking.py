"""Faults of facts files, each with its line: what ``dedupe sources check`` prints."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from dedupe.provenance.lexicon import CLASSES, FLAGS, compile_form

KINDS = (
    "agency_global", "agency_national", "agency_private", "agency_regional", "agency_photo", "state_media",
    "press_release_wire", "newspaper", "magazine", "online", "broadcaster", "generic", "think_tank", "ngo",
)  # fmt: skip
NEEDS = ("cue", "report", "descriptor")
_FIELDS: dict[str, type] = {
    "name": str, "kind": str, "country": str, "languages": list, "domains": list, "aliases": list,
    "exact": list,
    "ended": int, "group": str, "feeds": list, "confused": list, "context": list,
    "ambiguous": dict, "needs": str,
}  # fmt: skip
_AT_LINE = re.compile(r"\(at line (\d+)")
Fault = tuple[int, str]


_SHARED = (
    "mods",
    "name",
    "separator",
    "list",
    "slug",
    "staff",
    "a_report",
    "end",
    "no_head",
    "start",
    "post",
)
"""Macros of universal.toml, which the forms of every language may use."""


def check_sources(text: str) -> list[Fault]:
    """Return the faults of a file of sources as (line, sentence), in the order of lines."""
    table = _parsed(text)
    if isinstance(table, list):
        return table
    return sorted(fault for key, entry in table.items() for fault in _source(text, key, entry))


def check_phrases(text: str) -> list[Fault]:
    """Return the faults of a file of phrases as (line, sentence), in the order of lines."""
    table = _parsed(text)
    if isinstance(table, list):
        return table
    return sorted(_phrases(text, table))


def _parsed(text: str) -> dict[str, Any] | list[Fault]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        return [(line, f"is not TOML: {error}; correct this line")]


def _line(text: str, *wanted: str) -> int:
    """Return the number of the first line that holds all ``wanted`` after the first one's line, else 1."""
    line = 1
    lines = text.split("\n")
    for want in wanted:
        for number in range(line, len(lines) + 1):
            if want in lines[number - 1]:
                line = number
                break
    return line


def _source(text: str, key: str, entry: Any) -> Iterator[Fault]:
    header = f'["{key}"]' if ":" in key else f"[{key}]"
    if not isinstance(entry, dict):
        yield _line(text, key), f"{key!r} stands outside a table; write [{key}] and put its fields below"
        return
    top = _line(text, header)
    for name in ("name", "kind"):
        if name not in entry:
            yield top, f'{key} has no {name}; add {name} = "…"'
    for name, value in entry.items():
        at = _line(text, header, name)
        if name not in _FIELDS:
            yield at, f"{key} has an unknown field {name!r}; use one of {', '.join(_FIELDS)}"
        elif not isinstance(value, _FIELDS[name]):
            yield at, f"{key}.{name} is a {type(value).__name__}; give a {_FIELDS[name].__name__}"
        elif isinstance(value, list) and not all(isinstance(item, str) and item.strip() for item in value):
            yield at, f"{key}.{name} holds an empty or non-text item; give texts in quotes"
    if entry.get("kind") not in (None, *KINDS):
        yield (
            _line(text, header, "kind"),
            f"{key}.kind {entry['kind']!r} is unknown; use one of {', '.join(KINDS)}",
        )
    ambiguous = entry.get("ambiguous")
    for alias, rule in ambiguous.items() if isinstance(ambiguous, dict) else ():
        at = _line(text, header, alias)
        if not isinstance(rule, dict) or rule.get("needs") not in NEEDS or not rule.get("why"):
            yield (
                at,
                f'{key}: {alias!r} takes {{ needs = "cue", why = "…" }}; needs is one of {", ".join(NEEDS)}',
            )
    for domain in entry.get("domains", ()) if isinstance(entry.get("domains"), list) else ():
        if not isinstance(domain, str) or "." not in domain or "/" in domain or domain != domain.lower():
            yield _line(text, header, str(domain)), f"{key}: {domain!r} is no bare domain; write example.com"
    spellings = [name for name in ("aliases", "exact", "ambiguous", "domains") if entry.get(name)]
    if not spellings:
        yield top, f'{key} has no aliases; add aliases = ["…"], or it can never be found'


def _phrases(text: str, table: dict[str, Any]) -> Iterator[Fault]:
    for name, value in table.get("flags", {}).items():
        if name not in FLAGS or not isinstance(value, bool):
            yield _line(text, name), f"unknown flag {name!r}; use {', '.join(FLAGS)} with true or false"
    for name, entries in table.get("words", {}).items():
        at = _line(text, "[words]", name)
        if name not in CLASSES:
            yield at, f"unknown class of words {name!r}; use one of {', '.join(CLASSES)}"
        elif not isinstance(entries, list) or not all(isinstance(e, str) and e.strip() for e in entries):
            yield at, f"{name} takes a list of phrases in quotes; mend the list"
    macros = {k: v if isinstance(v, str) else v["otherwise"] for k, v in table.get("macros", {}).items()}
    names = {
        **dict.fromkeys(_SHARED, "S"),
        **macros,
    }
    for entry in [*table.get("form", ()), *table.get("link", ())]:
        at = _line(text, f'"{entry.get("name", "")}"')
        try:
            compile_form(entry["form"], names)
        except KeyError as error:
            yield at, f"form {entry.get('name')!r} lacks or does not know {error}; see docs/credits.md"
        except re.error as error:
            yield at, f"form {entry.get('name')!r} is no regular expression: {error}; correct it"
