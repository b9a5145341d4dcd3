"""What a text says about itself: its title. (Datelines, dates and language have modules in ``text``.)"""

from __future__ import annotations

import re

from dedupe.text import datelines
from dedupe.text.boilerplate import kind_of_line

_HEAD = 1200  # characters
_LINES = 12
_TITLE = (15, 200)  # characters
_BODY = 80  # characters: a line this long is body
_NO_TITLE = ".,;:。۔"
_NUMBERED = re.compile(r"^([^\W\d_][\w.-]*?)[-_ ]+\d[\w-]*$")


def title_of(text: str) -> str | None:
    """Return the first line where it reads as a title: short, no full stop, and body after it.

    Lines of furniture (advertisements, dates, bylines) before it are passed over.
    """
    head = text[:_HEAD]
    candidate: str | None = None
    for line in head.splitlines()[:_LINES]:
        bare = line.strip()
        if not bare:
            continue
        if candidate is not None:
            if len(bare) >= _BODY or datelines.find(bare) is not None:
                return candidate
        elif not _TITLE[0] <= len(bare) <= _TITLE[1] or bare[-1] in _NO_TITLE or " " not in bare:
            if len(bare) > _TITLE[1] or kind_of_line(bare) is None:
                return None
        elif kind_of_line(bare) is None:
            if datelines.find(bare) is not None:
                return None
            candidate = bare
    return None


def outlet_of_file(stem: str) -> str:
    """Return the outlet that a file name stands for: the name without a running number.

    ``kota-12`` is ``kota``, ``000_539c`` stays as it is. Domain-like names are in lower case.
    """
    match = _NUMBERED.match(stem)
    return clean_outlet(match[1] if match else stem)


def clean_outlet(name: str) -> str:
    """Return an outlet's name with spaces collapsed, in lower case where it looks like a domain."""
    name = " ".join(name.split())
    return name.lower() if datelines.is_host(name) and " " not in name else name
