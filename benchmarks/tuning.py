"""Tuning on COUNTER development pairs and PAN 2013 training pairs: what it chooses, and whether it is honest.

    python benchmarks/tuning.py [counter] [pan13] [--halves 100] [--sample N] [--scores DIRECTORY]

Pairs are aligned once with the shipped settings of each use (``news`` for COUNTER, ``pan13`` for PAN),
the thresholds that a filter can move set back to the defaults, and kept in DIRECTORY. Then
thresholds are tuned from there; the shipped ones stand beside them. COUNTER labels whole documents
(wholly, partially, not derived); for PAN each true passage is a yes, each candidate that meets no true
passage a no. Pairs that share a document are one story.

Honesty: 100 times, half of the stories tune and the other half test. A half is kept when the
precision on the test half agrees with what was claimed: its 95 % interval reaches the bound asked
for; the last column counts those where it is no lower, either, than the 95 % interval of the
cross-validated precision on the tuning half. A half that is too small to choose on claims nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from tables import show

from dedupe.records import CANDIDATES, DOCUMENTS, PAIRS
from dedupe.runs import digest
from dedupe.settings import Settings, load, shipped
from dedupe.stages.align import ALIGNED, CANDIDATE_PAIRS, AlignPairs
from dedupe.stages.candidates import unnested
from dedupe.tune.choice import Criterion, choose
from dedupe.tune.cuts import CUTS
from dedupe.tune.estimates import resamples
from dedupe.tune.labels import Label, Labels
from dedupe.tune.record import setting_value
from dedupe.tune.search import from_dict
from dedupe.tune.tuning import tune, vetted
from dedupe.tune.units import Units, build
from dedupe.tune.validation import figures, held_out

ROOT = Path(__file__).resolve().parents[1]
BENCH = ROOT.parent / "shared" / "bench"
PARTS = ("precision", "recall", "f1")
SPANS = ("a_start", "a_stop", "b_start", "b_stop")
BOUNDS = {"counter": (0.85, 0.8, 0.75), "pan13": (0.97, 0.95, 0.9)}


@dataclass(frozen=True)
class Data:
    """Texts by id, pairs of ids with what is true of them, and the settings to begin with."""

    texts: dict[str, str]
    pairs: list[dict[str, Any]]
    language: str
    settings: Settings
    profile: str


def counter() -> Data:
    """Return COUNTER's development half. Equal texts are one document."""
    texts, pairs = {}, []
    for line in (BENCH / "counter-dev.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        names = []
        for side in ("wire", "article"):
            text = f"{row[side]['headline']}\n\n{row[side]['text']}"
            name = f"{side}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
            texts[name] = text
            names.append(name)
        a, b = sorted(names)
        pairs.append({"a": a, "b": b, "label": row["label"].replace("-derived", "").replace("non", "not")})
    return Data(texts, pairs, "ur", Settings(), "news")


def pan13() -> Data:
    """Return the PAN 2013 training pairs, documents of a pair in order of id."""
    with tarfile.open(BENCH / "pan13-train.tar.xz") as archive:
        lines = {
            Path(member.name).stem: handle.read().splitlines()
            for member in archive
            if (handle := archive.extractfile(member))
        }
    texts = {row["id"]: row["text"] for row in map(json.loads, lines["documents"])}
    pairs = []
    for row in map(json.loads, lines["pairs"]):
        passages = [tuple(one) for one in row["passages"]]
        a, b = row["a"], row["b"]
        if a > b:
            a, b, passages = b, a, [(x[2], x[3], x[0], x[1]) for x in passages]
        pairs.append({"a": a, "b": b, "passages": passages, "kind": row["kind"]})
    return Data(texts, pairs, "en", load(shipped(Path("pan13"))), "pan13")


def with_thresholds(settings: Settings, other: dict[str, dict[str, Any]]) -> Settings:
    """Return settings with the thresholds of others."""
    values = settings.as_dict()
    for cut in CUTS:
        section, name = cut.setting.split(".")
        values[section][name] = other[section][name]
    return from_dict(values)


def scored(data: Data, folder: Path, name: str) -> dict[str, pa.Table]:
    """Return ``documents``, ``pairs`` and ``candidates`` of the given pairs; aligned once, then read."""
    ids = sorted({pair[side] for pair in data.pairs for side in "ab"})
    blank = dict.fromkeys(DOCUMENTS.names)
    documents = pa.Table.from_pylist(
        [{**blank, "id": one, "text": data.texts[one], "outlet": one, "kind": "outlet"} for one in ids],
        schema=DOCUMENTS,
    )
    wanted = sorted({(pair["a"], pair["b"]) for pair in data.pairs})
    path = folder / f"{name}-{digest(data.settings.as_dict(), wanted, _code())[:12]}.parquet"
    if not path.exists():
        kernel = AlignPairs(data.settings, cut=False)
        parts = []
        for at, batch in enumerate(_batches(data, wanted)):
            parts.append(kernel(batch))
            print(f"\r{name}: {at + 1} batches aligned", end="", file=sys.stderr)
        print(file=sys.stderr)
        folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.concat_tables(parts), path)
    aligned = pq.read_table(path).cast(ALIGNED)
    return {
        "documents": documents,
        "pairs": aligned.select(PAIRS.names),
        "candidates": unnested(aligned).select(CANDIDATES.names),
    }


