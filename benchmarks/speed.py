"""CPU seconds of the reuse stages beside a floor in C and other libraries, in one run.

    python benchmarks/speed.py [--documents 100000] [--rounds 3] [--only ours,floor] [--json FILE]
    python benchmarks/speed.py --scaling 1000,10000,100000

Each contestant runs in a process of its own, one after the other, round by round, so that a
busy machine slows all alike; it does its work twice, and the CPU seconds (user and system, all
threads and children) of the second time are read; the least of the rounds counts. Contestants that
need far longer work on the first documents only and are compared by documents per second.

The peers: pip install rensa sparse_dot_topn. text-dedup asks for other versions of this project's
libraries: pip install it in an environment of its own, and name that one's interpreter in
TEXT_DEDUP_PYTHON. A peer that is not installed is named as such in the table.
"""

from __future__ import annotations

import argparse
import ctypes
import itertools
import json
import math
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
Work = Callable[[], Any]


def floor(texts: list[str]) -> Work:
    """Tokenise, hash and 5-grams in C."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise SystemExit("no C compiler: the floor cannot be measured")
    library = Path(tempfile.mkdtemp()) / "floor.so"
    subprocess.run(
        [compiler, "-O3", "-shared", "-fPIC", "-o", str(library), str(HERE / "floor.c")], check=True
    )
    grams = ctypes.CDLL(str(library)).floor_grams
    grams.restype = ctypes.c_int64
    parts = [text.encode() for text in texts]
    data = np.frombuffer(b"".join(parts), np.uint8)
    offsets = np.cumsum([0, *map(len, parts)])

    def work() -> None:
        for start in range(0, len(parts), 1000):  # a thousand documents at a time, as ours does
            batch = offsets[start : start + 1001]
            out = np.empty(int(batch[-1] - batch[0]) // 2 + 1, np.uint64)
            pointers = [ctypes.c_void_p(array.ctypes.data) for array in (data, batch, out)]
            grams(pointers[0], pointers[1], ctypes.c_int64(len(batch) - 1), pointers[2])

    return work


def shingles(texts: list[str], outlets: list[str]) -> Work:
    """Text to shared passages: tokens, shingle index, exact passages."""
    from dedupe.reuse.exact import exact_pairs
    from dedupe.reuse.shingles import candidate_pairs
    from dedupe.settings import Shingles
    from dedupe.text.tokens import tokenize

    names = {name: n for n, name in enumerate(sorted(set(outlets)))}
    codes = np.array([names[name] for name in outlets])

    def work() -> None:
        batch = tokenize(texts)
        candidates = candidate_pairs(batch, Shingles(), outlets=codes)
        exact_pairs(batch, candidates.pairs)

    return work


def minhash(texts: list[str]) -> Work:
    """Text to near-duplicates: tokens, signatures of 128, LSH at 0.5."""
    from dedupe.reuse.minhash import lsh_pairs, shingle_sets, signatures
    from dedupe.reuse.shingles import traits_of
    from dedupe.settings import MinHash
    from dedupe.text.tokens import tokenize

    def work() -> None:
        batch = tokenize(texts)
        rows = signatures(shingle_sets(batch, 5), MinHash())
        lsh_pairs(rows, traits_of(batch.offsets), MinHash())

    return work


def signatures(texts: list[str]) -> Work:
    """Signatures of 128 from ready shingle hashes."""
    from dedupe.reuse.minhash import shingle_sets, signatures
    from dedupe.settings import MinHash
    from dedupe.text.tokens import tokenize

    sets = shingle_sets(tokenize(texts), 5)
    return lambda: signatures(sets, MinHash())


def rensa_signatures(texts: list[str]) -> Work:
    """rensa: signatures of 128 from the same ready hashes."""
    import rensa

    from dedupe.reuse.minhash import shingle_sets
    from dedupe.text.tokens import tokenize

    sets = shingle_sets(tokenize(texts), 5)
    hashes, offsets = sets.hashes.astype(np.uint64), sets.offsets.tolist()
    return lambda: rensa.RMinHash.digest_matrix_from_flat_token_hashes(hashes, offsets, 128, 1)


def rensa_end_to_end(texts: list[str]) -> Work:
    """rensa: text to near-duplicates (str.split shingles, RMinHash 128, its LSH at 0.5)."""
    import rensa

    def work() -> None:
        index = rensa.RMinHashLSH(threshold=0.5, num_perm=128, num_bands=32)
        sketches = []
        for number, text in enumerate(texts):
            sketch = rensa.RMinHash(num_perm=128, seed=1)
            sketch.update(word_shingles(text))
            index.insert(number, sketch)
            sketches.append(sketch)
        for sketch in sketches:
            index.query(sketch)

    return work


def datasketch_end_to_end(texts: list[str]) -> Work:
    """datasketch: text to near-duplicates (str.split shingles, bulk MinHash 128, LSH at 0.5)."""
    import datasketch

    def work() -> None:
        index = datasketch.MinHashLSH(threshold=0.5, num_perm=128)
        sketches = datasketch.MinHash.bulk(
            [[shingle.encode() for shingle in word_shingles(text)] for text in texts], num_perm=128
        )
        for number, sketch in enumerate(sketches):
            index.insert(number, sketch)
        for sketch in sketches:
            index.query(sketch)

    return work


def sklearn_end_to_end(texts: list[str]) -> Work:
    """scikit-learn: word 5-gram TF-IDF, ten best neighbours by sparse_dot_topn."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sparse_dot_topn import sp_matmul_topn

    def work() -> None:
        matrix = TfidfVectorizer(ngram_range=(5, 5), dtype=np.float32).fit_transform(texts)
        sp_matmul_topn(matrix, matrix.T.tocsr(), top_n=10, threshold=0.2)

    return work


