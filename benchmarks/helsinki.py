"""612 web articles on one summit, no labels: run the whole tool, then read samples of what it says.

    python benchmarks/helsinki.py [--run DIR] [--sample 50] [--seed 2018] [--json FILE]

Prints what was found, by kind and by source, the agency copy printed without credit, and, with
``--sample``, that many random matches, families and credits in full, for a person to judge. The
verdicts of such a reading are in ``docs/benchmarks.md``, with the seed of the sample.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tables import show

from dedupe import pipeline
from dedupe.runs import Run, open_run
from dedupe.settings import load

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "bench" / "helsinki.jsonl"


def figures(run: Run, seconds: float) -> dict[str, Any]:
    """Return counts of matches, origins and words by class, with the cost of the run."""
    origins = run.table("origins").to_pylist()
    words: Counter[tuple[str, str]] = Counter()
    for row in run.table("matrix").to_pylist():
        words[row["source"], row["class"]] += row["words"]
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        **{
            name: run.meta["counts"][name] for name in ("analysed", "words", "matches", "families", "credits")
        },
        "by_kind": dict(sorted(Counter(run.table("matches")["kind"].to_pylist()).items())),
        "named": sum(1 for row in origins if row["source"]),
        "by_class": {
            name: sum(count for (_, label), count in words.items() if label == name)
            for name in ("credited", "uncredited", "claimed", "shared", "boilerplate", "own")
        },
        "uncredited": {source: n for (source, label), n in words.most_common() if label == "uncredited"},
        "credited": {source: n for (source, label), n in words.most_common() if label == "credited"},
        "seconds": round(seconds, 1),
        "cpu_seconds": round(sum(u.ru_utime + u.ru_stime for u in used), 1),
        "peak_mb": max(u.ru_maxrss for u in used) // 1024,
    }


def sample(run: Run, count: int, seed: int) -> None:
    """Print random matches, families and credits with their text."""
    text = dict(
        zip(run.table("documents")["id"].to_pylist(), run.table("documents")["text"].to_pylist(), strict=True)
    )
    draw = random.Random(seed)
    matches = run.table("matches").to_pylist()
    for number, row in enumerate(draw.sample(matches, min(count, len(matches))), start=1):
        print(f"\nmatch {number}: {row['kind']} {row['score']:.2f} {row['a']} {row['b']} {row['guards']}")
        for side in "ab":
            print(f"  {side}: {_short(text[row[side]][row[f'{side}_start'] : row[f'{side}_stop']])}")
    members: dict[str, list[dict[str, Any]]] = {}
    for row in run.table("families").to_pylist():
        members.setdefault(row["family"], []).append(row)
    for number, name in enumerate(draw.sample(sorted(members), min(count, len(members))), start=1):
        print(f"\nfamily {number}: {name}, {len(members[name])} members")
        for row in draw.sample(members[name], min(4, len(members[name]))):
            print(
                f"  {row['document']}: {_short(text[row['document']][row['common_start'] : row['common_stop']])}"
            )
    credits = run.table("credits").to_pylist()
    for number, row in enumerate(draw.sample(credits, min(count, len(credits))), start=1):
        around = text[row["document"]][max(0, row["start"] - 80) : row["stop"] + 80]
        print(
            f"\ncredit {number}: {row['chain']} {row['role']} {row['confidence']} {row['document']}: {_short(around)}"
        )


def _short(text: str) -> str:
    return " / ".join(text[:300].split("\n"))


def main() -> None:
    """Run, or open a run, and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--run", type=Path, help="an existing run to look at")
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--seed", type=int, default=2018)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    begun = time.perf_counter()
    if options.run:
        run = open_run(options.run)
    else:
        run = pipeline.run([options.data], Path(tempfile.mkdtemp(prefix="helsinki-")) / "run", load())
    found = figures(run, time.perf_counter() - begun)
    show(
        f"Helsinki: {found['analysed']} articles, {found['words']} words, no labels",
        ["figure", "count"],
        [
            *((f"{kind} matches", n) for kind, n in found["by_kind"].items()),
            ("families", found["families"]),
            ("with a named origin", found["named"]),
            ("credits", found["credits"]),
            *((f"words {name}", n) for name, n in found["by_class"].items()),
            ("AP words with no credit found", found["uncredited"].get("ap", 0)),
            ("Reuters words with no credit found", found["uncredited"].get("reuters", 0)),
            ("seconds", found["seconds"]),
            ("CPU seconds", found["cpu_seconds"]),
            ("peak MB of the largest process", found["peak_mb"]),
        ],
    )
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")
    if options.sample:
        sample(run, options.sample, options.seed)


if __name__ == "__main__":
    main()
