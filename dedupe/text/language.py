"""The language of a text, by script and by frequent short words.

Counting function words is an old and sound method for texts of a paragraph or more
(Ingle 1976; Dunning 1994, "Statistical identification of language"); the lists are in
``facts/languages.toml``. Deterministic, with no model to load.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np

from dedupe.facts import table
from dedupe.text.kernels import I32, U64, frozen
from dedupe.text.kernels_language import count, enter

_SAMPLE = 800  # characters
_SKIP = 200  # characters: titles and labels at the beginning
_SCRIPT_SAMPLE = 240  # letters beyond ASCII that are looked at to tell the script
_BEYOND = re.compile(r"[^\x00-\u024f\W\d_]")
_LEAST = 0.08  # share of words that must be in the list of the language
_RANGES = (
    (0x0400, 0x052F, "cyrillic"),
    (0x0600, 0x06FF, "arabic"),
    (0x0750, 0x077F, "arabic"),
    (0xFB50, 0xFEFC, "arabic"),
    (0x0900, 0x097F, "devanagari"),
    (0x3040, 0x30FF, "kana"),
    (0x3400, 0x9FFF, "han"),
    (0x1E00, 0x1EFF, "latin"),
)


@cache
def _scripts() -> tuple[tuple[int, int, str], ...]:
    single = table("languages")["scripts"]["single"]
    return _RANGES + tuple((int(first, 16), int(last, 16), code) for first, last, code in single)


@cache
def _words(script: str) -> dict[str, tuple[int, ...]]:
    """Map each listed word of a script to the numbers of its languages."""
    found: dict[str, tuple[int, ...]] = {}
    for number, entry in enumerate(table("languages")[script].values()):
        for word in entry["words"]:
            found[word] = (*found.get(word, ()), number)
    return {word: tuple(sorted(set(numbers))) for word, numbers in found.items()}


@cache
def _table(script: str) -> tuple[U64, I32, I32]:
    """Return the ASCII words among `_words` as `kernels_language.count` takes them."""
    listed = {word: numbers for word, numbers in _words(script).items() if word.isascii()}
    keys = np.zeros(1 << (4 * len(listed)).bit_length(), np.uint64)
    languages: list[tuple[int, ...]] = [()] * len(keys)
    for word, numbers in listed.items():
        languages[enter(np.frombuffer(word.encode(), np.uint8), keys)] = numbers
    bounds = np.cumsum([0, *map(len, languages)])
    return frozen(keys, np.uint64), frozen(bounds, np.int32), frozen(np.concatenate(languages), np.int32)


@cache
def _codes(script: str) -> tuple[str, ...]:
    return tuple(table("languages")[script])


@cache
def _marks(script: str) -> tuple[tuple[int, str], ...]:
    entries = table("languages")[script].values()
    return tuple((number, entry["marks"]) for number, entry in enumerate(entries) if "marks" in entry)


def detect(text: str) -> str | None:
    """Return the ISO 639-1 code of the language of a text, or None where it is not clear.

    Looks at 800 characters near the beginning, and at as many from the middle where those do not
    decide. Indonesian and Malay share most of their frequent words: where none of the words that
    part them occurs, the answer is Indonesian.
    """
    found = _of_sample(_sample(text))
    if found is None and len(text) > 4 * _SAMPLE:
        found = _of_sample(text[len(text) // 2 : len(text) // 2 + _SAMPLE])
    return found


def _of_sample(sample: str) -> str | None:
    script = "latin" if _is_latin(sample) else _script(sample)
    if script == "kana":
        return "ja"
    if script == "han":
        return "zh"
    if script not in table("languages"):
        return script or None
    return _by_words(sample, script)


def familiarity(text: str) -> int:
    """Return how many frequent words and telling letters the likeliest language has in a text's sample.

    The same bytes read in the wrong code page have fewer.
    """
    sample = _sample(text)
    script = "latin" if _is_latin(sample) else _script(sample)
    if script not in table("languages"):
        return 0
    scores, _ = _word_scores(sample, script)
    return max(score + marks for score, marks in zip(scores, _mark_scores(sample, script), strict=True))


def _sample(text: str) -> str:
    begin = max(0, min(len(text) - _SAMPLE, _SKIP))
    return text[begin : begin + _SAMPLE]


def _is_latin(sample: str) -> bool:
    """Whether so few bytes beyond ASCII occur that the script can only be Latin."""
    return sample.isascii() or len(sample.encode("utf-8", "replace")) < 1.25 * len(sample)


def _script(sample: str) -> str:
    counts: dict[str, int] = {}
    letters = _BEYOND.findall(sample)
    for letter in letters[:_SCRIPT_SAMPLE]:
        point = ord(letter)
        for first, last, name in _scripts():
            if first <= point <= last:
                counts[name] = counts.get(name, 0) + 1
                break
    if counts.get("latin", 0) * 2 > sum(counts.values()) or len(letters) * 5 < len(sample):
        return "latin"
    if counts.get("kana", 0) * 10 >= sum(counts.values()) > 0 and "kana" in counts:
        return "kana"
    return max(sorted(counts), key=lambda name: counts[name], default="")


def _by_words(sample: str, script: str) -> str | None:
    scores, words = _word_scores(sample, script)
    half = max(scores) / 2
    if not sample.isascii() and len([score for score in scores if score > half]) > 1:
        scores = [score + marks for score, marks in zip(scores, _mark_scores(sample, script), strict=True)]
    best = max(scores)
    if best < max(2, _LEAST * words):
        return None
    codes = _codes(script)
    winners = [codes[number] for number, score in enumerate(scores) if score == best]
    return winners[0] if len(winners) == 1 or winners == ["id", "ms"] else None


def _word_scores(sample: str, script: str) -> tuple[list[int], int]:
    """Return how many words of a sample each language lists, and how many words there are."""
    if sample.isascii():  # most of what is read: a compiled loop takes a third of the time
        counts = np.zeros(len(_codes(script)), np.int64)
        words = count(np.frombuffer(sample.encode(), np.uint8), *_table(script), counts)
        return counts.tolist(), words
    found = sample.lower().split()
    scores = [0] * len(_codes(script))
    for numbers in filter(None, map(_words(script).get, found)):
        for number in numbers:
            scores[number] += 1
    return scores, len(found)


def _mark_scores(sample: str, script: str) -> list[int]:
    scores = [0] * len(_codes(script))
    for number, marks in _marks(script):
        scores[number] = sum(sample.count(mark) for mark in marks)
    return scores
