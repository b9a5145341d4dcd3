"""The credits of a batch are those of its texts, one by one."""

import pyarrow as pa
import pytest
from credit_scoring import find, load

from dedupe.records import CREDITS
from dedupe.settings import Settings
from dedupe.stages.columns import SENTENCES, SPANS
from dedupe.stages.credits import FindCredits, as_row
from dedupe.text.sentences import split


def batch(examples):
    sentences = [split(e["text"], e["language"]) for e in examples]
    return pa.table(
        {
            "id": [str(number) for number in range(len(examples))],
            "text": pa.array([e["text"] for e in examples], pa.string()),
            "language": pa.array([e["language"] for e in examples], pa.string()),
            "outlet": pa.array([e.get("outlet") or "" for e in examples], pa.string()),
            "furniture": pa.array([[] for _ in examples], SPANS),
            "sentences": pa.array([[s._asdict() for s in spans] for spans in sentences], SENTENCES),
        }
    )


def test_a_batch_holds_the_credits_of_its_texts():
    examples = load("credits_fresh.jsonl")[:150]
    alone = [
        as_row(str(number), credit)
        for number, e in enumerate(examples)
        for credit in find(
            e["text"], e["language"], e.get("outlet") or "", sentences=split(e["text"], e["language"])
        )
    ]
    assert FindCredits(Settings())(batch(examples)).to_pylist() == alone
    assert len(alone) > 100


@pytest.mark.parametrize("texts", [[], ["Nobody is named here."], ["", "The Independent Commission met."]])
def test_a_batch_without_credits_gives_an_empty_table(texts):
    found = FindCredits(Settings())(batch([{"text": text, "language": "en"} for text in texts]))
    assert found.equals(CREDITS.empty_table())