def _code() -> list[str]:
    """Return digests of the code that scores depend on."""
    files = [path for part in ("reuse", "text") for path in sorted((ROOT / "dedupe" / part).glob("*.py"))]
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]


def _batches(data: Data, wanted: list[tuple[str, str]], size: int = 100) -> Iterator[pa.Table]:
    for start in range(0, len(wanted), size):
        rows = []
        for pair in wanted[start : start + size]:
            row: dict[str, Any] = {"channels": [], "jaccard": None, "minhash": None, "tfidf": None}
            for side, one in zip("ab", pair, strict=True):
                row |= {f"{side}_id": one, f"{side}_text": data.texts[one], f"{side}_language": data.language}
                row[f"{side}_furniture"] = []
            rows.append(row)
        yield pa.Table.from_pylist(rows, schema=CANDIDATE_PAIRS)


def labelled(data: Data, candidates: pa.Table) -> list[Label]:
    """Return the labels: of whole documents, or a yes per true passage and a no per false candidate."""
    rows: dict[tuple[str, str, Any], Label] = {}
    found: dict[tuple[str, str], list[tuple[int, ...]]] = {}
    for row in candidates.select(["a", "b", *SPANS]).to_pylist():
        found.setdefault((row["a"], row["b"]), []).append(tuple(row[name] for name in SPANS))
    for number, pair in enumerate(data.pairs):
        key = pair["a"], pair["b"]
        if "label" in pair:
            rows[(*key, None)] = Label(f"pair {number}", *key, None, pair["label"])
            continue
        for true in pair["passages"]:
            rows[(*key, true)] = Label(f"pair {number}", *key, true, "yes")
        for span in found.get(key, ()):
            if not any(_meets(span, true) for true in pair["passages"]):
                rows[(*key, span)] = Label(f"pair {number}", *key, span, "no")
    return list(rows.values())


def _meets(x: tuple[int, ...], y: tuple[int, ...]) -> bool:
    return x[0] < y[1] and y[0] < x[1] and x[2] < y[3] and y[2] < x[3]


def part(labels: list[Label], units: Units, stories: set[int]) -> list[Label]:
    """Return the labels of some stories, which are named so that halves group as the whole did."""
    return [
        replace(label, story=units.stories[story])
        for label, story in zip(labels, units.story.tolist(), strict=True)
        if story in stories
    ]


@dataclass
class Halves:
    """How often a claim held on the other half."""

    chose: int = 0
    reached: int = 0
    within: int = 0


