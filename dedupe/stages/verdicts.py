"""Accepted passages → matches, families, origins."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dedupe.provenance.catalogue import Catalogue
from dedupe.provenance.origins import Coverage, Evidence, Member, Origin, origin, wire_source
from dedupe.records import EVIDENCE, FAMILIES, MATCH_KINDS, MATCHES, ORIGINS
from dedupe.reuse.explained import Matched, explained
from dedupe.reuse.families import Grouping, further, group
from dedupe.reuse.projection import projected
from dedupe.settings import Settings
from dedupe.stages.columns import Int, codes, numbers, tokenized
from dedupe.stages.credits import from_row
from dedupe.text.tokens import TokenBatch

ROWS = 2_000


def matched(
    candidates: pa.Table, pairs: pa.Table, documents: pa.Table, settings: Settings
) -> tuple[pa.Table, pa.Table]:
    """Return the tables ``matches`` and ``families`` of the accepted candidates, those aside that two
    dispatches explain (``reuse.explained``)."""
    ids = documents["id"].combine_chunks()
    accepted = candidates.filter(candidates["accepted"])
    number = {side: numbers(pc.index_in(accepted[side], ids)) for side in "ab"}
    place = {name: numbers(accepted[name]) for name in ("a_start", "b_start", "a_stop", "b_stop")}
    order = np.lexsort(
        (place["b_stop"], place["a_stop"], place["b_start"], place["a_start"], number["b"], number["a"])
    )
    order = order[
        ~_set_aside(accepted.take(pa.array(order)), number["a"][order], number["b"][order], documents)
    ]
    accepted = accepted.take(pa.array(order))
    a, b = number["a"][order], number["b"][order]
    sides = np.stack(
        [
            np.stack([owner, place[f"{side}_start"][order], place[f"{side}_stop"][order]], axis=1)
            for side, owner in (("a", a), ("b", b))
        ],
        axis=1,
    )  # fmt: skip
    found = group(sides, overlap=settings.families.overlap)
    names = pa.array(_names(found, ids), pa.string())
    words = numbers(documents["words"])
    keys = _pair(*(numbers(pc.index_in(pairs[side], ids)) for side in "ab"))
    columns = {name: accepted[name] for name in accepted.column_names if name in MATCHES.names}
    columns["family"] = names.take(pa.array(found.family_of))
    for side, owner in (("a", a), ("b", b)):
        shares = numbers(accepted[f"{side}_words"]) / words[owner]
        columns[f"{side}_covered"] = pa.array([round(share, 4) for share in shares.tolist()], pa.float64())
    columns["channels"] = (
        pairs["channels"].combine_chunks().take(pa.array(np.searchsorted(keys, _pair(a, b))))
    )
    family = np.repeat(np.arange(len(names)), np.diff(found.bounds))
    more_family, more = _further(sides, found, documents["text"], settings)
    wire = numbers(pc.equal(documents["kind"], "wire")).astype(np.bool_)
    exact = numbers(pc.is_in(accepted["kind"], pa.array(["verbatim", "light"]))).astype(np.bool_)
    common = np.concatenate((_common(sides, found, wire, exact), more[:, 1:]))
    family, places = np.concatenate((family, more_family)), np.concatenate((found.members, more))
    order = np.lexsort((places[:, 2], places[:, 1], places[:, 0], family))
    family, places, common = family[order], places[order], common[order]
    words_of, common = _words(places, common, documents["text"])
    members = pa.table(
        {
            "family": names.take(pa.array(family)),
            "document": ids.take(pa.array(places[:, 0])),
            "start": pa.array(places[:, 1]),
            "stop": pa.array(places[:, 2]),
            "words": pa.array(words_of),
            "common_start": pa.array(common[:, 0]),
            "common_stop": pa.array(common[:, 1]),
        },
        schema=FAMILIES,
    )
    return pa.table({name: columns[name] for name in MATCHES.names}, schema=MATCHES), members


def _names(found: Grouping, ids: pa.Array) -> list[str]:
    """Name each family by its first member; of several with one first member the later ones are numbered."""
    firsts = found.members[found.bounds[:-1]]
    documents = ids.take(pa.array(firsts[:, 0])).to_pylist()
    times: Counter[str] = Counter()
    names = []
    for document, (_, start, stop) in zip(documents, firsts.tolist(), strict=True):
        name = f"{document}:{start}-{stop}"
        times[name] += 1
        names.append(name if times[name] == 1 else f"{name}/{times[name]}")
    return names


def _common(
    sides: NDArray[np.int32], found: Grouping, wire: NDArray[np.bool_], exact: NDArray[np.bool_]
) -> NDArray[np.int32]:
    """Return the stretch of each member that its family's origin is that of: what all members have, what a
    dispatch among them has directly, and a passage that is reworded or translated, whole: within a
    sentence that was worded anew no word has its own place in the other."""
    common = found.cores.copy()
    whole = np.flatnonzero((wire[sides[:, ::-1, 0]] | ~exact[:, None]).ravel())
    passages = sides.reshape(-1, 3)[whole]
    family = np.repeat(np.arange(len(found.bounds) - 1), np.diff(found.bounds))
    keys = (family << 32) + found.members[:, 0]
    wanted = (found.family_of[whole >> 1] << 32) + passages[:, 0]
    low, high = np.searchsorted(keys, wanted, "left"), np.searchsorted(keys, wanted, "right")
    for first, last, (_, start, stop) in zip(low.tolist(), high.tolist(), passages.tolist(), strict=True):
        for member in range(first, last):
            if found.members[member, 1] <= start and stop <= found.members[member, 2]:
                common[member] = min(common[member, 0], start), max(common[member, 1], stop)
    return common


def _further(
    sides: NDArray[np.int32], found: Grouping, texts: pa.ChunkedArray, settings: Settings
) -> tuple[Int, NDArray[np.int32]]:
    """Return the families that have further members (`reuse.families.further`), and these: document, start, stop."""
    rows = further(sides, found, overlap=settings.families.overlap)
    document = {number: place for place, number in enumerate(np.unique(sides[rows[:, 1], :, 0]).tolist())}
    batch = tokenized(texts.take(pa.array(list(document), pa.int64())))
    family, members = [], []
    for into, match, side, core_start, core_stop in rows.tolist():
        (own, start, stop), (other, low, high) = sides[match, side].tolist(), sides[match, 1 - side].tolist()
        if start < core_start or stop > core_stop:  # only the part in the core belongs to the family
            words, starts, _ = _within(batch, document[own], start, stop)
            copy, copy_starts, copy_stops = _within(batch, document[other], low, high)
            part = slice(*np.searchsorted(starts, (core_start, core_stop)).tolist())
            place = projected(words, copy, part.start, part.stop)
            if place is None:
                continue
            low, high = int(copy_starts[place[0]]), int(copy_stops[place[1] - 1])
        family.append(into)
        members.append((other, low, high))
    return np.array(family, np.int64), np.array(members, np.int32).reshape(-1, 3)


def _within(
    batch: TokenBatch, document: int, start: int, stop: int
) -> tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int32]]:
    """Return the words of a document between two characters: hashes, starts and stops."""
    hashes, starts, stops = batch.document(document)
    inside = slice(*np.searchsorted(starts, (start, stop)).tolist())
    return hashes[inside], starts[inside], stops[inside]


def _set_aside(
    accepted: pa.Table, a: NDArray[np.int32], b: NDArray[np.int32], documents: pa.Table
) -> NDArray[np.bool_]:
    dispatches = np.flatnonzero(numbers(pc.equal(documents["kind"], "wire")).astype(np.bool_))
    if not len(dispatches) or not len(a):
        return np.zeros(len(a), np.bool_)
    outlets = documents["outlet"].take(pa.array(dispatches)).to_pylist()
    place = (accepted[f"{side}_{end}"].to_pylist() for side in "ab" for end in ("start", "stop"))
    a_start, a_stop, b_start, b_stop = place
    rows = zip(
        a.tolist(), a_start, a_stop, b.tolist(), b_start, b_stop, accepted["kind"].to_pylist(),
        accepted["score"].to_pylist(), strict=True,
    )  # fmt: skip
    agencies = dict(zip(dispatches.tolist(), outlets, strict=True))
    return np.array(explained([Matched(*row) for row in rows], agencies), np.bool_)


def _pair(a: NDArray[np.int32], b: NDArray[np.int32]) -> Int:
    return (a.astype(np.int64) << 32) + b


def _words(
    members: NDArray[np.int32], common: NDArray[np.int32], texts: pa.ChunkedArray
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Count the words of passages (int32[n, 3]: document, start, stop), and widen a stretch of each
    (int32[n, 2]) to whole words, in one pass over the texts."""
    counts = np.zeros(len(members), np.int32)
    widened = common.copy()
    has = np.zeros(len(texts), np.bool_)
    has[members[:, 0]] = True
    by_document = np.argsort(members[:, 0], kind="stable")
    for first in range(0, len(texts), ROWS):
        wanted = np.flatnonzero(has[first : first + ROWS])
        if not len(wanted):
            continue
        batch = tokenized(texts.slice(first, ROWS).take(pa.array(wanted)))
        owner = np.repeat(wanted + first, np.diff(batch.offsets)) << 32
        starts, stops = owner + batch.starts, owner + batch.stops
        low, high = np.searchsorted(members[by_document, 0], (first, first + ROWS))
        rows = by_document[low:high]
        document, start, stop = members[rows].astype(np.int64).T
        begin, end = np.searchsorted(starts, ((document << 32) + start, (document << 32) + stop))
        counts[rows] = end - begin
        inner = np.searchsorted(stops, (document << 32) + common[rows, 0], "right")
        outer = np.searchsorted(starts, (document << 32) + common[rows, 1], "left") - 1
        widened[rows, 0] = np.minimum(common[rows, 0], batch.starts[np.clip(inner, begin, end - 1)])
        widened[rows, 1] = np.maximum(common[rows, 1], batch.stops[np.clip(outer, begin, end - 1)])
    return counts, widened


