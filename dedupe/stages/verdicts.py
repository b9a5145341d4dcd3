"""Accepted passages → matches, families, origins."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dedupe.provenance.catalogue import Catalogue
from dedupe.provenance.origins import Coverage, Evidence, Member, Origin, origin, wire_source
from dedupe.records import EVIDENCE, FAMILIES, MATCH_KINDS, MATCHES, ORIGINS
from dedupe.reuse.columns import rounded
from dedupe.reuse.explained import explained
from dedupe.reuse.families import Grouping, further, group
from dedupe.reuse.kernels_sort import order_of
from dedupe.reuse.projection import projected
from dedupe.reuse.shelves import Column, let_go
from dedupe.settings import Settings
from dedupe.stages.columns import Int, Rows, codes, numbers, tokenized
from dedupe.stages.credits import from_row
from dedupe.text.tokens import TokenBatch

ROWS = 2_000


def matched(
    candidates: pa.Table,
    pairs: pa.Table,
    documents: pa.Table,
    settings: Settings,
    scratch: Path | None = None,
) -> tuple[pa.Table, pa.Table]:
    """Return the tables ``matches`` and ``families`` of the accepted candidates, those aside that two
    dispatches explain (``reuse.explained``). ``scratch`` is a folder for the words of the documents, which are
    else held in memory."""
    ids = documents["id"].combine_chunks()
    columns = [name for name in candidates.column_names if name in MATCHES.names]
    accepted, sides = _in_order(candidates.select(columns).filter(candidates["accepted"]), ids)
    wire = numbers(pc.equal(documents["kind"], "wire")).astype(np.bool_)
    exact = numbers(pc.is_in(accepted["kind"], pa.array(["verbatim", "light"]))).astype(np.bool_)
    aside = explained(
        sides,
        _is(accepted["kind"], "reworded"),
        exact,
        numbers(accepted["score"]),
        _agencies(documents, wire),
    )
    if aside.any():
        accepted, sides, exact = accepted.filter(pa.array(~aside)), sides[~aside], exact[~aside]
    found = group(sides, overlap=settings.families.overlap)
    names = pa.array(_names(found, ids), pa.string())
    words = numbers(documents["words"])
    a, b = sides[:, 0, 0], sides[:, 1, 0]
    keys = _pair(*(numbers(pc.index_in(pairs[side], ids)) for side in "ab"))
    matches = {name: accepted[name] for name in columns}
    matches["family"] = names.take(pa.array(found.family_of))
    for side, owner in (("a", a), ("b", b)):
        matches[f"{side}_covered"] = pa.array(rounded(numbers(accepted[f"{side}_words"]) / words[owner], 4))
    matches["channels"] = (
        pairs["channels"].combine_chunks().take(pa.array(np.searchsorted(keys, _pair(a, b))))
    )
    family = np.repeat(np.arange(len(names)), np.diff(found.bounds))
    shared = _Words.of(sides, documents.select(["text"]), scratch)
    more_family, more = _further(sides, found, shared, settings)
    common = np.concatenate((_common(sides, found, wire, exact), more[:, 1:]))
    family, places = np.concatenate((family, more_family)), np.concatenate((found.members, more))
    order = order_of(family, *places.T)
    family, places, common = family[order], places[order], common[order]
    words_of, common = _words(places, common, shared)
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
    return pa.table({name: matches[name] for name in MATCHES.names}, schema=MATCHES), members


def _in_order(accepted: pa.Table, ids: pa.Array) -> tuple[pa.Table, NDArray[np.int32]]:
    """Return candidates in the order of their places, and these: int32[n, 2, 3], document, start and stop."""
    places = [
        numbers(column)
        for side in "ab"
        for column in (pc.index_in(accepted[side], ids), accepted[f"{side}_start"], accepted[f"{side}_stop"])
    ]
    a, a_start, a_stop, b, b_start, b_stop = places
    order = order_of(_pair(a, b), _pair(a_start, b_start), _pair(a_stop, b_stop))
    sides = np.stack(places, axis=1).reshape(-1, 2, 3)
    if np.array_equal(order, np.arange(len(order))):  # as a run has them: all strings stay where they are
        return accepted, sides
    return accepted.take(pa.array(order)), sides[order]


def _is(column: pa.ChunkedArray, value: str) -> NDArray[np.bool_]:
    return numbers(pc.equal(column, value)).astype(np.bool_)


def _agencies(documents: pa.Table, wire: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Number the outlets of dispatches; other documents have -1."""
    outlets = documents["outlet"].combine_chunks().dictionary_encode().indices
    return np.where(wire, outlets.to_numpy(), -1).astype(np.int32)


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
    passage = np.repeat(np.arange(len(whole)), high - low)
    member = np.arange(len(passage)) + np.repeat(high - np.cumsum(high - low), high - low)
    start, stop = passages[passage, 1], passages[passage, 2]
    held = (found.members[member, 1] <= start) & (stop <= found.members[member, 2])
    np.minimum.at(common[:, 0], member[held], start[held])
    np.maximum.at(common[:, 1], member[held], stop[held])
    return common


