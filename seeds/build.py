"""Build the sample corpus and its gold labels from ``seeds/markup/*.seed``.

``python seeds/build.py`` writes ``articles.jsonl``, ``txt/*.txt`` and ``gold.json`` beside
itself. The markup (tags, ranges, header) is described in ``seeds/README.md``. A label that
contradicts the text (an edit called verbatim, a passage that is too short, a range that
does not exist) stops the build with the document and the reason.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz.distance import Levenshtein

from dedupe.text.tokens import TokenBatch, tokenize

HERE = Path(__file__).parent
TAG = re.compile(r"<(/?)([picbo])((?: [^<>\n]*)?)>|<(\d+)>")
KINDS = ("verbatim", "light", "reworded", "translated")
ROLES = ("credit", "photo", "disputed", "copyright")
LIGHT_MOST = 0.25  # share of words edited, by definition
SHORTEST = 10  # words on either side of a passage


class SeedError(Exception):
    """A document's markup contradicts itself or its text."""


@dataclass(slots=True)
class Seed:
    """One document: its header, its text without tags, the tags, and its numbered sentences."""

    id: str
    header: dict[str, str]
    text: str
    tags: list[tuple[str, str, int, int]] = field(default_factory=list)
    sentences: dict[int, tuple[int, int]] = field(default_factory=dict)

    @property
    def source(self) -> str | None:
        """Id of the agency, for a dispatch."""
        return self.header.get("wire")

    def spans(self, tag: str) -> list[tuple[str, int, int]]:
        """Attributes, start and stop of every tag of one kind, in the order of the text."""
        return [(attributes, start, stop) for name, attributes, start, stop in self.tags if name == tag]

    def range(self, first: int, last: int) -> tuple[int, int]:
        """Offsets from the start of one numbered sentence to the stop of another."""
        try:
            return self.sentences[first][0], self.sentences[last][1]
        except KeyError as error:
            raise SeedError(f"{self.id} has no sentence {error}") from error


def parse(path: Path) -> Seed:
    """Read one markup file: header lines, a blank line, the tagged text."""
    head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    header = dict(line.split(": ", 1) for line in head.splitlines())
    pieces: list[str] = []
    length = at = 0
    seed = Seed(path.stem, header, "")
    unclosed: list[tuple[str, str, int]] = []
    marks: list[tuple[int, int]] = []
    for found in TAG.finditer(body):
        pieces.append(body[at : found.start()])
        length += len(pieces[-1])
        at = found.end()
        closing, name, attributes, number = found.groups()
        if number:
            marks.append((int(number), length))
        elif not closing:
            unclosed.append((name, attributes.strip(), length))
        elif not unclosed or unclosed[-1][0] != name:
            raise SeedError(f"{seed.id}: </{name}> closes nothing")
        else:
            seed.tags.append((*unclosed.pop(), length))
    seed.text = "".join([*pieces, body[at:]])
    if unclosed or "<" in seed.text:
        raise SeedError(f"{seed.id}: a tag is not closed or not known")
    seed.tags.sort(key=lambda tag: (tag[2], tag[3], tag[0]))
    for i, (number, start) in enumerate(marks):
        following = marks[i + 1][1] if i + 1 < len(marks) else len(seed.text)
        seed.sentences[number] = (start, start + len(seed.text[start:following].partition("\n")[0].rstrip()))
    return seed


class Words:
    """The words of every document, with those that lie in boilerplate taken out."""

    def __init__(self, seeds: dict[str, Seed]) -> None:
        self._index = {name: i for i, name in enumerate(seeds)}
        self._seeds = seeds
        self._batch: TokenBatch = tokenize([seed.text for seed in seeds.values()])

    def within(self, document: str, start: int, stop: int) -> list[int]:
        """Return the hashes of the words between two offsets, boilerplate left out."""
        hashes, starts, stops = self._batch.document(self._index[document])
        inside = (starts >= start) & (stops <= stop)
        for _, b_start, b_stop in self._seeds[document].spans("b"):
            inside &= (stops <= b_start) | (starts >= b_stop)
        return [int(value) for value in hashes[np.flatnonzero(inside)]]

    def edited(self, a: tuple[str, int, int], b: tuple[str, int, int]) -> float:
        """Return the share of words edited between two spans (word Levenshtein over the longer)."""
        return Levenshtein.normalized_distance(self.within(*a), self.within(*b))


