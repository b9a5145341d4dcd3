"""Reports that can be shown around: without the articles' text, or without the outlets' names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

MASK = "░"
"""Stands for every character of a redacted text; line breaks stay, so spans keep their places."""


def redacted(index: dict[str, Any], texts: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Return the report's data with no text of any article: spans stay, passages get digests.

    A passage's digest is the first 16 hexadecimal digits of the SHA-256 of its UTF-8 text: who
    holds the article can check a passage, nobody can read it from here.
    """
    spans = index["families"]
    hashes = [
        hashlib.sha256(_slice(texts[document], start, length).encode("utf-8", "replace")).hexdigest()[:16]
        for document, start, length in zip(spans["document"], spans["start"], spans["length"], strict=True)
    ]
    evidence = [[[*item[:6], ""] for item in items] for items in spans["evidence"]]
    documents = {**index["documents"], "title": [None] * len(texts), "url": [None] * len(texts)}
    index = {**index, "documents": documents, "families": {**spans, "hash": hashes, "evidence": evidence}}
    return index, [_masked(text) for text in texts]


def _masked(text: str) -> str:
    """Mask every UTF-16 unit but the line breaks."""
    return "".join("\n" if c == "\n" else MASK if c <= "\uffff" else MASK * 2 for c in text)


def _slice(text: str, start: int, length: int) -> str:
    """Return a slice given in UTF-16 units."""
    units = text.encode("utf-16-le", "surrogatepass")
    return units[2 * start : 2 * (start + length)].decode("utf-16-le", "replace")


def anonymized(index: dict[str, Any], texts: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Return the report's data with outlets as letters and documents as numbers.

    Outlets' names are masked in titles and texts (same length, so spans stay). Files, addresses
    and the names of inputs go. Other words of an article may still tell where it was printed.
    """
    outlets = index["outlets"]
    documents = index["documents"]
    wires = {documents["outlet"][i] for i, wire in enumerate(documents["wire"]) if wire}
    letters = _letters(len(outlets))
    shown = {name: letters[position] for position, name in enumerate(outlets) if position not in wires}
    count = len(texts)
    numbered = [f"D{position + 1:0{len(str(count))}d}" for position in range(count)]
    mask = _mask_of([name for name in shown if len(name) > 2])
    family_names = [f"F{position + 1}" for position in range(len(index["families"]["name"]))]
    evidence = [
        [[item[0], item[1] if isinstance(item[1], int) else "", *item[2:6], ""] for item in items]
        for items in index["families"]["evidence"]
    ]
    folded = {name.casefold(): letter for name, letter in shown.items()}
    meta = _deep(index["meta"], mask)
    if isinstance(meta.get("inputs"), Mapping):
        meta["inputs"] = {
            f"input {n}": value for n, (_, value) in enumerate(sorted(meta["inputs"].items()), 1)
        }
    flow, left_out = index["flow"], index["left_out"]

    nodes = [
        [node[0], shown.get(node[1], node[1]) if node[0] == 2 else node[1], *node[2:]]
        for node in flow["nodes"]
    ]

    def rename(name: str) -> str:
        return shown.get(name, name)

    index = {
        **index,
        "title": mask(index["title"]),
        "outlets": [shown.get(name, name) for name in outlets],
        "sources": [_unnamed(source, name, folded) for source, name in index["sources"]],
        "documents": {
            **documents,
            "id": numbered,
            "title": [mask(title) if title else title for title in documents["title"]],
            "url": [None] * count,
            "file": [""] * count,
        },
        "families": {
            **index["families"],
            "name": family_names,
            "evidence": evidence,
            "direction": [""] * len(family_names),
        },
        "flow": {**flow, "nodes": nodes},
        "left_out": {**left_out, "outlets": [[rename(name), count] for name, count in left_out["outlets"]]},
        "meta": meta,
        "rejected": [{"where": f"record {n}", "reason": mask(str(row.get("reason", "")))}
                     for n, row in enumerate(index["rejected"], 1)],
    }  # fmt: skip
    return index, [mask(text) for text in texts]


def _unnamed(source: str, name: str, outlets: Mapping[str, str]) -> list[str]:
    """Return a source's id and name, both replaced when it is an outlet of the corpus."""
    letter = outlets.get(name.casefold())
    return [source, name] if letter is None else [f"outlet:{letter}", letter]


def _deep(value: Any, change: Callable[[str], str]) -> Any:
    """Return JSON-able data with every text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {name: _deep(item, change) for name, item in value.items()}
    return [_deep(item, change) for item in value] if isinstance(value, list | tuple) else value


def _mask_of(names: Sequence[str]) -> Callable[[str], str]:
    if not names:
        return lambda text: text
    pattern = re.compile(
        "|".join(re.escape(name) for name in sorted(names, key=lambda n: (-len(n), n))), re.IGNORECASE
    )
    return lambda text: pattern.sub(lambda found: _masked(found.group()), text)


def _letters(count: int) -> list[str]:
    """Return A, B, …, Z, AA, AB, …"""
    names = []
    for position in range(1, count + 1):
        name, rest = "", position
        while rest:
            rest, letter = divmod(rest - 1, 26)
            name = chr(65 + letter) + name
        names.append(name)
    return names
