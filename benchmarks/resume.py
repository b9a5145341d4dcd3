"""Kill a run at random moments, go on, and compare every byte with a run that was left alone.

    python benchmarks/resume.py [--documents 10000] [--kills 50] [--seed 1] [--set align.reworded=false]

A moment is drawn between the start and the end of the run that was left alone. The whole process
group gets SIGKILL, so that nothing can be tidied up; then the same command is given again.
Prints one line per kill; exits with 1 when a byte differs.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
COMPARED = ("*.parquet", "report.html", "matrix.csv", "rejected.jsonl")


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every table and report of a run."""
    files = sorted(path for pattern in COMPARED for path in folder.glob(pattern))
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def command(source: Path, out: Path, options: list[str]) -> list[str]:
    return [sys.executable, "-m", "dedupe", "run", str(source), "-o", str(out), *options]


def run(line: list[str]) -> float:
    """Run a command to its end; return its seconds."""
    begun = time.perf_counter()
    subprocess.run(line, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begun


def killed(line: list[str], after: float) -> bool:
    """Start a command and kill its process group after so many seconds; return whether it was still at it."""
    process = subprocess.Popen(
        line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def check(source: Path, work: Path, kills: int, seed: int, options: list[str]) -> int:
    """Return the number of kills after which a byte differed."""
    chance = random.Random(seed)
    whole = work / "whole" / "run"
    run(command(source, whole, options))  # fills the caches of compiled code
    shutil.rmtree(whole)
    length = run(command(source, whole, options))
    expected = digests(whole)
    print(f"left alone: {length:.1f} s, {len(expected)} files", flush=True)
    bad = 0
    for number in range(kills):
        out = work / f"kill-{number}" / "run"
        moment = chance.uniform(0, length)
        hit = killed(command(source, out, options), moment)
        if chance.random() < 0.3:  # sometimes the second attempt is killed, too
            killed(command(source, out, options), chance.uniform(0, length))
        seconds = run(command(source, out, options))
        found = digests(out)
        differing = sorted(
            name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name)
        )
        bad += bool(differing)
        print(
            f"{number + 1:3d} killed after {moment:6.1f} s{'' if hit else ' (was done)'}, took {seconds:6.1f} s: "
            f"{'DIFFERENT ' + ', '.join(differing) if differing else 'the same bytes'}",
            flush=True,
        )
        shutil.rmtree(out.parent)
    return bad


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--channels", default="shingles,minhash,tfidf")
    parser.add_argument("--set", action="append", default=[], dest="assignments")
    arguments = parser.parse_args()
    options = ["--channels", arguments.channels]
    options += [part for value in arguments.assignments for part in ("--set", value)]
    with tempfile.TemporaryDirectory(prefix="resume-") as folder:
        work = Path(folder)
        make = [
            sys.executable,
            str(HERE / "generate.py"),
            str(arguments.documents),
            "--seed",
            str(arguments.seed),
        ]
        subprocess.run([*make, "-o", str(work / "corpus")], check=True, stdout=subprocess.DEVNULL)
        bad = check(work / "corpus" / "documents.jsonl", work, arguments.kills, arguments.seed, options)
    print(f"{arguments.kills} kills, {bad} with other bytes")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
