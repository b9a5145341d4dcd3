"""The same run on Spark: kernels beside the local engine's, what the engine takes, documents a second.

    python benchmarks/spark.py [10000 100000] [--processors 2]

Each size is generated and run twice by the command line: by the local engine and on local[N].
CPU seconds are those of all processes, looked at from outside; those of kernels are what the stages
measured themselves (`run.json`). The tables of both runs are compared byte by byte.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from pipeline import HERE, measure

from dedupe.records import TABLES

PASSIM = 9.8
"""Documents a second of passim 2.0.1 on local[2], 1,000 articles (see docs/spark.md)."""
CHANNELS = ("--channels", "shingles,minhash,tfidf")


def run(documents: Path, out: Path, options: list[str]) -> tuple[Any, dict[str, Any]]:
    found = measure(
        [sys.executable, "-m", "dedupe", "run", str(documents), "-o", str(out), *CHANNELS, *options]
    )
    return found, json.loads((out / "run.json").read_text(encoding="utf-8"))


def compared(size: int, processors: int, folder: Path) -> None:
    corpus = folder / f"corpus-{size}"
    make = [sys.executable, str(HERE / "generate.py"), str(size), "--seed", "7", "-o", str(corpus)]
    subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
    documents = corpus / "documents.jsonl"
    here, local = run(documents, folder / f"local-{size}", ["--workers", str(processors)])
    there, spark = run(
        documents, folder / f"spark-{size}", ["--engine", "spark", "--master", f"local[{processors},4]"]
    )
    same = all(
        (folder / f"local-{size}" / f"{name}.parquet").read_bytes()
        == (folder / f"spark-{size}" / f"{name}.parquet").read_bytes()
        for name in TABLES
    )
    stages = sum(stage["cpu_seconds"] for stage in local["stages"])
    kernels = sum(stage["kernel_seconds"] for stage in spark["stages"])
    inside = sum(stage["seconds"] for stage in spark["stages"])
    rest = there.cpu - kernels
    print(
        f"{size:,} documents, {processors} processes; tables {'equal byte for byte' if same else 'DIFFERENT'}"
    )
    for name, found, part, what in (("local", here, stages, "stages"), ("Spark", there, kernels, "kernels")):
        print(
            f"  {name:8s} {found.cpu:8.1f} CPU-s, {part:8.1f} of them in {what}; {found.seconds:7.1f} s by the clock"
        )
    print(f"  kernels  {kernels / stages:.2f} times the local stages'")
    print(
        f"  engine   {rest:.1f} CPU-s: Java, sending, starting, report; {rest / size * 1e3:.1f} ms a document"
    )
    for seconds, what in ((there.seconds, "from start to report"), (inside, "in its stages")):
        speed = size / seconds
        print(
            f"  {speed:8,.0f} documents a second {what}, {speed / PASSIM:.0f} times passim's published {PASSIM}"
        )
    sys.stdout.flush()
    for stage in spark["stages"]:
        print(f"    {stage['name']:14s} {stage['seconds']:8.1f} s {stage['kernel_seconds']:8.1f} in kernels")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", type=int, nargs="*", default=[10_000])
    parser.add_argument("--processors", type=int, default=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="spark-") as folder:
        for size in arguments.sizes:
            compared(size, arguments.processors, Path(folder))


if __name__ == "__main__":
    main()
