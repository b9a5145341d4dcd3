"""What is printed in a terminal: the matrix, alike pairs, two texts with what they share.

Control characters of untrusted text never reach the terminal. Off a terminal and under
``NO_COLOR`` everything that colour says is also said by signs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any

import pyarrow as pa
from rapidfuzz.distance import Indel
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dedupe.records import LEDGER_CLASSES, Document

SIGN = {"credited": "●", "uncredited": "○", "claimed": "◐", "shared": "◇", "boilerplate": "▫", "own": "·"}
LABEL = {
    "credited": "credited",
    "uncredited": "no credit found",
    "claimed": "claimed",
    "shared": "shared",
    "boilerplate": "page furniture",
    "own": "own words",
}
STYLE = {"credited": "blue", "uncredited": "bold red", "claimed": "yellow", "shared": "magenta"}
HUES = ("cyan", "yellow", "green", "magenta", "blue", "red")
SOURCES = 8
"""Sources that get a column of their own; the rest share one that says how many they are."""
NAME = 80
"""Characters of a name or an id in a table; one of ten thousand would make every line as wide."""
GAP = 2
"""Blanks between two columns."""
_SOURCED = LEDGER_CLASSES[:3]
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_WORD = re.compile(r"\w+(?:['’.,]\w+)*")


def safe(text: str) -> str:
    """Return text with control characters (escape sequences, direction marks) shown as codes."""
    return _CONTROL.sub(lambda found: f"<{ord(found.group()):04X}>", text)


def named(text: str) -> str:
    """Return a name for a table: `safe`, and with its middle left out (``…``) beyond `NAME` characters."""
    return safe(text if len(text) <= NAME else f"{text[: NAME // 2]}…{text[-NAME // 2 :]}")


def largest_uncredited(matrix: pa.Table) -> float:
    """Return the largest share of an outlet's words that come from a source with no credit found."""
    shares: dict[str, float] = {}
    for row in matrix.to_pylist():
        if row["class"] == "uncredited":
            shares[row["outlet"]] = shares.get(row["outlet"], 0.0) + row["share"]
    return max(shares.values(), default=0.0)


def print_matrix(matrix: pa.Table, names: Mapping[str, str], console: Console) -> None:
    """Print outlets by sources in words, each cell split by credit; ``names`` are the sources'."""
    rows = [row for row in matrix.to_pylist() if row["words"]]
    if not rows:
        console.print("The matrix is empty: no article of an outlet was analysed.")
        return
    words: dict[tuple[str, str, str], int] = {}
    vias: dict[tuple[str, str], dict[str, int]] = {}
    for row in rows:
        key = (row["outlet"], row["source"] or "", row["class"])
        words[key] = words.get(key, 0) + row["words"]
        if row["via"]:
            via = vias.setdefault((row["outlet"], row["source"]), {})
            via[row["via"]] = via.get(row["via"], 0) + row["words"]
    by_source: dict[str, int] = {}
    for (_, source, name), count in sorted(words.items()):
        if name in _SOURCED:
            by_source[source] = by_source.get(source, 0) + count
    sources = sorted(by_source, key=lambda s: (-by_source[s], s))
    outlets = sorted({row["outlet"] for row in rows}, key=lambda o: (_rank(o, sources, words), o))
    table = _wide(outlets, sources, words, vias, names)
    if console.is_terminal and _needed(table) > console.width:
        table = _long(outlets, sources, words, vias, names)
    _print_table(table, console)
    console.print(
        Text("  ").join(
            Text(f"{SIGN[name]} {LABEL[name]}", STYLE.get(name, "dim")) for name in LEDGER_CLASSES
        ),
        soft_wrap=True,
    )


def _rank(outlet: str, sources: Sequence[str], words: Mapping[tuple[str, str, str], int]) -> tuple[int, int]:
    """Order outlets by the source that they take most from, then by how much."""
    taken = [sum(words.get((outlet, source, name), 0) for name in _SOURCED) for source in sources]
    most = max(taken, default=0)
    return (taken.index(most) if most else len(sources), -most)


def _wide(
    outlets: Sequence[str],
    sources: Sequence[str],
    words: Mapping[tuple[str, str, str], int],
    vias: Mapping[tuple[str, str], Mapping[str, int]],
    names: Mapping[str, str],
) -> Table:
    shown, rest = (
        (sources, []) if len(sources) <= SOURCES else (sources[: SOURCES - 1], sources[SOURCES - 1 :])
    )
    table = _table()
    table.add_column("Outlet", no_wrap=True)
    for source in shown:
        table.add_column(Text(named(names.get(source, source))), justify="left")
    if rest:
        table.add_column(f"{len(rest)} more sources")
    for name in LEDGER_CLASSES[3:]:
        table.add_column(LABEL[name], justify="right", style="dim")
    table.add_column("all words", justify="right")
    totals = _totals(words)
    for outlet in outlets:
        cells = [_cell(outlet, [source], words, vias, names) for source in shown]
        if rest:
            cells.append(_cell(outlet, rest, words, {}, names))
        figures = [f"{words.get((outlet, '', name), 0):,}" for name in LEDGER_CLASSES[3:]]
        table.add_row(Text(named(outlet)), *cells, *figures, f"{totals[outlet]:,}")
    return table


