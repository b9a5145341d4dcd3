"""Processor seconds of small commands with warm caches: what a person waits for.

    python benchmarks/start.py [--rounds 9]

`dedupe --help`, `dedupe compare` of two sample articles, and `dedupe run seeds/` from nothing to the
report, all channels. The commands take turns; the first round fills the caches of compiled code and
does not count. User and system seconds of all processes.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from pipeline import measure
from tables import show

SEEDS = Path(__file__).resolve().parent.parent / "seeds"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    dedupe = shutil.which("dedupe", path=str(Path(sys.executable).parent))
    if dedupe is None:
        raise SystemExit("no command dedupe beside this interpreter: pip install -e . first")
    first, second = (str(SEEDS / "txt" / f"pelitakota-0{number}.txt") for number in (1, 4))
    with tempfile.TemporaryDirectory(prefix="start-") as folder:
        out = Path(folder) / "run"
        commands = {
            "dedupe --help": ["--help"],
            "dedupe compare A B": ["compare", first, second],
            "dedupe run seeds/": ["run", str(SEEDS), "-o", str(out)],
        }
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        for number in range(arguments.rounds + 1):
            for name, options in commands.items():
                shutil.rmtree(out, ignore_errors=True)
                found = measure([dedupe, *options], every=0.05).cpu
                if number:
                    seconds[name].append(found)
    rows = [(name, min(each), statistics.median(each), max(each)) for name, each in seconds.items()]
    show(f"CPU seconds, {arguments.rounds} rounds", ("command", "least", "median", "most"), rows)


if __name__ == "__main__":
    main()
