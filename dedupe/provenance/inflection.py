"""Names as languages bend them: the case forms of Slavic names, and endings written onto a name."""

from __future__ import annotations

import re
from itertools import product

_ENDINGS: dict[str, tuple[str, ...]] = {
    "pl": ("a", "owi", "em", "iem", "u", "ie", "y", "ą", "ę", "i", "ze", "zie", "om", "ów", "ach"),
    "cs": ("a", "u", "em", "ovi", "y", "ou", "e", "i"),
    "de": ("s",),
    "sv": ("s",),
}
"""What a name may end in besides, by language: "Reutera", "Bloombergiem"."""
_LETTERS = re.compile(r"[^\W\d_]{1,4}(?![^\W_])")
_PARADIGMS = (
    ("ська", "ської ській ську ською"), ("зька", "зької зькій зьку зькою"), ("ая", "ой ую"),
    ("не", "ного ному ним"), ("ина", "ины ине ину иной"), ("да", "ды де ду дой ди дою"),
    ("та", "ты те ту той ти тою"), ("на", "ны не ну ной ни ною"), ("ка", "ки ке ку кой ці кою"),
    ("ти", "тей тям тями тях"), ("за", "зы зе зу зой зи зою"), ("ия", "ий ии ию ией иям иями"),
    ("сть", "сти стью"), ("ля", "ли лю лей"),
)  # fmt: skip
"""Endings of a word as listed, and what they become in the other cases."""
_SLAVIC = re.compile(r"[\u0400-\u04ff][\u0400-\u04ff -]+")


def cases(text: str) -> list[str]:
    """Return the usual case forms of a Slavic name whose last letters change ("Українська правда")."""
    if not _SLAVIC.fullmatch(text):
        return []
    stems: list[tuple[str, list[str]]] = []
    for word in text.split(" "):
        found = next(((e, f) for e, f in _PARADIGMS if len(word) > len(e) + 1 and word.endswith(e)), None)
        stems.append((word[: -len(found[0])], found[1].split()) if found else (word, [""]))
    combined = product(*(forms for _, forms in stems))
    names = {" ".join(s + f for (s, _), f in zip(stems, forms, strict=True)) for forms in combined}
    return sorted(names - {text})


def inflected(text: str, stop: int, language: str | None) -> bool:
    """Whether the letters at ``stop`` are a case ending of the language, up to the end of the word."""
    endings = _ENDINGS.get(language or "")
    found = _LETTERS.match(text, stop) if endings else None
    return bool(found and endings and found.group() in endings)