def text_dedup_end_to_end(texts: list[str]) -> Work:
    """text-dedup: its minhash command (5 words, 128, 0.5, its quicker hash) on a ready data set."""
    import datasets
    from text_dedup.minhash import main

    datasets.disable_caching()  # else the second time would find what the first one left
    folder = Path(tempfile.mkdtemp())
    datasets.Dataset.from_list([{"text": text} for text in texts]).save_to_disk(folder / "in")
    options = {
        "path": folder / "in", "output": folder / "out", "column": "text", "ngram": 5, "num_perm": 128,
        "threshold": 0.5, "hash_func": "xxh3", "hash_bits": 32, "num_proc": 1,
    }  # fmt: skip
    arguments = ["--local", *(str(part) for name, value in options.items() for part in (f"--{name}", value))]
    return lambda: main.main(args=arguments, standalone_mode=False)


def word_shingles(text: str) -> set[str]:
    words = text.lower().split()
    return {" ".join(words[n : n + 5]) for n in range(len(words) - 4)}


CONTESTANTS: dict[str, tuple[Callable[..., Work], int]] = {  # and the most documents it is given
    "floor": (floor, 0),
    "shingles": (shingles, 0),
    "minhash": (minhash, 0),
    "signatures": (signatures, 0),
    "rensa signatures": (rensa_signatures, 0),
    "rensa": (rensa_end_to_end, 5000),
    "datasketch": (datasketch_end_to_end, 5000),
    "scikit-learn": (sklearn_end_to_end, 2000),
    "text-dedup": (text_dedup_end_to_end, 5000),
}
PYTHON = {"text-dedup": os.environ.get("TEXT_DEDUP_PYTHON", sys.executable)}


def cpu_seconds() -> float:
    """Return what this process, its threads and its children that have ended took of the processor so far."""
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def run_one(name: str, corpus: Path, documents: int) -> None:
    """Print the CPU seconds of one contestant, the documents it was given and its peak memory."""
    prepare, most = CONTESTANTS[name]
    texts, outlets = [], []
    with corpus.open("rb") as lines:
        for _, line in zip(range(min(documents, most) if most else documents), lines, strict=False):
            record = json.loads(line)
            texts.append(record["text"])
            outlets.append(record["outlet"])
    extra = [outlets] if name == "shingles" else []
    try:
        work = prepare(texts, *extra)
    except ModuleNotFoundError as error:
        print(json.dumps({"missing": error.name}))
        return
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    work()  # code is compiled, modules are imported, and the machine has handed out its memory
    mark, clock = cpu_seconds(), time.perf_counter()
    work()
    seconds = cpu_seconds() - mark
    print(
        json.dumps(
            {
                "documents": len(texts), "megabytes": sum(map(len, texts)) / 1e6, "seconds": seconds,
                "elapsed": time.perf_counter() - clock,
                "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
                "loaded_gb": before / 1e6,
            }
        )
    )  # fmt: skip