def _totals(words: Mapping[tuple[str, str, str], int]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for (outlet, _, _), count in words.items():
        totals[outlet] = totals.get(outlet, 0) + count
    return totals


def _cell(
    outlet: str,
    sources: Sequence[str],
    words: Mapping[tuple[str, str, str], int],
    vias: Mapping[tuple[str, str], Mapping[str, int]],
    names: Mapping[str, str],
) -> Text:
    cell = Text()
    for name in _SOURCED:
        count = sum(words.get((outlet, source, name), 0) for source in sources)
        if count:
            cell.append(f"{' ' if cell else ''}{SIGN[name]} {count:,}", STYLE[name])
    for source in sources:
        for via, count in sorted(vias.get((outlet, source), {}).items()):
            cell.append(f" (via {named(names.get(via, via))} {count:,})", "dim")
    return cell


def _long(
    outlets: Sequence[str],
    sources: Sequence[str],
    words: Mapping[tuple[str, str, str], int],
    vias: Mapping[tuple[str, str], Mapping[str, int]],
    names: Mapping[str, str],
) -> Table:
    """Return one line per outlet and source, for narrow terminals."""
    table = _table()
    table.add_column("Outlet")
    table.add_column("Source")
    table.add_column("Words")
    table.add_column("Share", justify="right")
    totals = _totals(words)
    for outlet in outlets:
        total = totals[outlet]
        first = True
        for source in sources:
            cell = _cell(outlet, [source], words, vias, names)
            if cell:
                taken = sum(words.get((outlet, source, name), 0) for name in _SOURCED)
                table.add_row(
                    Text(named(outlet) if first else ""),
                    Text(named(names.get(source, source))),
                    cell,
                    f"{taken / total:.0%}",
                )
                first = False
        rest = [
            f"{SIGN[n]} {words.get((outlet, '', n), 0):,} {LABEL[n]}"
            for n in LEDGER_CLASSES[3:]
            if words.get((outlet, "", n))
        ]
        table.add_row(
            Text(named(outlet) if first else ""), "", Text(", ".join(rest), "dim"), f"{total:,} words"
        )
    return table


def _table() -> Table:
    return Table(box=None, pad_edge=False, header_style="bold", padding=(0, GAP, 0, 0))


def _cells(table: Table) -> list[list[str]]:
    """Return the text of a table's cells, column by column, each under its heading."""
    return [
        [str(cell) for cell in (column.header, *column.cells)]  # texts know no markup, our strings have none
        for column in table.columns
    ]


def _needed(table: Table) -> int:
    """Return the width that a table would take if it had the room."""
    widths = [max(cell_len(line) for cell in column for line in cell.split("\n")) for column in _cells(table)]
    return sum(widths) + GAP * (len(widths) - 1)


def _print_table(table: Table, console: Console) -> None:
    """Print a table; off a terminal no line is broken, however wide."""
    if console.is_terminal:
        console.print(table)
        return
    columns = _cells(table)
    if any("\n" in cell or "\t" in cell for column in columns for cell in column):
        width = console.width
        console.width = max(width, _needed(table))
        console.print(table)
        console.width = width
        return
    # As rich would: it takes seconds over some hundred outlets.
    padded = []
    for column, given in zip(columns, table.columns, strict=True):
        width = max(map(cell_len, column))
        right = given.justify == "right"
        blanks = [" " * (width - cell_len(cell)) for cell in column]
        padded.append(
            [blank + cell if right else cell + blank for cell, blank in zip(column, blanks, strict=True)]
        )
    lines = ((" " * GAP).join(row) for row in zip(*padded, strict=True))
    console.out("\n".join(lines), highlight=False)


def print_similar(pairs: pa.Table, console: Console) -> None:
    """Print pairs of documents with their measures, in the order given."""
    if not pairs.num_rows:
        console.print("No pair of documents is alike.")
        return
    table = _table()
    table.add_column("First")
    table.add_column("Second")
    for label in ("Jaccard", "MinHash", "TF-IDF", "of first", "of second", "longest"):
        table.add_column(label, justify="right", no_wrap=True)
    for row in pairs.to_pylist():
        figures = [_figure(row[name]) for name in ("jaccard", "minhash", "tfidf")]
        shares = [f"{row[name] or 0:.0%}" for name in ("a_covered", "b_covered")]
        table.add_row(
            Text(named(row["a"])),
            Text(named(row["b"])),
            *figures,
            *shares,
            f"{row['longest_words'] or 0} words",
        )
    _print_table(table, console)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def print_comparison(first: Document, second: Document, result: Mapping[str, Any], console: Console) -> None:
    """Print how alike two articles are, and their shared passages word by word."""
    a, b = ({"id": d.id, "outlet": d.outlet, "title": d.title, "text": d.text} for d in (first, second))
    console.print(
        f"Jaccard {result['jaccard']:.3f}, MinHash {result['minhash']:.3f}, TF-IDF {result['tfidf']:.3f}; "
        f"shared: {result['a_covered']:.0%} of the first, {result['b_covered']:.0%} of the second; "
        f"longest passage {result['longest_words']} words",
        soft_wrap=True,
    )
    forth, back = result["a_from_b"], result["b_from_a"]
    console.print(
        f"words that the other has, in any spelling: {forth['contained_spelt']:.0%} of the first's, "
        f"{back['contained_spelt']:.0%} of the second's; close together: {forth['local']:.0%}, {back['local']:.0%}",
        soft_wrap=True,
    )
    print_pair(a, b, result["passages"], {}, console)


def print_pair(
    first: Mapping[str, Any],
    second: Mapping[str, Any],
    matches: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
    console: Console,
) -> None:
    """Print two documents with their shared passages coloured and numbered, then each word by word.

    ``first`` and ``second`` have ``id, outlet, title, text``; ``matches`` are rows with ``a_start,
    a_stop, b_start, b_stop, kind, score`` and, as far as known, ``guards`` and ``origin``.
    """
    plain = not console.is_terminal or console.no_color
    for side, document in (("a", first), ("b", second)):
        heading = [document["id"], document.get("outlet"), document.get("title")]
        console.print(
            Text(safe(" · ".join(str(part) for part in heading if part)), "bold underline"), soft_wrap=True
        )
        spans = [(m[f"{side}_start"], m[f"{side}_stop"], n) for n, m in enumerate(matches)]
        console.print(_coloured(document["text"], spans, plain), soft_wrap=True)
        console.print()
    if not matches:
        console.print("No shared passage.")
    for number, match in enumerate(matches):
        style = HUES[number % len(HUES)]
        guards = "".join(f", {safe(name)} differs" for name in match.get("guards") or ())
        origin = match.get("origin") or ""
        source = f", origin {safe(names.get(origin, origin))}" if origin else ""
        console.print(
            Text(
                f"[{number + 1}] {match['kind']}, score {match['score']:.2f}{guards}{source}", f"bold {style}"
            ),
            soft_wrap=True,
        )
        a = first["text"][match["a_start"] : match["a_stop"]]
        b = second["text"][match["b_start"] : match["b_stop"]]
        if match["kind"] == "translated":
            console.print(Text(safe(a)), soft_wrap=True)
            console.print(Text(safe(b), "italic"), soft_wrap=True)
        else:
            console.print(word_diff(a, b, plain=plain), soft_wrap=True)
    if matches and not all(match["kind"] == "translated" for match in matches):
        console.print(Text("[-only in the first-] {+only in the second+}", "dim"))


def _coloured(text: str, spans: Sequence[tuple[int, int, int]], plain: bool) -> Text:
    edges = sorted({0, len(text), *(edge for start, stop, _ in spans for edge in (start, stop))})
    out = Text()
    for start, stop in pairwise(edges):
        inside = [n for first, last, n in spans if first <= start and stop <= last]
        opened = [n for first, _, n in spans if first == start]
        closed = [n for _, last, n in spans if last == stop]
        style = f"{HUES[inside[0] % len(HUES)]} bold" if inside else ""
        marks = "".join(f"[{n + 1}: " if plain else f"[{n + 1}] " for n in opened)
        out.append(marks + safe(text[start:stop]) + ("]" * len(closed) if plain else ""), style)
    return out


def word_diff(a: str, b: str, *, plain: bool) -> Text:
    """Return both passages as one text: words of both, ``[-only of a-]``, ``{+only of b+}``."""
    one, two = list(_WORD.finditer(a)), list(_WORD.finditer(b))
    out = Text()
    steps = Indel.opcodes([w.group().casefold() for w in one], [w.group().casefold() for w in two])
    for equal, group in groupby(steps, lambda step: step.tag == "equal"):
        found = list(group)
        mine = _stretch(a, one, found[0].src_start, found[-1].src_end)
        other = _stretch(b, two, found[0].dest_start, found[-1].dest_end)
        if equal:
            out.append(other + " ", "green")
            continue
        if mine:
            out.append(f"[-{mine}-]" if plain else mine, "red strike").append(" ")
        if other:
            out.append("{+" + other + "+}" if plain else other, "blue underline").append(" ")
    out.rstrip()
    return out


def _stretch(text: str, words: Sequence[re.Match[str]], first: int, last: int) -> str:
    """Return the text from word ``first`` up to the word before ``last``, with the signs behind it."""
    if first >= last:
        return ""
    stop = words[last].start() if last < len(words) else len(text)
    return safe(" ".join(text[words[first].start() : stop].split()))
