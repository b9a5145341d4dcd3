"""``.jsonl`` and ``.ndjson``, also packed with gzip: one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator

from dedupe.corpus.inputs import InputFile
from dedupe.corpus.lines import BROKEN, BinaryFileError, read_lines
from dedupe.corpus.raw import Raw, longest_bytes
from dedupe.settings import Reading


def read(file: InputFile, limits: Reading) -> Iterator[Raw]:
    """Yield a record for every line that is not blank."""
    number = 0
    limit = longest_bytes(limits)
    try:
        for line in read_lines(file, limit):
            number = line.number
            if line.cut:
                yield Raw(
                    number,
                    None,
                    f"the line is longer than {limit:,} bytes; split it, or raise reading.max_characters",
                )
            elif line.text.isspace():
                continue
            else:
                yield record(number, line.text, line.replacements)
    except BinaryFileError:
        yield Raw(0, None, "a binary file; give JSON Lines")
    except BROKEN as error:
        yield Raw(number + 1, None, f"the file cannot be read on from here ({error}); mend or replace it")


def record(number: int, text: str, replacements: int) -> Raw:
    """Return the record on a line."""
    try:
        fields = json.loads(text)
    except RecursionError:
        return Raw(number, None, "the JSON is nested too deeply; write one flat object a line")
    except json.JSONDecodeError as error:
        return Raw(number, None, f"not JSON: {error.msg} at column {error.colno}; write one object a line")
    except ValueError:
        return Raw(number, None, "a number in the JSON has too many digits; write it as a string")
    if not isinstance(fields, dict):
        return Raw(number, None, 'not a JSON object; write {"id": …, "text": …}')
    return Raw(number, fields, replacements=replacements)