class _Words(NamedTuple):
    """The words of the documents that share a passage, tokenized once."""

    documents: Int
    batch: TokenBatch

    @classmethod
    def of(cls, sides: NDArray[np.int32], texts: pa.Table, scratch: Path | None) -> _Words:
        documents, rows = np.unique(sides[:, :, 0]).astype(np.int64), Rows(texts)
        names: dict[str, type[np.generic]] = {"hashes": np.uint64, "starts": np.int32, "stops": np.int32}
        columns = {name: Column(scratch and scratch / name, dtype) for name, dtype in names.items()}
        lengths = [np.zeros(1, np.int64)]
        for first in range(0, len(documents), ROWS):
            batch = tokenized(rows.take(documents[first : first + ROWS])["text"])
            lengths.append(np.diff(batch.offsets))
            for name, column in columns.items():
                column.add(getattr(batch, name))
        offsets = np.cumsum(np.concatenate(lengths))
        return cls(documents, TokenBatch(offsets, *(column.array() for column in columns.values())))

    def before(self, documents: NDArray[np.int32], places: NDArray[np.integer[Any]]) -> Int:
        """Return how many words of the batch come before places in documents (of each some in a row)."""
        found = np.empty(places.shape, np.int64)
        document = np.searchsorted(self.documents, documents)
        order = np.argsort(document, kind="stable")
        offsets = self.batch.offsets
        for first in range(0, len(self.batch), ROWS):  # piece by piece: it is large
            low, high = np.searchsorted(document[order], (first, first + ROWS))
            rows = order[low:high]
            words = offsets[first : first + ROWS + 1]
            owner = np.repeat(np.arange(len(words) - 1), np.diff(words)) << 32
            starts = owner + self.batch.starts[words[0] : words[-1]]
            asked = ((document[rows] - first) << 32)[:, None] + places[rows]
            found[rows] = words[0] + np.searchsorted(starts, asked)
            let_go(self.batch.starts)
        return found


def _further(
    sides: NDArray[np.int32], found: Grouping, words: _Words, settings: Settings
) -> tuple[Int, NDArray[np.int32]]:
    """Return the families that have further members (`reuse.families.further`), and these: document, start, stop."""
    rows = further(sides, found, overlap=settings.families.overlap)
    own, other = sides[rows[:, 1], rows[:, 2]], sides[rows[:, 1], 1 - rows[:, 2]]
    cores = rows[:, 3:]
    parts = np.flatnonzero((own[:, 1] < cores[:, 0]) | (own[:, 2] > cores[:, 1]))
    other[parts, 1:] = _parts(own[parts], other[parts], cores[parts], words)
    kept = other[:, 1] >= 0
    return rows[kept, 0], other[kept]