def judged(
    members: pa.Table,
    matches: pa.Table,
    documents: pa.Table,
    credits: pa.Table,
    catalogue: Catalogue,
    settings: Settings,
) -> pa.Table:
    """Return the table ``origins``: one row per family, in the order of their names."""
    names, listed = codes(members["family"])
    ids = documents["id"].combine_chunks()
    document = numbers(pc.index_in(members["document"], ids))
    order = np.argsort(names, kind="stable")
    rows = members.take(pa.array(order))
    about = documents.select(["outlet", "kind", "source_id", "published", "language"])
    cited, said = np.unique(document[order], return_inverse=True)
    known = about.filter(_flags(cited, documents.num_rows)).to_pylist()
    sources = cache(
        lambda source_id, outlet: wire_source({"source_id": source_id, "outlet": outlet}, catalogue)
    )
    dispatches = set(documents["id"].filter(pc.equal(documents["kind"], "wire")).to_pylist())
    quality = _quality(matches, members, dispatches)
    coverage = _coverage(credits)
    silent = Coverage()
    by_family: list[list[Member]] = [[] for _ in listed]
    columns = (rows[name].to_pylist() for name in ("family", "document", "common_start", "common_stop"))
    for number, place, family, name, start, stop in zip(
        names[order].tolist(), said.tolist(), *columns, strict=True
    ):
        row = known[place]
        wire = sources(row["source_id"], row["outlet"]) if row["kind"] == "wire" else None
        by_family[number].append(
            Member(
                name,
                row["outlet"],
                start,
                stop,
                coverage.get(name, silent),
                wire=wire,
                published=row["published"],
                language=row["language"],
                quality=quality.get((family, name)),
            )
        )
    worded = set(matches.filter(pc.not_equal(matches["kind"], "reworded"))["family"].unique().to_pylist())
    verdicts = [
        origin(found, catalogue, settings.origins, reworded=family not in worded)
        for family, found in zip(listed, by_family, strict=True)
    ]
    return _table(listed, verdicts)