def halves(
    labels: list[Label], tables: dict[str, pa.Table], settings: Settings, bound: float, count: int
) -> Halves:
    """Tune on ``count`` random halves of the stories, test on the others."""
    whole = build(labels, tables, settings.as_dict())
    criterion = Criterion("min-precision", bound)
    rng = np.random.default_rng(2013)
    out = Halves()
    for _ in range(count):
        order = rng.permutation(len(whole.stories)).tolist()
        middle = len(order) // 2
        train, test = (
            build(part(labels, whole, set(chosen)), tables, settings.as_dict())
            for chosen in (order[:middle], order[middle:])
        )
        unseen = held_out(train, criterion, 0)
        choice = vetted(train, choose(train, criterion), criterion, unseen)
        if choice.refusal:
            continue
        drawn = resamples(len(train.stories), 0)
        claimed = figures(train, unseen.accepted, drawn, unseen.tested)
        measured = figures(test, test.accepted(choice.thresholds), resamples(len(test.stories), 1)).precision
        out.chose += 1
        out.reached += measured.high >= bound
        out.within += not measured.value < claimed.precision.low
    return out


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="*", default=["counter", "pan13"], help="counter, pan13")
    parser.add_argument("--halves", type=int, default=100)
    parser.add_argument("--sample", type=int, help="only so many pairs, evenly taken")
    parser.add_argument("--scores", type=Path, default=ROOT / "reports" / "tuning-scores")
    options = parser.parse_args()
    for name in options.data:
        data = {"counter": counter, "pan13": pan13}[name]()
        if options.sample:
            step = max(1, len(data.pairs) // options.sample)
            data = replace(data, pairs=data.pairs[::step])
        shipped_as = data.settings.as_dict()
        data = replace(data, settings=with_thresholds(data.settings, Settings().as_dict()))
        tables = scored(data, options.scores, name)
        labels = labelled(data, tables["candidates"])
        report(name, data, labels, tables, options.halves, shipped_as)


def report(
    name: str,
    data: Data,
    labels: list[Label],
    tables: dict[str, pa.Table],
    count: int,
    shipped_as: dict[str, dict[str, Any]],
) -> None:
    """Print what is chosen by each criterion, and the halves."""
    rows = []
    settings = data.settings.as_dict()
    for criterion in (Criterion("max"), *(Criterion("min-precision", bound) for bound in BOUNDS[name])):
        found = tune(Labels(tuple(labels)), tables, settings, criterion)
        values = []
        for place, cut in enumerate(CUTS):
            if place in found.free:
                spread = found.spread.get(place)
                said = f" ({spread.low:g} to {spread.high:g})" if spread else ""
                section, key = cut.setting.split(".")
                own = f", shipped {shipped_as[section][key]:g}"
                values.append(f"{cut.setting} {setting_value(place, found.choice.thresholds):g}{said}{own}")
        values_ = [getattr(one, part).value for one in (found.default, found.unseen) for part in PARTS]
        shown = [None if np.isnan(value) else value for value in values_]
        rows.append([str(criterion), "; ".join(values), found.choice.refusal or "–", *shown])
    counts = found.counts
    head = ["criterion", "chosen (95 % of resamples)", "kept because", "P by default", "R", "F1"]
    title = f"{name}: settings {data.profile}, thresholds from the defaults"
    size = f"{counts['yes']} yes, {counts['no']} no, {counts['stories']} stories"
    show(f"{title}; {size}", [*head, "P cross-validated", "R", "F1"], rows)
    if count:
        rows = []
        for bound in BOUNDS[name]:
            kept = halves(labels, tables, data.settings, bound, count)
            rows.append([f"precision ≥ {bound:g}", count, kept.chose, kept.reached, kept.within])
        show(
            f"{name}: tuned on half of the stories, tested on the other",
            [
                "criterion",
                "halves",
                "with a choice",
                "interval reaches the bound",
                "precision as claimed or better",
            ],
            rows,
        )


if __name__ == "__main__":
    main()