def _parts(own: NDArray[np.int32], other: NDArray[np.int32], cores: Int, words: _Words) -> NDArray[np.int32]:
    """Return where the part of each passage that is in a core stands in the other one, -1 where it does not:
    only that part belongs to the core's family."""
    here = words.before(own[:, 0], np.column_stack((own[:, 1:], cores)))
    there = words.before(other[:, 0], other[:, 1:])
    first, last = here[:, :1], here[:, 1:2]
    found = projected(
        words.batch.hashes, np.column_stack((here[:, :2], there, np.clip(here[:, 2:], first, last) - first))
    )
    let_go(words.batch.hashes)
    places = np.full((len(own), 2), -1, np.int32)
    kept = found[:, 0] >= 0
    low, high = (found + there[:, :1])[kept].T
    places[kept] = np.column_stack((words.batch.starts[low], words.batch.stops[high - 1]))
    return places


def _pair(a: NDArray[np.int32], b: NDArray[np.int32]) -> Int:
    return (a.astype(np.int64) << 32) + b


def _words(
    members: NDArray[np.int32], common: NDArray[np.int32], words: _Words
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Count the words of passages (int32[n, 3]: document, start, stop), and widen a stretch of each
    (int32[n, 2]) to whole words."""
    begin, end, inner, outer = words.before(members[:, 0], np.column_stack((members[:, 1:], common))).T
    starts, stops = words.batch.starts, words.batch.stops
    inner = inner - ((inner > begin) & (stops[inner - 1] > common[:, 0]))  # the word that it begins in
    first, last = (np.clip(place, begin, end - 1) for place in (inner, outer - 1))
    widened = np.column_stack(
        (np.minimum(common[:, 0], starts[first]), np.maximum(common[:, 1], stops[last]))
    )
    return (end - begin).astype(np.int32), widened


def judged(
    members: pa.Table,
    matches: pa.Table,
    documents: pa.Table,
    credits: pa.Table,
    catalogue: Catalogue,
    settings: Settings,
) -> pa.Table:
    """Return the table ``origins``: one row per family, in the order of their names."""
    family, listed = codes(members["family"])
    document = numbers(pc.index_in(members["document"], documents["id"].combine_chunks()))
    order = order_of(family)
    family, document, rows = family[order], document[order], members.take(pa.array(order))
    coverage = _coverage(credits)
    wire = numbers(pc.equal(documents["kind"], "wire")).astype(np.bool_)[document]
    told = numbers(pc.is_in(rows["document"], pa.array(list(coverage), pa.string()))).astype(np.bool_)
    # Where a dispatch is a member and nobody is credited, its text alone decides, mostly.
    plain = np.bincount(family, wire, len(listed)) * (np.bincount(family, told, len(listed)) == 0) > 0
    quality = _quality(matches, rows, listed, documents)
    worded = set(matches.filter(pc.not_equal(matches["kind"], "reworded"))["family"].unique().to_pylist())

    def judge(chosen: NDArray[np.bool_]) -> dict[int, Origin]:
        told_of = _members(rows, family, document, chosen, documents, coverage, quality, catalogue)
        return {
            number: origin(found, catalogue, settings.origins, reworded=listed[number] not in worded)
            for number, found in told_of.items()
        }

    verdicts = judge(wire | ~plain[family])
    undecided = plain & np.array([not verdicts[number].source for number in range(len(listed))], np.bool_)
    verdicts |= judge(undecided[family])
    return _table(listed, [verdicts[number] for number in range(len(listed))])


def _members(
    rows: pa.Table,
    family: NDArray[np.int32],
    document: NDArray[np.int32],
    chosen: NDArray[np.bool_],
    documents: pa.Table,
    coverage: dict[str, Coverage],
    quality: dict[tuple[int, int], tuple[Any, float]],
    catalogue: Catalogue,
) -> dict[int, list[Member]]:
    """Return the chosen members of each family that has any."""
    rows, family, document = rows.filter(pa.array(chosen)), family[chosen], document[chosen]
    cited, said = np.unique(document, return_inverse=True)
    about = documents.select(["outlet", "kind", "source_id", "published", "language"])
    known = about.filter(_flags(cited, documents.num_rows)).to_pylist()
    sources = cache(
        lambda source_id, outlet: wire_source({"source_id": source_id, "outlet": outlet}, catalogue)
    )
    silent = Coverage()
    found: dict[int, list[Member]] = defaultdict(list)
    columns = (rows[name].to_pylist() for name in ("document", "common_start", "common_stop"))
    numbered = (column.tolist() for column in (family, document, said))
    for number, owner, place, name, start, stop in zip(*numbered, *columns, strict=True):
        row = known[place]
        wire = sources(row["source_id"], row["outlet"]) if row["kind"] == "wire" else None
        found[number].append(
            Member(
                name,
                row["outlet"],
                start,
                stop,
                coverage.get(name, silent),
                wire=wire,
                published=row["published"],
                language=row["language"],
                quality=quality.get((number, owner)),
            )
        )
    return found


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
    matches: pa.Table, members: pa.Table, listed: list[str], documents: pa.Table
) -> dict[tuple[int, int], tuple[Any, float]]:
    """Return the best kind and score that each dispatch of a family is matched with, by numbers of the two: by the
    family's own matches, or, where it is a further member, by those that brought it."""
    ids, names = documents["id"].combine_chunks(), pa.array(listed, pa.string())
    wire = np.append(numbers(pc.equal(documents["kind"], "wire")).astype(np.bool_), False)  # -1: not there
    sides = np.stack([_places(matches[side], ids) for side in "ab"], axis=1)
    related = np.flatnonzero(wire[sides].any(axis=1))
    sides, home = sides[related], _places(matches["family"], names)[related]
    kind = numbers(pc.index_in(matches["kind"], pa.array(MATCH_KINDS)))[related]
    score = numbers(matches["score"])[related]
    pairs, pair = np.unique(np.sort(sides, axis=1) @ (len(ids), 1), return_inverse=True)
    # A pair's matches speak for every family that both are in and none of them belongs to.
    family, document = _places(members["family"], names), _places(members["document"], ids)
    low, high = (np.searchsorted(family, family[wire[document]], side) for side in ("left", "right"))
    dispatch = np.repeat(np.flatnonzero(wire[document]), high - low)
    other = np.arange(len(dispatch)) + np.repeat(high - np.cumsum(high - low), high - low)
    both = np.sort(np.stack((document[dispatch], document[other]), axis=1), axis=1) @ (len(ids), 1)
    at = np.minimum(np.searchsorted(pairs, both), max(0, len(pairs) - 1))
    met = np.flatnonzero(pairs[at] == both) if len(pairs) else np.zeros(0, np.int64)
    met = met[~np.isin(family[dispatch[met]] * len(pairs) + at[met], home * len(pairs) + pair)]
    match, side = np.nonzero(wire[sides])
    by_pair = np.lexsort((score, -kind, pair))
    best = by_pair[np.searchsorted(pair[by_pair], at[met], "right") - 1]
    told = np.concatenate((match, best))
    where = np.concatenate((home[match], family[dispatch[met]]))
    whose = np.concatenate((sides[match, side], document[dispatch[met]]))
    order = np.lexsort((score[told], -kind[told], whose, where))
    rows = zip(*(c[order].tolist() for c in (where, whose, kind[told], score[told])), strict=True)
    return {(home, document): (MATCH_KINDS[kind], score) for home, document, kind, score in rows}


def _places(column: pa.ChunkedArray, among: pa.Array) -> Int:
    """Return where each value stands among others, -1 where it does not."""
    found: Int = pc.fill_null(pc.index_in(column, among), -1).to_numpy().astype(np.int64)
    return found


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
