"""Label files, CSV or JSON Lines: read, checked line by line, and checked against a run.

A JSON Lines file that ``dedupe label`` wrote begins with its sampling design and may hold
``undo`` lines; its inclusion probabilities are worked out from what was answered in the end.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dedupe.runs import digest
from dedupe.tune.labels import Key, Label, Labels, LabelsError, Problem, Spans, resolve
from dedupe.tune.weights import probabilities

VERDICTS = {
    "wholly": "wholly", "wholly derived": "wholly",
    "partially": "partially", "partially derived": "partially",
    "not": "not", "not derived": "not", "non derived": "not",
    "yes": "yes", "y": "yes", "no": "no", "n": "no", "unsure": "unsure", "u": "unsure",
}  # fmt: skip
RELATIONS = {
    "wire-outlet": "wire-outlet", "outlet-outlet": "outlet-outlet", "common-source": "common-source",
    "common source": "common-source", "incidental": "incidental",
}  # fmt: skip
SPANS = ("a_start", "a_stop", "b_start", "b_stop")
COLUMNS = (
    "a", "b", *SPANS, "label", "relation", "story", "annotator", "time", "probability", "sampling", "note",
)  # fmt: skip


@dataclass
class _File:
    name: str
    problems: list[Problem] = field(default_factory=list)
    rows: list[Label] = field(default_factory=list)
    design: Mapping[str, Any] | None = None
    notes: list[str] = field(default_factory=list)

    def wrong(self, line: int, what: str, mend: str) -> None:
        self.problems.append(Problem(f"{self.name}:{line}", what, mend))


def read(paths: Sequence[Path]) -> Labels:
    """Read label files. Raises LabelsError, listing every bad line of every file."""
    files = [_read(path) for path in paths]
    rows = [row for file in files for row in file.rows]
    problems = [problem for file in files for problem in file.problems]
    rows, repeated, contradictions = _distinct(rows)
    problems += contradictions
    if problems:
        raise LabelsError(problems)
    if not rows:
        raise LabelsError([Problem(str(paths[0]), "holds no label", "label some pairs: dedupe label RUN")])
    notes = [note for file in files for note in file.notes]
    if repeated:
        notes.append(f"{repeated} labels were repeated word for word and count once")
    designs = [file.design for file in files if file.design is not None]
    if designs:
        rows, more = _weighed(rows, designs, str(paths[0]))
        notes += more
    rows.sort(key=lambda row: (row.a, row.b, row.spans or (-1,) * 4, row.annotator))
    content = [[getattr(row, name) for name in row.__slots__ if name != "where"] for row in rows]
    run = str(designs[0]["run"]) if designs else ""
    return Labels(tuple(rows), tuple(notes), digest(content)[:16], run)


def _weighed(
    rows: Sequence[Label], designs: Sequence[Mapping[str, Any]], where: str
) -> tuple[list[Label], list[str]]:
    """Return rows with the inclusion probabilities of what all annotators answered together, and notes."""
    if any(design != designs[0] for design in designs):
        what = "the files were drawn by different samples"
        raise LabelsError([Problem(where, what, "tune on files of one run, unit and seed")])
    sizes = {str(name): int(size) for name, size in designs[0]["cells"]}
    decided, _ = resolve(rows)
    answered = Counter(row.cell for row in decided if row.positive is not None and row.cell)
    chance, silent = probabilities(sizes, answered)
    notes = [
        f"no pair of stratum {name} ({size} pairs) was answered: it is left out" for name, size in silent
    ]
    return [
        replace(row, probability=chance.get(row.cell) or None) if row.cell else row for row in rows
    ], notes


def _read(path: Path) -> _File:
    file = _File(str(path))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise LabelsError(
            [Problem(str(path), f"cannot be read: {error}", "give a UTF-8 file of labels")]
        ) from error
    if not text.strip():
        raise LabelsError([Problem(str(path), "is empty", "label some pairs: dedupe label RUN")])
    if path.suffix.lower() in {".jsonl", ".ndjson", ".json"}:
        _read_jsonl(file, text)
    else:
        _read_csv(file, text)
    return file


def _read_csv(file: _File, text: str) -> None:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = [cell.strip().lower() for cell in cells]
                if not _header_fits(file, header, reader.line_num):
                    return
            elif len(cells) != len(header):
                file.wrong(
                    reader.line_num,
                    f"has {len(cells)} cells, the header has {len(header)}",
                    "add or quote cells",
                )
            else:
                values = {name: cell.strip() or None for name, cell in zip(header, cells, strict=True)}
                _add(file, reader.line_num, values)
    except csv.Error as error:
        file.wrong(
            reader.line_num, f"is not CSV: {error}", "quote cells that hold commas, quotes or line breaks"
        )


def _header_fits(file: _File, header: list[str], line: int) -> bool:
    strange = sorted(set(header) - set(COLUMNS))
    for name in strange:
        file.wrong(line, f"unknown column {name!r}", f"columns are {', '.join(COLUMNS)}")
    missing = [name for name in ("a", "b", "label") if name not in header]
    for name in missing:
        file.wrong(line, f"column {name!r} is missing", "a, b and label are required")
    twice = sorted(name for name, count in Counter(header).items() if count > 1)
    for name in twice:
        file.wrong(line, f"column {name!r} stands twice", "keep one")
    return not (strange or missing or twice)


def _read_jsonl(file: _File, text: str) -> None:
    lines = text.split("\n")
    if text.startswith('{"design"') and lines[-1]:  # a log whose last write was cut short
        lines.pop()
        file.notes.append(f"{file.name}: the last line was not whole and is left out")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except ValueError as error:
            file.wrong(number, f"is not JSON: {error}", "write one object per line")
            continue
        if not isinstance(values, dict):
            file.wrong(number, "is not a JSON object", "write one object per line")
        elif "design" in values:
            file.design = values["design"]
        elif "undo" in values:
            _undo(file, number, values["undo"])
        else:
            known = set(COLUMNS) | ({"cell"} if file.design is not None else set())
            for name in sorted(set(values) - known):
                file.wrong(number, f"unknown field {name!r}", f"fields are {', '.join(COLUMNS)}")
            _add(file, number, values)


def _undo(file: _File, line: int, values: Any) -> None:
    try:
        key = (values["a"], values["b"], tuple(values["spans"]) if values["spans"] else None)
        who = values["annotator"]
    except (TypeError, KeyError):
        file.wrong(line, "an undo line needs a, b, spans and annotator", "remove the line")
        return
    for at in range(len(file.rows) - 1, -1, -1):
        if file.rows[at].key == key and file.rows[at].annotator == who:
            del file.rows[at]
            return


def _add(file: _File, line: int, values: Mapping[str, Any]) -> None:
    before = len(file.problems)
    row = _parsed(file, line, values)
    if row is not None and len(file.problems) == before:
        file.rows.append(row)


def _parsed(file: _File, line: int, values: Mapping[str, Any]) -> Label | None:
    texts = {}
    for name in ("a", "b", "label", "relation", "story", "annotator", "time", "sampling", "cell"):
        value = values.get(name)
        if value is not None and not isinstance(value, str):
            file.wrong(line, f"{name} is {value!r}", "write it as text")
            return None
        texts[name] = (value or "").strip() if name not in ("a", "b") else value or ""
    a, b = texts["a"], texts["b"]
    for name in ("a", "b"):
        if not texts[name]:
            file.wrong(line, f"{name} is empty", "give the id of a document")
    if a and a == b:
        file.wrong(line, f"a and b are both {a!r}", "a label is about two documents")
    verdict = VERDICTS.get(texts["label"].lower().replace("-", " "))
    if verdict is None:
        file.wrong(
            line, f"label {texts['label']!r} is unknown", "use wholly, partially, not, yes, no or unsure"
        )
    relation = texts["relation"].lower().replace("→", "-")
    if relation and relation not in RELATIONS:
        file.wrong(
            line, f"relation {relation!r} is unknown", f"use {', '.join(sorted(set(RELATIONS.values())))}"
        )
    if texts["sampling"] not in ("", "random", "uncertain"):
        file.wrong(line, f"sampling {texts['sampling']!r} is unknown", "use random or uncertain")
    spans = _spans(file, line, values)
    probability = _probability(file, line, values.get("probability"))
    if a > b:
        a, b = b, a
        spans = (spans[2], spans[3], spans[0], spans[1]) if spans else None
    return Label(
        f"{file.name}:{line}", a, b, spans, verdict or "", RELATIONS.get(relation, ""), texts["story"],
        texts["annotator"], texts["time"], probability, texts["sampling"] or "random", texts["cell"],
    )  # fmt: skip


def _spans(file: _File, line: int, values: Mapping[str, Any]) -> Spans | None:
    given = [name for name in SPANS if values.get(name) is not None]
    if not given:
        return None
    if len(given) < len(SPANS):
        missing = next(name for name in SPANS if name not in given)
        file.wrong(
            line, f"{missing} is missing", "give all four offsets, or none to label the whole documents"
        )
        return None
    numbers = []
    for name in SPANS:
        number = _whole(values[name])
        if number is None or number < 0:
            file.wrong(line, f"{name} is {values[name]!r}", "write a character offset, 0 or more")
            return None
        numbers.append(number)
    for side, start, stop in (("a", numbers[0], numbers[1]), ("b", numbers[2], numbers[3])):
        if start >= stop:
            file.wrong(
                line,
                f"{side}_start {start} is not before {side}_stop {stop}",
                "stop is exclusive and greater",
            )
            return None
    return numbers[0], numbers[1], numbers[2], numbers[3]


def _whole(value: Any) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and len(value) < 12 and value.isascii() and value.isdigit():
        return int(value)
    return None


def _probability(file: _File, line: int, value: Any) -> float | None:
    if value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not 0 < number <= 1:
        file.wrong(line, f"probability is {value!r}", "write a number above 0, at most 1, or leave it empty")
        return None
    return number


def _distinct(rows: Iterable[Label]) -> tuple[list[Label], int, list[Problem]]:
    """Return rows with word-for-word repeats dropped, their number, and contradictions."""
    first: dict[tuple[Key, str], Label] = {}
    repeated, problems = 0, []
    for row in rows:
        seen = first.setdefault((row.key, row.annotator), row)
        if seen is row:
            continue
        repeated += 1
        if seen.verdict != row.verdict:
            what = f"says {row.verdict!r} where {seen.where} says {seen.verdict!r} of the same pair"
            problems.append(Problem(row.where, what, "keep one, or name two annotators"))
    return list(first.values()), repeated, problems