def passages(seeds: dict[str, Seed], words: Words) -> list[dict[str, Any]]:
    """Return every ``<p>`` with both its sides, its labels checked against the text."""
    rows = []
    for seed in seeds.values():
        for number, (attributes, start, stop) in enumerate(seed.spans("p"), 1):
            reference, kind, credited, *rest = attributes.split()
            origin, first, last = _reference(reference, seeds)
            options = dict(word.split("=", 1) for word in rest if "=" in word)
            source = options.get("origin", origin.source)
            from_start, from_stop = origin.range(first, last)
            row = {
                "id": f"{seed.id}/{number}",
                "document": seed.id, "start": start, "stop": stop,
                "from": origin.id, "from_start": from_start, "from_stop": from_stop,
                "kind": kind,
                "origin": None if source == "none" else source,
                "credited": credited == "credited",
                "via": options.get("via"),
                "guards": [word.removeprefix("guard:") for word in rest if word.startswith("guard:")],
                "tags": [word for word in rest if "=" not in word and not word.startswith("guard:")],
                "words": len(words.within(seed.id, start, stop)),
            }  # fmt: skip
            if credited not in {"credited", "uncredited"} or (source is None and "origin" not in options):
                raise SeedError(f"{row['id']}: say credited or uncredited, and origin= for a copied article")
            _check_kind(row, seed, origin, words)
            rows.append(row)
    return rows


def _check_kind(row: dict[str, Any], seed: Seed, origin: Seed, words: Words) -> None:
    a, b = (seed.id, row["start"], row["stop"]), (origin.id, row["from_start"], row["from_stop"])
    if min(len(words.within(*a)), len(words.within(*b))) < SHORTEST:
        raise SeedError(f"{row['id']}: a side has fewer than {SHORTEST} words")
    edited = words.edited(a, b)
    if seed.header["language"] != origin.header["language"]:
        true = "translated"
    else:
        true = "verbatim" if edited == 0 else "light" if edited <= LIGHT_MOST else "reworded"
    if row["kind"] != true:
        raise SeedError(f"{row['id']}: called {row['kind']}, but {edited:.2f} edited makes it {true}")


def _reference(reference: str, seeds: dict[str, Seed]) -> tuple[Seed, int, int]:
    name, _, sentences = reference.partition(":")
    first, _, last = sentences.partition("-")
    if name not in seeds or not first.isdigit():
        raise SeedError(f"no such document or sentence: {reference}")
    return seeds[name], int(first), int(last or first)


def independent(seeds: dict[str, Seed]) -> list[dict[str, Any]]:
    """Return the pairs of ``<i>``: spans that tell the same facts, and are no copies."""
    rows = []
    for seed in seeds.values():
        for attributes, start, stop in seed.spans("i"):
            targets = [word for word in attributes.split() if ":" in word]
            why = attributes[attributes.rindex(targets[-1]) + len(targets[-1]) :].strip()
            for target in targets:
                name, _, listed = target.partition(":")
                for sentences in listed.split(","):
                    other, first, last = _reference(f"{name}:{sentences}", seeds)
                    sides = sorted([(seed.id, start, stop), (other.id, *other.range(first, last))])
                    (a, a_start, a_stop), (b, b_start, b_stop) = sides
                    rows.append({"a": a, "a_start": a_start, "a_stop": a_stop,
                                 "b": b, "b_start": b_start, "b_stop": b_stop, "why": why})  # fmt: skip
    return rows


def credits(seeds: dict[str, Seed]) -> list[dict[str, Any]]:
    """Return every ``<c>`` of the articles: the bare name, the chain (nearest first), the role."""
    rows = []
    for seed in seeds.values():
        for attributes, start, stop in seed.spans("c"):
            chain, _, role = attributes.partition(" ")
            if (role or "credit") not in ROLES:
                raise SeedError(f"{seed.id}: no such role: {role}")
            rows.append({"document": seed.id, "start": start, "stop": stop, "chain": chain.split(","),
                         "role": role or "credit", "surface": seed.text[start:stop]})  # fmt: skip
    return rows


