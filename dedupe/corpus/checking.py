"""Raw records to documents: what is required is checked, what is missing is looked for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from dedupe.corpus import metadata
from dedupe.corpus.inputs import InputFile
from dedupe.corpus.raw import Raw, too_long
from dedupe.records import Document, DocumentKind, Rejected
from dedupe.settings import Reading
from dedupe.text import datelines, dates, language

_SURROGATE = re.compile("[\ud800-\udfff]")
_CODES = {"ind": "id", "in": "id", "eng": "en", "msa": "ms", "may": "ms", "zsm": "ms"}


@dataclass(slots=True)
class Tally:
    """Counts over all records: read, characters replaced, values that were not understood."""

    read: int = 0
    replacements: int = 0
    notes: Counter[str] = field(default_factory=Counter)


class _Reject(Exception):  # noqa: N818 (a verdict on one record, not an error)
    pass


def where_of(file: InputFile, line: int) -> str:
    """Return ``file:line``, or the file alone where the record is the whole file."""
    return f"{file.label}:{line}" if line else file.label


def check(
    raw: Raw, file: InputFile, *, default_id: str | None, limits: Reading, tally: Tally
) -> Document | Rejected:
    """Return the document of a raw record, or the reason why there is none.

    ``default_id`` is used where the format has no ids of its own (``.txt``). A lone surrogate
    cannot be written in any Unicode encoding and becomes a replacement character, in place.
    """
    tally.read += 1
    tally.replacements += raw.replacements
    where = where_of(file, raw.line)
    if raw.fields is None:
        return Rejected(where, raw.reason)
    fields = _Fields(raw.fields, tally)
    identifier = default_id
    try:
        identifier = fields.identifier(default_id)
        text = fields.text(limits)
    except _Reject as reason:
        return Rejected(where, str(reason), identifier)
    return _document(identifier, text, fields, file)


def _document(identifier: str, text: str, fields: _Fields, file: InputFile) -> Document:
    kind = fields.kind()
    code = fields.language() or language.detect(text)
    outlet, outlet_from = _outlet(text, fields, kind, file)
    return Document(
        id=identifier,
        text=text,
        outlet=outlet,
        kind=kind,
        source_id=fields.string("source_id"),
        published=fields.published() or dates.published(text, code),
        language=code,
        url=fields.string("url"),
        title=fields.string("title") or metadata.title_of(text),
        file=file.label,
        outlet_from=outlet_from,
    )


def _outlet(text: str, fields: _Fields, kind: DocumentKind, file: InputFile) -> tuple[str, str]:
    given, source = fields.string("outlet"), fields.string("source_id")
    if given:
        return metadata.clean_outlet(given), "given"
    if kind == "wire" and source:
        return source, "given"
    dateline = datelines.find(text)
    if dateline is not None:
        return dateline.outlet, "dateline"
    host = _host(fields.string("url"))
    if host:
        return host, "given"
    if file.folders:
        return metadata.clean_outlet(file.folders[-1]), "folder"
    return metadata.outlet_of_file(stem_of(file)), "file"


def stem_of(file: InputFile) -> str:
    """Return a file's name without its suffix (and without ``.gz``)."""
    name = file.path.name
    return name[:-3].rpartition(".")[0] if name.lower().endswith(".gz") else file.path.stem


def _host(url: str | None) -> str | None:
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


class _Fields:
    """Typed looks at the fields of one record; what is not understood is counted, not guessed."""

    def __init__(self, fields: Mapping[str, object], tally: Tally) -> None:
        self._fields = fields
        self._tally = tally

    def identifier(self, default: str | None) -> str:
        value = self._fields.get("id", default)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if value is None or value == "":
            raise _Reject("id is missing; give each record a unique id")
        if not isinstance(value, str):
            raise _Reject(f"id is {_kind(value)}, not a string; give each record a unique id")
        if not value.strip():
            raise _Reject("id is blank; give each record a unique id")
        return self._clean(value)

    def text(self, limits: Reading) -> str:
        value = self._fields.get("text")
        if value is None:
            raise _Reject('text is missing; put the article under "text"')
        if not isinstance(value, str):
            raise _Reject(f'text is {_kind(value)}, not a string; put the article under "text"')
        if len(value) > limits.max_characters:
            raise _Reject(too_long(limits))
        if not value or value.isspace():
            raise _Reject("text is empty; remove the record or fill it")
        return self._clean(value)

    def string(self, name: str) -> str | None:
        value = self._fields.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            self._tally.notes[f"{name} is not a string"] += 1
            return None
        return self._clean(value).strip() or None

    def kind(self) -> DocumentKind:
        value = (self.string("kind") or "outlet").lower()
        if value not in ("outlet", "wire"):
            self._tally.notes["kind is neither outlet nor wire: taken as outlet"] += 1
        return "wire" if value == "wire" else "outlet"

    def published(self) -> str | None:
        value = self._fields.get("published")
        if value is None or value == "":
            return None
        found = dates.normalise(value)
        if found is None:
            self._tally.notes["published is not a date"] += 1
        return found

    def language(self) -> str | None:
        value = self.string("language")
        if value is None:
            return None
        code = value.lower().replace("_", "-").partition("-")[0]
        code = _CODES.get(code, code)
        if len(code) != 2 or not code.isascii() or not code.isalpha():
            self._tally.notes["language is not an ISO 639-1 code: detected instead"] += 1
            return None
        return code

    def _clean(self, value: str) -> str:
        if value.isascii():
            return value
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            value, count = _SURROGATE.subn("\ufffd", value)
            self._tally.replacements += count
        return value


def _kind(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names.get(type(value), f"a {type(value).__name__}")
