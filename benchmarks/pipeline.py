"""Whole runs: documents per CPU-second, memory, and how both grow.

    python benchmarks/pipeline.py 10000 100000 [--stress viral footer] [--set align.reworded=false]

Each size is generated, run by the command line in processes of its own, and measured from
outside: CPU seconds of all processes, the resident memory of the largest one, and the sum of
all with shared pages counted once (PSS). Prints what `--dry-run` said before, the stages' own
figures beside it, and the exponent of CPU between the smallest and the largest size.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PAGE, TICK = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Measured:
    """A run from outside: seconds of processor and clock, bytes of the largest process and of all."""

    cpu: float
    seconds: float
    largest: int
    together: int


def measure(command: list[str], every: float = 0.25) -> Measured:
    """Run a command; its processes are looked at ``every`` so many seconds (Linux)."""
    begun = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    others: dict[int, float] = {}
    largest = together = step = 0
    while process.poll() is None:
        found = _processes(process.pid)
        others.update({pid: cpu for pid, (cpu, _) in found.items() if pid != process.pid})
        largest = max([largest, *(memory for _, memory in found.values())])
        if step % 20 == 0:  # a look at shared pages costs the kernel more
            together = max(together, sum(map(_proportional, found)))
        step += 1
        time.sleep(every)
    if process.returncode:
        raise SystemExit(f"failed: {' '.join(command)}")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    return Measured(own + sum(others.values()), time.perf_counter() - begun, largest, max(together, largest))


def _processes(root: int) -> dict[int, tuple[float, int]]:
    """Return CPU seconds and resident bytes of a process and all below it."""
    parents: dict[int, int] = {}
    figures: dict[int, tuple[float, int]] = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields = Path("/proc", entry, "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(entry)] = int(fields[1])
        figures[int(entry)] = ((int(fields[11]) + int(fields[12])) / TICK, int(fields[21]) * PAGE)
    below = {root}
    grown = True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in below} - below
        below |= more
        grown = bool(more)
    return {pid: figures[pid] for pid in below if pid in figures}


def _proportional(pid: int) -> int:
    try:
        lines = Path("/proc", str(pid), "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def measured_run(documents: int, stress: str, work: Path, options: list[str]) -> dict[str, Any]:
    """Generate a corpus, run it, print and return the figures."""
    corpus, out = work / "corpus", work / "out" / "run"
    make = [sys.executable, str(HERE / "generate.py"), str(documents), "--seed", "7", "-o", str(corpus)]
    subprocess.run([*make, *(["--stress", stress] if stress else [])], check=True, stdout=subprocess.DEVNULL)
    source = str(corpus / "documents.jsonl")
    command = [sys.executable, "-m", "dedupe", "run", source, "-o", str(out), *options]
    estimate = subprocess.run([*command, "--dry-run"], check=True, capture_output=True, text=True).stdout
    found = measure(command)
    meta = json.loads((out / "run.json").read_text(encoding="utf-8"))
    report = (out / "report.html").stat().st_size
    shutil.rmtree(corpus)
    shutil.rmtree(out.parent)
    print(
        f"\n{documents:,} documents{' with ' + stress if stress else ''}: {found.cpu:.1f} CPU-seconds, "
        f"{documents / found.cpu:,.0f} documents per CPU-second, {found.seconds:.0f} s by the clock; largest process "
        f"{found.largest / 1e9:.2f} GB, all {found.together / 1e9:.2f} GB; {meta['counts']['pairs']:,} pairs, "
        f"{meta['counts']['matches']:,} matches, report {report / 1e6:.1f} MB"
    )
    print("  estimated:", "; ".join(" ".join(line.split()) for line in estimate.strip().splitlines()))
    inside = sum(stage["cpu_seconds"] for stage in meta["stages"])
    rest = {"name": "start, read, report", "rows": documents, "cpu_seconds": found.cpu - inside, "peak_mb": 0}
    for stage in [*meta["stages"], rest]:
        each = stage["cpu_seconds"] / documents * 1e6
        print(
            f"  {stage['name']:20s} {stage['rows']:10,} rows {stage['cpu_seconds']:8.1f} s {each:8.1f} µs a document"
        )
    sys.stdout.flush()
    return {"documents": documents, "stress": stress, "cpu": found.cpu}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", type=int, nargs="+")
    parser.add_argument("--stress", nargs="*", default=[], choices=["viral", "footer"])
    parser.add_argument("--channels", default="shingles,minhash,tfidf")
    parser.add_argument("--memory", default="2GB")
    parser.add_argument("--set", action="append", default=[], dest="assignments")
    arguments = parser.parse_args()
    options = ["--channels", arguments.channels, "--memory", arguments.memory]
    options += [part for value in arguments.assignments for part in ("--set", value)]
    with tempfile.TemporaryDirectory(prefix="pipeline-") as folder:
        base = [measured_run(size, "", Path(folder), options) for size in sorted(arguments.sizes)]
        for stress in arguments.stress:
            found = measured_run(base[-1]["documents"], stress, Path(folder), options)
            print(f"{stress}: {found['cpu'] / base[-1]['cpu']:.2f} times the CPU of the base")
    if len(base) > 1:
        low, high = base[0], base[-1]
        exponent = math.log(high["cpu"] / low["cpu"]) / math.log(high["documents"] / low["documents"])
        print(f"\nexponent of CPU, {low['documents']:,} to {high['documents']:,} documents: {exponent:.2f}")


if __name__ == "__main__":
    main()
