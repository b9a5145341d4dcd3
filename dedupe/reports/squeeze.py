"""Takes comments and idle white space out of the page's own script and style.

The script is cut into strings, templates, regular expressions, comments and the rest; only
the rest and the comments change. Names stay as they are, so an error message still tells
where it comes from.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""(?P<keep>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`"""
    r"""|(?<=[(,=:!&|?;{>])/(?![/*])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*"""
    r"""|(?<=[(,=:!&|?;{>]\x20)/(?![/*])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*)"""
    r"""|(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<space>\s+)|(?P<word>[\w$]+)|(?P<sign>.)""",
    re.DOTALL,
)
_OPEN, _CLOSE = frozenset("{([,;:?=&|*<>!"), frozenset("})],;:?=&|*<>.")


def squeezed_script(script: str) -> str:
    """Return the script without comments and white space that means nothing."""
    out: list[str] = []
    gap = ""
    for found in _TOKEN.finditer(script):
        kind, text = found.lastgroup, found.group()
        if kind in ("space", "comment"):
            gap = "\n" if "\n" in text or gap == "\n" else " "
            continue
        if gap and out and _needed(out[-1], text, gap):
            out.append(gap)
        gap = ""
        out.append(text)
    return "".join(out)


def _needed(before: str, after: str, gap: str) -> bool:
    """Say whether white space between two tokens parts two words, two signs or two statements."""
    left, right = before[-1], after[0]
    if left in _OPEN or right in _CLOSE:
        return False
    if gap == "\n":
        return True
    both_words = (left.isalnum() or left in "_$") and (right.isalnum() or right in "_$")
    return both_words or (left == right and left in "+-")


def squeezed_style(style: str) -> str:
    """Return the style without comments and white space that means nothing."""
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    style = re.sub(r"\s+", " ", style)
    return re.sub(
        r" ?([{};,]) ?|(?<=[{;])([\w-]+): ", lambda m: m.group(1) or f"{m.group(2)}:", style
    ).strip()
