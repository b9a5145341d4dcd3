# ruff: noqa: E501
"""Size and speed of the report: build a large invented run, open it in Chromium, measure.

    python benchmarks/report.py                      # 10,000 pairs over 2,000 articles
    python benchmarks/report.py --articles 5000 --pairs 100000
    python benchmarks/report.py --articles 100000 --pairs 300000   # the builder at run scale

Prints one JSON object: bytes of the file and of what is not data in it, seconds to build it,
milliseconds until the page is ready (from navigation start, median of 7, and worst) and per filter
(each query and each stop of the threshold slider in turn, five times: median, 95 % and worst), with
the list, the histogram and the sentence drawn anew, and for words of the texts. ``filter_cpu`` is the
processor time of the same, which other work on the machine does not lengthen as it does the wall time.
Needs playwright and chromium as the tests of the report do.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from dedupe.records import TABLES
from dedupe.reports.html import build

OUTLETS, SOURCES, WORDS = 60, 12, 300
QUERIES = ["uncredited", "outlet:outlet-7", "source:agency-3 credited", "score>0.8", "kind:reworded score>0.6 uncredited",
           "words>60 -outlet:outlet-9", "outlet:outlet-1 outlet:outlet-2", "date>=2024-03-10", "guard:number"]  # fmt: skip
TEXT_QUERIES = ["lo", '"passage of"', "ka -mu"]


def invented(articles: int, pairs: int, seed: int = 7) -> dict[str, pa.Table]:
    """Return the tables of a run with about so many articles and pairs (each pair shares one passage)."""
    rng = np.random.default_rng(seed)
    syllables = np.array(
        ["ka", "mu", "lo", "ti", "ran", "se", "bo", "ni", "dal", "pe", "ri", "an", "gu", "ter", "ma", "sin"]
    )
    vocabulary = ["".join(rng.choice(syllables, rng.integers(1, 5))) for _ in range(12_000)]
    weights = 1 / np.arange(1, len(vocabulary) + 1) ** 0.9
    weights /= weights.sum()

    def prose(count: int) -> str:
        return " ".join(vocabulary[i] for i in rng.choice(len(vocabulary), count, p=weights))

    size = max(2, round(2 * pairs / articles) + 1)  # of a family: size * (size - 1) / 2 pairs
    rows: dict[str, list[tuple]] = {name: [] for name in TABLES}
    kinds = ("verbatim", "light", "reworded", "translated")
    for family in range(-(-articles // size)):
        members = range(family * size, min(articles, (family + 1) * size))
        shared = prose(int(rng.integers(30, 90)))
        words = shared.count(" ") + 1
        source = f"agency-{family % SOURCES}" if family % 5 else ""
        spans = []
        for n in members:
            head, tail = prose(int(rng.integers(20, 200))), prose(WORDS - 150)
            text = f"{head}. {shared}. {tail}."
            start = len(head) + 2
            stop = start + len(shared)
            before, after = head.count(" ") + 1, tail.count(" ") + 1
            label = "shared" if not source else "credited" if n % 3 else "uncredited"
            name, outlet = f"doc-{n:06d}", f"outlet-{n % OUTLETS}"
            spans.append((name, start, stop))
            rows["documents"].append(
                (
                    name,
                    outlet,
                    "outlet",
                    None,
                    f"2024-03-{1 + n % 28:02d}",
                    "en",
                    None,
                    f"Title {head[:40]}",
                    text,
                    before + words + after,
                    f"{name}.txt",
                    "given",
                )
            )
            rows["ledger"] += [
                (name, 0, start - 2, "own", "", "", "", before),
                (name, start, stop, label, source, "", f"F{family:06d}", words),
                (name, stop + 2, len(text) - 1, "own", "", "", "", after),
            ]
            rows["families"].append((f"F{family:06d}", name, start, stop, words, start, stop))
        rows["origins"].append(
            (
                f"F{family:06d}",
                source,
                0.9 if source else 0.2,
                "credits" if source else "none",
                "common source or copy, direction unknown",
                [
                    {
                        "kind": "credit",
                        "document": spans[0][0],
                        "start": 0,
                        "stop": 5,
                        "source": source,
                        "weight": 0.7,
                        "note": "likely",
                    }
                ]
                if source
                else [],
            )
        )
        for i, (a, a0, a1) in enumerate(spans):
            for j, (b, b0, b1) in enumerate(spans[i + 1 :], i + 1):
                score = round(0.5 + ((i * 31 + j * 17 + family) % 50) / 100, 3)
                guards = ["number"] if (i + j) % 9 == 0 else []
                kind = kinds[(i + j + family) % 4]
                rows["matches"].append(
                    (
                        a,
                        a0,
                        a1,
                        b,
                        b0,
                        b1,
                        kind,
                        score,
                        0.2,
                        0.25,
                        f"F{family:06d}",
                        words,
                        words,
                        guards,
                        ["shingles"],
                    )
                )
                rows["pairs"].append((a, b, ["shingles", "tfidf"], 0.1, 0.12, 0.3, 0.2, 0.25, words, 1))
                if (i + j + family) % 3 == 0:  # every third pair has a candidate below the cut
                    near = (a, 0, 40, b, 0, 50, kind, round(score * 0.6, 3), 8, 9, False, [], [])
                    rows["candidates"].append(near)
    outlet_of = {row[0]: row[1] for row in rows["documents"]}
    cells: dict[tuple[str, str, str], list[int]] = {}
    totals: dict[str, int] = {}
    for row in rows["ledger"]:
        cell = cells.setdefault((outlet_of[row[0]], row[4], row[3]), [0, 0])
        cell[0] += row[7]
        cell[1] += 1
        totals[outlet_of[row[0]]] = totals.get(outlet_of[row[0]], 0) + row[7]
    rows["matrix"] = [(o, s, "", c, w, w / totals[o], n, n) for (o, s, c), (w, n) in sorted(cells.items())]
    tables = {}
    for name, schema in TABLES.items():
        columns = list(zip(*rows[name], strict=True)) or [[] for _ in schema]
        tables[name] = pa.Table.from_arrays(
            [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema
        )
    return tables


def measured(html: str) -> dict[str, object]:
    """Open the report and return milliseconds: ready, filters without and with words of the text."""
    from playwright.sync_api import sync_playwright

    change = """([id, value]) => {
        const field = document.getElementById(id), begun = performance.now();
        field.value = value;
        field.dispatchEvent(new Event('input'));
        return performance.now() - begun;
    }"""
    stops = [("least", f"{n / 20}") for n in range(1, 20)]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as tools:
        file = Path(folder) / "report.html"
        file.write_text(html, encoding="utf-8")
        browser = tools.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        ready = []
        for _ in range(7):
            page = browser.new_context().new_page()
            page.goto(file.as_uri() + "#/pairs")
            page.wait_for_selector("html[data-ready]", state="attached")
            ready.append(int(page.evaluate("document.documentElement.dataset.ready")))
            page.wait_for_timeout(500)
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})

        def spent() -> float:
            metrics = session.send("Performance.getMetrics")["metrics"]
            return next(1000 * m["value"] for m in metrics if m["name"] == "ScriptDuration")

        def taken(steps: list[tuple[str, str]]) -> list[tuple[float, float]]:
            """Return wall and processor milliseconds of each change of a field."""
            found = []
            for step in steps:
                page.wait_for_timeout(60)
                before = spent()
                wall = page.evaluate(change, list(step))
                found.append((wall, spent() - before))
            return found

        queries = [("search", query) for query in QUERIES]
        filters = []
        for _ in range(5):
            filters += taken(queries)
            taken([("search", "")])
            filters += taken(stops)
            taken([("least", "0")])
        texts = [("search", query) for query in TEXT_QUERIES]
        taken(texts)  # the first search unpacks the texts
        words = taken(texts * 3)
        browser.close()
    wall, processor = zip(*filters, strict=True)
    return {
        "ready_ms": statistics.median(ready), "ready_worst_ms": max(ready),
        **figures("filter", wall), **figures("filter_cpu", processor),
        "word_filter_ms": round(statistics.median(wall for wall, _ in words), 1),
    }  # fmt: skip


def figures(name: str, taken: Sequence[float]) -> dict[str, float]:
    """Return median, 95 % and worst of milliseconds."""
    return {
        f"{name}_ms": round(statistics.median(taken), 1),
        f"{name}_95_ms": round(statistics.quantiles(taken, n=20)[-1], 1),
        f"{name}_worst_ms": round(max(taken), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=2_000)
    parser.add_argument("--pairs", type=int, default=10_000)
    chosen = parser.parse_args()
    tables = invented(chosen.articles, chosen.pairs)
    begun = time.perf_counter()
    html = build(
        tables,
        {"counts": {}},
        [],
        names={f"agency-{n}": f"Agency {n}" for n in range(SOURCES)},
        title="benchmark",
    )
    built = time.perf_counter() - begun
    size = {
        "articles": tables["documents"].num_rows,
        "pairs": tables["pairs"].num_rows,
        "bytes": len(html.encode()),
        "code_bytes": len(
            re.sub(r'<script type="[^"]+" id="data-\d+".*?</script>', "", html, flags=re.DOTALL).encode()
        ),
        "build_seconds": round(built, 2),
    }
    print(json.dumps({**size, **measured(html)}))


if __name__ == "__main__":
    main()
