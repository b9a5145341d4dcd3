"""Write docs/benchmarks.md from the benchmarks' own output.

    python benchmarks/page.py              # the page again, from the stored outputs
    python benchmarks/page.py scale seeds  # run these first, and store what they print

Every figure on the page is what a script printed; the command is above it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
OUTPUTS = HERE / "outputs"
PAGE = HERE.parent / "docs" / "benchmarks.md"


class Benchmark(NamedTuple):
    """A section of the page: what it shows, and the command that prints it."""

    title: str
    about: str
    command: tuple[str, ...]


BENCHMARKS = {
    "seeds": Benchmark(
        "The sample corpus",
        "`seeds/`: 75 short texts written for the project, with gold labels (`seeds/gold.json`). Not a test of "
        "generalisation: the rules were developed with it in sight.",
        ("seeds_score.py", "reports/seeds"),
    ),
    "scale": Benchmark(
        "Shared passages at scale",
        "10,000 synthetic articles with 5,209 passages copied from 500 dispatches, up to a fifth of the words edited.",
        ("scale.py",),
    ),
    "pan13": Benchmark(
        "Text alignment",
        "PAN 2013 text alignment, training corpus: 2,000 pairs of documents, five kinds of obfuscation, measured by "
        "plagdet (Potthast et al. 2010). Settings: the shipped profile `pan13`. Thresholds were tuned on one half; "
        "both halves are shown. The test corpus was not used.",
        ("pan13.py",),
    ),
    "counter": Benchmark(
        "From wire to newspaper",
        "COUNTER (M. Sharjeel et al., Lancaster University), development half: 318 pairs of an agency dispatch and a "
        "newspaper article in Urdu: wholly, partially, not derived. Cross-validated by source.",
        ("counter.py",),
    ),
    "helsinki": Benchmark(
        "Real web articles",
        "612 English web articles of July 2018 on one summit. There are no labels: the figures say what was found, "
        "not whether it is right. A reading of `--sample 50 --seed 2018`: of the 50 matches all 50 are shared text "
        "(a quotation counts as such), of the first 30 families 28 are pure; in the other two, one member in two or "
        "three tells the same fact in words of its own.",
        ("helsinki.py",),
    ),
    "credits": Benchmark(
        "Credits",
        "The project's own labelled texts, which the rules have learnt from; docs/credits.md has the figures of the "
        "blind batches before that.",
        ("credits.py", "accuracy"),
    ),
    "credits-speed": Benchmark("Speed of credits", "News, and hostile text.", ("credits.py", "speed")),
    "retrieval": Benchmark(
        "Translated sentences",
        "3,000 aligned lines of agency news, Indonesian and English (PANL BPPT): is the partner found first?",
        ("translated.py", "retrieval", "../shared/bench/id-en-dev.tsv"),
    ),
    "translated": Benchmark(
        "Translated passages",
        "On `seeds/`, with parts of the method left out.",
        ("translated.py", "passages", "seeds"),
    ),
    "report": Benchmark(
        "The report in the browser",
        "An invented run, opened in headless Chromium on its list of pairs: 10,000 pairs over 2,000 articles.",
        ("report.py",),
    ),
    "report-large": Benchmark(
        "A large report in the browser",
        "The same with 100,000 pairs over 5,000 articles.",
        ("report.py", "--articles", "5000", "--pairs", "100000"),
    ),
    "pipeline": Benchmark(
        "Whole runs",
        "The whole of `dedupe run` on synthetic articles of about 2 KB, with the settings as they are (reworded "
        "passages looked for), as processes of their own; processor seconds of all of them. Stress: a passage of 60 "
        "words in 1,000 articles; a footer of 25 words in every article of an outlet.",
        ("pipeline.py", "10000", "100000", "--stress", "viral", "footer"),
    ),
    "million": Benchmark(
        "A million articles",
        "The same, at a hundred times the size.",
        ("pipeline.py", "10000", "1000000"),
    ),
    "start": Benchmark(
        "Small commands",
        "With warm caches: processor seconds of all processes, from typing to the prompt.",
        ("start.py",),
    ),
    "kills": Benchmark(
        "Killed and resumed",
        "A run over 10,000 articles is killed (SIGKILL, all its processes) at random moments, sometimes twice, "
        "and goes on; tables and report are compared byte for byte with those of a run that was left alone.",
        ("resume.py", "--documents", "10000", "--kills", "50"),
    ),
    "spark": Benchmark(
        "On Spark",
        "The same synthetic articles on the local engine and on Spark, `local[2]`. passim 2.0.1 on `local[2]` did 9.8 "
        "documents a second at 1,000 articles, on another day and machine of this kind (docs/spark.md).",
        ("spark.py", "10000"),
    ),
    "speed": Benchmark(
        "Speed of the kernels, beside peers",
        "Synthetic articles of about 2 KB (`benchmarks/generate.py`); CPU seconds of all threads, contestants in turn.",
        ("speed.py", "--documents", "100000", "--rounds", "2"),
    ),
    "scaling": Benchmark(
        "How the kernels grow",
        "Tokens, shingle index and exact passages of 1,000 to 1,000,000 articles in one process, texts in memory.",
        ("speed.py", "--scaling", "1000,10000,100000,1000000", "--seed", "7", "--rounds", "1"),
    ),
}


def run(name: str) -> None:
    """Run one benchmark in the repository's root and store what it prints."""
    OUTPUTS.mkdir(exist_ok=True)
    script, *arguments = BENCHMARKS[name].command
    done = subprocess.run(
        [sys.executable, str(HERE / script), *arguments],
        cwd=HERE.parent,
        check=True,
        capture_output=True,
        text=True,
    )
    lines = [line.rstrip() for line in done.stdout.strip().splitlines()]
    (OUTPUTS / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def page() -> str:
    """Return the page; a benchmark without a stored output is named as not run."""
    parts = [
        "# Benchmarks",
        "",
        "This page is written by `python benchmarks/page.py`; every figure is what the script named above it printed. "
        "The data stand beside the project (`../shared`) and are not part of it. Machines differ: compare ratios, not "
        "seconds.",
    ]
    for name, benchmark in BENCHMARKS.items():
        stored = OUTPUTS / f"{name}.txt"
        command = " ".join(("python", f"benchmarks/{benchmark.command[0]}", *benchmark.command[1:]))
        parts += ["", f"## {benchmark.title}", "", benchmark.about, "", f"`{command}`", ""]
        text = stored.read_text(encoding="utf-8").strip() if stored.is_file() else "Not run yet."

        parts += [f"```text\n{text}\n```"]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    for chosen in sys.argv[1:]:
        run(chosen)
    PAGE.write_text(page(), encoding="utf-8")
