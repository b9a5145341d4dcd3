"""Labels: what people said of pairs of documents or passages.

Two forms, CSV and JSON Lines, with the same columns (see ``docs/tuning.md``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dedupe.errors import DedupeError

Spans = tuple[int, int, int, int]
"""``a_start, a_stop, b_start, b_stop``."""
Key = tuple[str, str, Spans | None]
"""What a label is about: documents ``a < b``, and their passages unless it is the whole of them."""

SHOWN = 20
"""Problems that one error lists."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a labels file."""

    where: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.mend}"


class LabelsError(DedupeError):
    """A labels file that breaks its format or does not fit the run; ``problems`` lists every mistake."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        super().__init__(first.what, where=first.where, mend=first.mend)
        self.problems = tuple(problems)
        more = [str(problem) for problem in problems[1:SHOWN]]
        if len(problems) > SHOWN:
            more.append(f"… and {len(problems) - SHOWN} more")
        self.args = ("\n".join([str(first), *more]),)


@dataclass(frozen=True, slots=True)
class Label:
    """One answer. ``probability`` is the chance that the sample held this pair, None if not known."""

    where: str
    a: str
    b: str
    spans: Spans | None
    verdict: str
    relation: str = ""
    story: str = ""
    annotator: str = ""
    time: str = ""
    probability: float | None = None
    sampling: str = "random"
    cell: str = ""

    @property
    def key(self) -> Key:
        """What the label is about."""
        return self.a, self.b, self.spans

    @property
    def positive(self) -> bool | None:
        """True for reused, False for not, None for unsure."""
        return None if self.verdict == "unsure" else self.verdict not in {"no", "not"}


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of one or more files, in a fixed order, with notes for the reader."""

    rows: tuple[Label, ...]
    notes: tuple[str, ...] = ()
    digest: str = ""
    run: str = ""
    """Digest of the run that the labels were drawn from, when ``dedupe label`` drew them."""


def check_against(labels: Labels, lengths: Mapping[str, int]) -> None:
    """Check ids and spans against a run's documents (``lengths``: characters by id).

    Raises LabelsError, listing every label that does not fit.
    """
    problems = []
    for row in labels.rows:
        strange = [name for name in (row.a, row.b) if name not in lengths]
        problems += [
            Problem(row.where, f"document {name!r} is not in the run", "label the run's own documents")
            for name in strange
        ]
        if row.spans and not strange:
            for name, stop in ((row.a, row.spans[1]), (row.b, row.spans[3])):
                if stop > lengths[name]:
                    what = f"the passage ends at {stop}, document {name!r} has {lengths[name]} characters"
                    problems.append(Problem(row.where, what, "offsets count characters of the text as read"))
    if problems:
        raise LabelsError(problems)


def resolve(rows: Sequence[Label]) -> tuple[list[Label], int]:
    """Return one label per key, and how many keys were left out because annotators disagree.

    The majority of yes and no counts; a tie leaves the pair out; all unsure stays unsure.
    """
    by_key: dict[Key, list[Label]] = {}
    for row in rows:
        by_key.setdefault(row.key, []).append(row)
    out, tied = [], 0
    for found in by_key.values():
        yes = [row for row in found if row.positive is True]
        no = [row for row in found if row.positive is False]
        if yes and len(yes) == len(no):
            tied += 1
        else:
            out.append((yes if len(yes) > len(no) else no or found)[0])
    return out, tied
