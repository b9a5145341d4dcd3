"""News-like corpora of any size, made from a seed, with every copied passage known.

    python benchmarks/generate.py 100000 --seed 7 -o DIRECTORY [--stress viral|footer]

Writes ``documents.jsonl`` and ``passages.jsonl``, line by line. Words are made of syllables
and drawn from a Zipf-Mandelbrot law; stock phrases recur by chance in unrelated articles;
outlets print Zipf-many articles; one document in twenty is an agency dispatch; four articles
in ten carry one to three passages of one dispatch, 0 to 20 % of their words edited; popular
dispatches are copied more; a third of the outlets close with a footer, and outlets
sometimes repeat themselves. ``--stress viral`` adds one passage of 60 words to 1,000
articles, ``--stress footer`` a footer of 25 words to every article.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

VOCABULARY = 60_000
PHRASES = 4_000
WORDS = 320  # about 2 KB
STOCK = 0.01
"""Words at which a stock phrase begins. Of two unrelated dispatches of 300 words a half of a percent then have six
words in a row in common; of real news 0.2 % (newsagency-dev) and 1.8 % (COUNTER, where some tell of one event)."""
OUTLETS = 300
VIRAL = 1_000

Record = dict[str, Any]


class Newsroom:
    """The vocabulary, phrases and dispatches that a seed stands for."""

    def __init__(self, documents: int, seed: int, stress: str = "") -> None:
        random = np.random.default_rng([seed, 0])
        syllables = [
            "".join(parts) for parts in itertools.product("bdfghjklmnprstvwy", "aeiou", ["", "n", "r", "s"])
        ]
        # The more frequent, the shorter, as in every language (Zipf 1949); measured on real news, English:
        # 4.8 letters a word, 3.5 among the hundred most frequent.
        rarity = np.log(np.arange(1, VOCABULARY + 1)) / np.log(VOCABULARY)
        lengths = 1 + random.binomial(3, 0.75 * rarity**1.5)
        self.words = ["".join(random.choice(syllables, n)) for n in lengths]
        self.chances = _zipf(VOCABULARY, 1.05)
        self.phrases = [self.draw(random, n) for n in random.integers(3, 8, PHRASES)]
        self.phrase_chances = _zipf(PHRASES, 0.9)
        self.outlet_chances = _zipf(OUTLETS, 1.0)
        self.footers = [self.draw(random, 25) for _ in range(OUTLETS)]
        self.dispatches = max(1, documents // 20)
        self.dispatch_chances = _zipf(self.dispatches, 0.4)
        self.documents, self.seed, self.stress = documents, seed, stress
        self.viral = self.prose(random, 60)
        # Kept small, so that memory does not grow with the corpus.
        self.dispatch = functools.lru_cache(maxsize=20_000)(self._dispatch)

    def draw(self, random: np.random.Generator, count: int) -> list[str]:
        """Return ``count`` words by their frequency."""
        return [self.words[n] for n in np.searchsorted(self.chances, random.random(count))]

    def prose(self, random: np.random.Generator, count: int) -> list[str]:
        """Return ``count`` words with punctuation: Zipf words mixed with stock phrases."""
        out: list[str] = []
        words = iter(self.draw(random, count))
        starts = random.random(count) < STOCK
        picks = np.searchsorted(self.phrase_chances, random.random(count))
        stops = random.integers(8, 30, count)
        left = int(stops[0])
        while len(out) < count:
            n = len(out)
            out += self.phrases[picks[n]] if starts[n] else [next(words)]
            left -= len(out) - n
            if left <= 0:
                out[-1] += "."
                left = int(stops[n])
            elif left % 9 == 0:
                out[-1] += ","
        del out[count:]
        for n, word in enumerate(out):
            if n == 0 or out[n - 1].endswith("."):
                out[n] = word.capitalize()
        out[-1] = out[-1].rstrip(".,") + "."
        return out

    def _dispatch(self, number: int) -> list[str]:
        random = np.random.default_rng([self.seed, 1, number])
        return self.prose(random, int(random.integers(250, 420)))

    def document(self, number: int) -> tuple[Record, list[Record]]:
        """Return document ``number`` and the passages that it copied."""
        random = np.random.default_rng([self.seed, 2, number])
        day = np.datetime64("2026-01-01") + int(random.integers(0, 60))
        record = {"id": f"d{number:08d}", "outlet": "", "kind": "outlet", "published": str(day), "text": ""}
        if number < self.dispatches:
            record |= {
                "outlet": f"agency{number % 5}",
                "kind": "wire",
                "text": " ".join(self.dispatch(number)),
            }
            return record, []
        outlet = int(np.searchsorted(self.outlet_chances, random.random()))
        record["outlet"] = f"outlet{outlet:03d}"
        if number % 50 == 49:  # an outlet repeats itself: the text of the document before, with an addition
            before, copied = self.document(number - 1)
            if before["kind"] == "outlet":
                text = before["text"] + "\n" + " ".join(self.prose(random, 20))
                record |= {"outlet": before["outlet"], "text": text}
                return record, [{**passage, "article": record["id"]} for passage in copied]
        blocks: list[tuple[list[str], Record | None]] = [
            (self.prose(random, int(random.integers(30, 90))), None)
        ]
        wanted = int(random.normal(WORDS, 50)) - len(blocks[0][0])
        if random.random() < 0.4:
            source = int(np.searchsorted(self.dispatch_chances, random.random()))
            for _ in range(int(random.integers(1, 4))):
                blocks.append(self.copy(random, source))
                blocks.append((self.prose(random, int(random.integers(15, 60))), None))
                wanted -= len(blocks[-1][0]) + len(blocks[-2][0])
        if self.stress == "viral" and (number - self.dispatches) * VIRAL % self.documents < VIRAL:
            blocks.append((self.viral, None))
        if wanted > 10:
            blocks.append((self.prose(random, wanted), None))
        if self.stress == "footer" or outlet % 3 == 0:
            blocks.append((self.footers[outlet], None))
        text, passages = "", []
        for words, passage in blocks:
            start = len(text)
            text += " ".join(words)
            if passage is not None:
                passages.append({"article": record["id"], "start": start, "stop": len(text), **passage})
            text += "\n"
        record["text"] = text.rstrip("\n")
        return record, passages

    def copy(self, random: np.random.Generator, source: int) -> tuple[list[str], Record]:
        """Return an edited passage of a dispatch, and where it is from."""
        words = self.dispatch(source)
        length = int(random.integers(20, 121))
        start = int(random.integers(0, len(words) - length + 1))
        rate = float(random.uniform(0, 0.2))
        edits = random.random(length) < rate
        kinds = random.integers(0, 3, length)
        others = self.draw(random, length)
        out: list[str] = []
        for n in range(length):
            if not edits[n]:
                out.append(words[start + n])
            elif kinds[n]:  # replaced, or an addition; otherwise left out
                out += [others[n]] if kinds[n] == 1 else [words[start + n], others[n]]
        from_start = len(" ".join(words[:start])) + (start > 0)
        from_stop = from_start + len(" ".join(words[start : start + length]))
        passage = {
            "from": f"d{source:08d}",
            "from_start": from_start,
            "from_stop": from_stop,
            "edit_rate": round(rate, 3),
        }
        return out or [words[start]], passage


def _zipf(count: int, exponent: float) -> np.ndarray:
    weights = 1 / (np.arange(count) + 2.7) ** exponent
    chances = np.cumsum(weights / weights.sum())
    chances[-1] = 1.0
    return chances


def generate(documents: int, seed: int = 1, stress: str = "") -> Iterator[tuple[Record, list[Record]]]:
    """Yield documents in order of id, each with the passages that it copied from dispatches."""
    room = Newsroom(documents, seed, stress)
    return (room.document(number) for number in range(documents))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("documents", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stress", choices=["viral", "footer"], default="")
    parser.add_argument("-o", "--output", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    with (
        (arguments.output / "documents.jsonl").open("w", encoding="utf-8") as documents,
        (arguments.output / "passages.jsonl").open("w", encoding="utf-8") as passages,
    ):
        for record, copied in generate(arguments.documents, arguments.seed, arguments.stress):
            documents.write(json.dumps(record) + "\n")
            passages.writelines(json.dumps(passage) + "\n" for passage in copied)


if __name__ == "__main__":
    main()
