"""Credits: how right, how sure and how fast.

    python benchmarks/credits.py accuracy            F1, chains, false credits on every labelled set
    python benchmarks/credits.py reliability         stated confidence against the share that is right
    python benchmarks/credits.py fit                 rewrite dedupe/facts/confidence.toml from the labels
    python benchmarks/credits.py speed [FILE.tsv]    bytes per CPU-second: news, and hostile text

The labelled sets are ``tests/data/credits_*.jsonl`` and, where the folder ``../shared`` lies beside
the repository, the labelled examples, articles and historical newspapers in it. ``fit`` takes for each
form the share of its sightings that are right, drawn towards 0.9 by four imagined sightings (the mean
of a beta distribution); ``reliability`` scores each sighting by a table fitted without its own tenth
of the texts. CPU time is the best of twelve runs, since machines are shared.
"""

from __future__ import annotations

import json
import sys
import time
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from credit_scoring import find, known, load, same_chain, score  # noqa: E402

from dedupe.facts import table  # noqa: E402
from dedupe.provenance import credits  # noqa: E402
from dedupe.records import Span  # noqa: E402
from dedupe.settings import Credits  # noqa: E402
from dedupe.text.sentences import split  # noqa: E402

SHARED = ROOT.parent / "shared"
SETS = ("credits_fresh.jsonl", "credits_grammar.jsonl")
FOLDS = 10
PRIOR, WEIGHT = 0.9, 4


class Sighted(NamedTuple):
    """One credit found in a labelled text."""

    form: str
    confidence: float
    right: bool
    fold: int


def labelled() -> Iterator[dict[str, Any]]:
    """Yield every labelled text with its credits."""
    for name in SETS:
        yield from load(name)
    if not SHARED.is_dir():
        return
    facts = json.loads((SHARED / "facts/credits.json").read_text("utf-8"))
    groups = [(lang, p["examples"]) for lang, g in facts["languages"].items() for p in g["phrases"]]
    groups += [(rule["lang"], rule["examples"]) for rule in facts["negatives"]]
    for language, examples in groups:
        for example in examples:
            gold = [
                {"chain": e["chain"], "start": e["mentions"][0]["start"], "stop": e["mentions"][0]["end"]}
                for e in example["expected"]
            ]
            yield {"text": example["text"], "language": language, "credits": gold}
    articles = json.loads((SHARED / "seeds/gold.json").read_text("utf-8"))["articles"]
    for article in articles.values():
        gold = [
            {"chain": e["chain_ids"], "start": e["start"], "stop": e["end"]} for e in article["attributions"]
        ]
        text = (SHARED / "seeds" / article["file"]).read_text("utf-8")
        yield {"text": text, "language": "id", "outlet": article["outlet"]["name"], "credits": gold}
    for line in (SHARED / "bench/newsagency-dev.jsonl").read_text("utf-8").splitlines():
        document = json.loads(line)
        gold = [
            {"chain": None, "start": a, "stop": b}
            for a, b, kind in document["mentions"]
            if kind != "articleauthor"
        ]
        yield {"text": document["text"], "language": document["language"], "credits": gold}


def sighted() -> list[Sighted]:
    """Return every credit of text found, however unsure, with whether it is right."""
    found = []
    for example in labelled():
        fold = zlib.crc32(example["text"].encode("utf-8", "surrogatepass")) % FOLDS
        options = {"language": example["language"], "outlet": example.get("outlet") or ""}
        everything = credits.find(
            example["text"],
            **options,
            sentences=[],
            furniture=[],
            catalogue=known(),
            settings=Credits(threshold=0.05),
        )
        for credit in everything:
            if credit.role == "photo":
                continue
            right = any(
                credit.start < gold["stop"]
                and gold["start"] < credit.stop
                and (gold["chain"] is None or same_chain(credit.chain, gold["chain"]))
                for gold in example["credits"]
            )
            found.append(Sighted(credit.rule, credit.confidence, right, fold))
    return found