def corpus_of(documents: int, seed: int, folder: Path, stress: str = "") -> Path:
    """Return the generated corpus, made once per folder."""
    path = folder / f"{documents}-{seed}{stress and '-' + stress}"
    if not (path / "done").exists():
        command = [
            sys.executable,
            str(HERE / "generate.py"),
            str(documents),
            "--seed",
            str(seed),
            "-o",
            str(path),
        ]
        subprocess.run(command + (["--stress", stress] if stress else []), check=True)
        (path / "done").touch()
    return path / "documents.jsonl"


def measure(names: list[str], corpus: Path, documents: int, rounds: int) -> dict[str, dict[str, float]]:
    """Return each contestant's figures in its quickest round; rounds are interleaved."""
    best: dict[str, dict[str, float]] = {}
    for _ in range(rounds):
        for name in names:
            command = [
                PYTHON.get(name, sys.executable),
                __file__,
                "--run",
                name,
                "--corpus",
                str(corpus),
                "--documents",
                str(documents),
            ]
            output = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ})
            figures = json.loads(output.stdout.splitlines()[-1])
            if name not in best or figures.get("seconds", 0) < best[name].get("seconds", 0):
                best[name] = figures
    return best


def table(results: dict[str, dict[str, float]]) -> str:
    """Return the figures as a Markdown table; ratios are CPU seconds per megabyte over the floor's."""
    lines = [
        "| contestant | documents | CPU s | documents per CPU s | MB per CPU s | times the floor | peak GB |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    base = results.get("floor")
    for name, row in results.items():
        if "missing" in row:
            lines.append(f"| {name} | {row['missing']} is not installed | | | | | |")
            continue
        ratio = (
            row["seconds"] / row["megabytes"] / (base["seconds"] / base["megabytes"]) if base else math.nan
        )
        rate = row["documents"] / row["seconds"]
        lines.append(
            f"| {name} | {row['documents']:,} | {row['seconds']:.2f} | {rate:,.0f} "
            f"| {row['megabytes'] / row['seconds']:,.1f} | {ratio:,.1f} | {row['peak_gb']:.2f} |"
        )
    return "\n".join(lines)


def scaling(sizes: list[int], seed: int, folder: Path, rounds: int) -> dict[str, float]:
    """Print CPU seconds by size and return the exponents between neighbouring sizes."""
    seconds = {}
    for size in sizes:
        results = measure(["shingles"], corpus_of(size, seed, folder), size, rounds)
        seconds[size] = results["shingles"]["seconds"]
        print(f"{size:>10,} documents {seconds[size]:8.2f} CPU s {results['shingles']['peak_gb']:6.2f} GB")
    return {
        f"{small}-{large}": math.log(seconds[large] / seconds[small]) / math.log(large / small)
        for small, large in itertools.pairwise(sizes)
    }


def stress(documents: int, seed: int, folder: Path, rounds: int) -> dict[str, float]:
    """Return the CPU seconds of the stress corpora over those of the base."""
    corpora = {name: corpus_of(documents, seed, folder, name) for name in ("", "viral", "footer")}
    best = dict.fromkeys(corpora, math.inf)
    for _ in range(rounds):
        for name, corpus in corpora.items():
            figures = measure(["shingles"], corpus, documents, 1)["shingles"]
            best[name] = min(best[name], figures["seconds"])
    return {name: best[name] / best[""] for name in ("viral", "footer")}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default=",".join(CONTESTANTS), help="contestants, comma-separated")
    parser.add_argument("--scaling", default="", help="sizes, comma-separated")
    parser.add_argument("--stress", action="store_true")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "wiretrace-speed")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--run", help=argparse.SUPPRESS)
    parser.add_argument("--corpus", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        run_one(arguments.run, arguments.corpus, arguments.documents)
        return
    if arguments.scaling:
        sizes = [int(size) for size in arguments.scaling.split(",")]
        result: dict[str, Any] = scaling(sizes, arguments.seed, arguments.folder, arguments.rounds)
        print(*(f"exponent {name}: {value:.3f}" for name, value in result.items()), sep="\n")
    elif arguments.stress:
        result = stress(arguments.documents, arguments.seed, arguments.folder, arguments.rounds)
        print(*(f"{name}: {value:.2f} times the base" for name, value in result.items()), sep="\n")
    else:
        corpus = corpus_of(arguments.documents, arguments.seed, arguments.folder)
        result = measure(arguments.only.split(","), corpus, arguments.documents, arguments.rounds)
        print(table(result))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