def held(seeds: dict[str, Seed], words: Words) -> list[dict[str, Any]]:
    """Return every ``<o>``: a span whose origin is known although its dispatch is not in the corpus."""
    rows = []
    for seed in seeds.values():
        for attributes, start, stop in seed.spans("o"):
            origin, credited = attributes.split()
            rows.append({"document": seed.id, "start": start, "stop": stop, "origin": origin,
                         "credited": credited == "credited",
                         "words": len(words.within(seed.id, start, stop))})  # fmt: skip
    return rows


def matrix(seeds: dict[str, Seed], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Sum the words of passages: outlet, source, credited or not."""
    sums: dict[str, dict[str, dict[str, int]]] = defaultdict(dict)
    for row in rows:
        if row["origin"]:
            outlet = sums[seeds[row["document"]].header["outlet"]]
            cell = outlet.setdefault(row["origin"], {"credited": 0, "uncredited": 0})
            cell["credited" if row["credited"] else "uncredited"] += row["words"]
    return {outlet: dict(sorted(sources.items())) for outlet, sources in sorted(sums.items())}


def record(seed: Seed) -> dict[str, str]:
    """Return the document as a line of ``articles.jsonl``; ``hide`` leaves fields out."""
    header = seed.header
    row = {"id": seed.id, "outlet": header.get("outlet", seed.source or ""),
           "kind": "wire" if seed.source else "outlet"}  # fmt: skip
    if seed.source:
        row["source_id"] = seed.source
    row |= {name: header[name] for name in ("published", "language", "title") if name in header}
    for name in header.get("hide", "").split():
        row.pop(name, None)
    return row | {"text": seed.text}


def dumped(value: Any) -> str:
    """Return JSON with one line per label, so that a change reads well in a diff."""
    parts = []
    for name, part in value.items():
        if isinstance(part, list):
            lines = ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in part)
            parts.append(f" {json.dumps(name)}: [\n{lines}\n ]")
        else:
            parts.append(f" {json.dumps(name)}: {json.dumps(part, ensure_ascii=False)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def build(markup: Path) -> dict[str, str]:
    """Return the text of every file to write, by its path relative to ``seeds/``."""
    seeds = {path.stem: parse(path) for path in sorted(markup.glob("*.seed"))}
    words = Words(seeds)
    copied = passages(seeds, words)
    elsewhere = held(seeds, words)
    boilerplate = [{"document": seed.id, "start": start, "stop": stop, "kind": kind}
                   for seed in seeds.values() for kind, start, stop in seed.spans("b")]  # fmt: skip
    gold = {
        "meta": {
            "offsets": "Python str indices into the document's text, stop exclusive",
            "words": "counted by dedupe.text.tokens, boilerplate left out",
            "kinds": {kind: sum(row["kind"] == kind for row in copied) for kind in KINDS},
            "documents": {"wire": sum(bool(seed.source) for seed in seeds.values()),
                          "outlet": sum(not seed.source for seed in seeds.values())},
        },
        "passages": copied,
        "held": elsewhere,
        "independent": independent(seeds),
        "credits": credits(seeds),
        "boilerplate": boilerplate,
        "matrix": matrix(seeds, copied + elsewhere),
    }  # fmt: skip
    in_lines = [seed for seed in seeds.values() if seed.header.get("txt") != "yes"]
    files = {f"txt/{seed.id}.txt": seed.text for seed in seeds.values() if seed.header.get("txt") == "yes"}
    files["articles.jsonl"] = "".join(json.dumps(record(s), ensure_ascii=False) + "\n" for s in in_lines)
    files["gold.json"] = dumped(gold)
    return files


def main() -> int:
    """Write what `build` returns; say what is wrong and return 1 where labels contradict texts."""
    try:
        files = build(HERE / "markup")
    except SeedError as error:
        print(error, file=sys.stderr)
        return 1
    for name, text in files.items():
        path = HERE / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    print(f"{len(files)} files written to {HERE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