def rates(found: list[Sighted]) -> dict[str, float]:
    """Return for each form the drawn-in share of its sightings that are right."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one in found:
        counts[one.form][0] += one.right
        counts[one.form][1] += 1
    return {f: (right + PRIOR * WEIGHT) / (n + WEIGHT) for f, (right, n) in sorted(counts.items())}


def accuracy() -> None:
    for name in SETS:
        total = score(load(name))
        print(
            f"{name}: F1 {total.f1:.3f} ({total.right} right, {total.false} false, {total.missed} missed), "
            f"chains {total.chains_right}/{total.chains}, "
            f"texts without credit that got one {total.negatives_false}/{total.negatives}"
        )
        for identity, faults in total.faults.items():
            print(f"  {identity}: {'; '.join(faults)}")


def reliability() -> None:
    found = sighted()
    base = table("confidence")
    scored = []
    for fold in range(FOLDS):
        fitted = rates([one for one in found if one.fold != fold])
        for one in (one for one in found if one.fold == fold):
            now = base["form"].get(one.form) or PRIOR
            value = min(0.99, one.confidence * fitted.get(one.form, PRIOR) / now)
            scored.append((value, one.right))
    print("| stated confidence | sightings | mean stated | share right |\n|---|---|---|---|")
    for low, high in ((0.05, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 1.0)):
        inside = [(v, r) for v, r in scored if low <= v < high]
        if inside:
            mean, share = (sum(column) / len(inside) for column in zip(*inside, strict=True))
            print(f"| {low:.2f}–{high:.2f} | {len(inside)} | {mean:.3f} | {share:.3f} |")
    brier = sum((v - r) ** 2 for v, r in scored) / len(scored)
    error = sum(v - r for v, r in scored) / len(scored)
    print(f"\n{len(scored)} sightings, Brier score {brier:.4f}, mean stated minus mean right {error:+.4f}")


def fit() -> None:
    path = ROOT / "dedupe/facts/confidence.toml"
    head, _, rest = path.read_text("utf-8").partition("[form]\n")
    _, _, factors = rest.partition("[factor]\n")
    # A form's value stands before the factors of its aliases, which are below 1 for most of them.
    # A form that no labelled text shows keeps the value it has.
    seen = {form: min(0.99, value / 0.985) for form, value in rates(sighted()).items()}
    values = {**table("confidence")["form"], **seen}
    lines = [f"{form} = {value:.3f}" for form, value in sorted(values.items())]
    path.write_text(f"{head}[form]\n" + "\n".join(lines) + "\n\n[factor]\n" + factors, "utf-8")
    print(f"wrote {len(lines)} forms, {len(seen)} of them from labels")


def cpu(texts: list[str], language: str) -> tuple[int, float]:
    """Return bytes and the least CPU seconds that finding their credits takes."""
    spans = [split(text, language) for text in texts]
    best = float("inf")
    for _ in range(12):
        begin = time.process_time()
        names = credits.sighted(texts, [language] * len(texts), known())  # a batch at once, as in a run
        for text, sentences, sightings in zip(texts, spans, names, strict=True):
            find(text, language, "an outlet", sentences=sentences, sightings=sightings)
        best = min(best, time.process_time() - begin)
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts), best


def speed(path: Path | None) -> None:
    source = path or SHARED / "bench/id-en-dev.tsv"
    if source.is_file():
        rows = [line.split("\t") for line in source.read_text("utf-8").splitlines()]
        for column, language in ((0, "id"), (1, "en")):
            texts = ["\n".join(row[column] for row in rows[i : i + 12]) for i in range(0, len(rows), 12)]
            names = credits.sighted(texts, [language] * len(texts), known())
            bare = [text for text, found in zip(texts, names, strict=True) if not found]
            for kind, some in (("news", texts), ("news without names", bare)):
                size, seconds = cpu(some, language)
                print(
                    f"{kind}, {language}: {size / 1e6:.2f} MB, {size / seconds / 1e6:.1f} MB per CPU-second"
                )
    hostile = {
        "aliases": "AP " * 350_000, "credits": "menurut Reuters dan AFP, " * 40_000,
        "quotes": "“\"«" * 330_000,
        "brackets": "(" * 500_000 + "Reuters" + ")" * 499_990, "open brackets": "(AP " * 250_000,
        "chains": "Reuters, mengutip " * 58_000, "lines": "Reuters\n" * 125_000,
        "domains": "foo.com " * 125_000,
        "sparse": "AP, a, b, c, d, e, f, g, h, i, j, k, l said " * 22_000,
    }  # fmt: skip
    for name, text in hostile.items():
        for language in ("id", "en"):
            begin = time.process_time()
            find(text, language, sentences=[Span(0, len(text))])
            seconds = time.process_time() - begin
            print(f"hostile, {name}, {language}: {len(text) / 1e6:.2f} MB in {seconds:.2f} s")


def main() -> None:
    commands = {"accuracy": accuracy, "reliability": reliability, "fit": fit}
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name == "speed":
        speed(Path(sys.argv[2]) if len(sys.argv) > 2 else None)
    elif name in commands:
        commands[name]()
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