def _flags(places: NDArray[np.integer[Any]], count: int) -> pa.Array:
    flags = np.zeros(count, np.bool_)
    flags[places] = True
    return pa.array(flags)


def _coverage(credits: pa.Table) -> dict[str, Coverage]:
    """Return the credits of each document that has any."""
    found = defaultdict(list)
    for row in credits.to_pylist():
        found[row["document"]].append(from_row(row))
    return {document: Coverage(credits) for document, credits in found.items()}


def _quality(
    matches: pa.Table, members: pa.Table, dispatches: set[str]
) -> dict[tuple[str, str], tuple[Any, float]]:
    """Return the best kind and score that each dispatch of a family is matched with: by the family's own
    matches, or, where it is a further member, by those that brought it."""
    best: dict[tuple[str, str], tuple[int, float]] = {}
    rank = {kind: -number for number, kind in enumerate(MATCH_KINDS)}
    homes: dict[tuple[str, str], set[str]] = defaultdict(set)
    columns = [matches[name].to_pylist() for name in ("family", "a", "b", "kind", "score")]
    for family, a, b, _, _ in zip(*columns, strict=True):
        if a in dispatches or b in dispatches:
            homes[a, b].add(family)
    families = defaultdict(set)
    for family, document in zip(members["family"].to_pylist(), members["document"].to_pylist(), strict=True):
        families[document].add(family)
    for family, a, b, kind, score in zip(*columns, strict=True):
        value = (rank[kind], score)
        for document in {a, b} & dispatches:
            for home in {family} | (families[a] & families[b]) - homes[a, b]:
                if (home, document) not in best or best[home, document] < value:
                    best[home, document] = value
    return {key: (MATCH_KINDS[-kind], score) for key, (kind, score) in best.items()}


def _table(names: list[str], verdicts: list[Origin]) -> pa.Table:
    columns = {
        field.name: [getattr(verdict, field.name) for verdict in verdicts]
        for field in ORIGINS
        if field.name not in ("family", "evidence")
    }
    evidence = [[_as_tuple(entry) for entry in verdict.evidence] for verdict in verdicts]
    return pa.table(
        {"family": names, **columns, "evidence": pa.array(evidence, pa.list_(EVIDENCE))}, schema=ORIGINS
    )


def _as_tuple(entry: Evidence) -> tuple[Any, ...]:
    return entry.kind, entry.document, entry.start, entry.stop, entry.source, entry.weight, entry.note
