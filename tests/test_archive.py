"""An archive and a query against a full run on the same documents: row for row the same."""

import json
import random

import pytest

from dedupe import pipeline
from dedupe.archive import add, open_archive
from dedupe.errors import InputError, RunError, SettingsError
from dedupe.query import query
from dedupe.settings import load

OUTLETS = ("dawn.example", "dusk.example", "noon.example", "alfawire")
FOOTER = "Follow The Ellery Courier on every network you can think of"


def corpus(seed, count=60):
    """Invented reports: dispatches, copies of them with changed words, an outlet's footer, chance phrases."""
    chance = random.Random(seed)
    words = [
        f"{a}{b}{c}"
        for a in ("ka", "mo", "ti", "lu", "ser")
        for b in ("ra", "ne", "do", "vi")
        for c in ("n", "l", "s", "m", "rt")
    ]
    stories = [[chance.choice(words) for _ in range(60)] for _ in range(max(6, count // 10))]
    rows = []
    for number in range(count):
        body = [chance.choice(words) for _ in range(50)]
        if number % 2:
            copy = stories[chance.randrange(len(stories))][: chance.randint(15, 60)]
            body[20:20] = [chance.choice(words) if chance.random() < 0.1 else word for word in copy]
        outlet = chance.choice(OUTLETS)
        text = " ".join(body).capitalize() + "."
        if outlet == "dawn.example":
            text += f"\n{FOOTER}"
        kind = {"kind": "wire", "source_id": "reuters"} if outlet == "alfawire" else {}
        rows.append({"id": f"d{number:03d}", "text": text, "outlet": outlet, "language": "en",
                     "published": f"2026-03-{1 + chance.randrange(20):02d}", **kind})  # fmt: skip
    chance.shuffle(rows)
    return rows


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def silent(*_args):
    pass


def rows_with(table, ids):
    return [row for row in table.to_pylist() if row["a"] in ids or row["b"] in ids]


@pytest.mark.parametrize(
    ("channels", "assignments"),
    [
        (("shingles", "minhash"), []),
        (("shingles", "minhash", "tfidf"), []),
        (("shingles",), ["shingles.star=3", "boilerplate.repeated_lines=8"]),
        (
            ("shingles", "minhash"),
            ["candidates.window_days=5", "shingles.star=3", "shingles.large_corpus=50"],
        ),
    ],
)
def test_a_query_equals_a_full_run(tmp_path, channels, assignments):
    settings = load(None, assignments)
    rows = corpus(len(channels) + len(assignments))
    today, archived = rows[:3], rows[3:]
    for number, part in enumerate((archived[:30], archived[30:31], archived[31:])):
        added = add(
            tmp_path / "archive",
            [write(tmp_path / f"{number}.jsonl", part)],
            settings,
            workers=1,
            progress=silent,
        )
        assert added.documents == len(part) and not added.rejected
    whole = pipeline.run(
        [write(tmp_path / "all.jsonl", rows)], tmp_path / "run", settings, channels=channels, workers=1
    )
    for articles in (today, today[:1]):
        ids = {row["id"] for row in articles}
        if articles is not today:
            others = [row for row in rows if row not in today[1:]]
            whole = pipeline.run(
                [write(tmp_path / "one.jsonl", others)],
                tmp_path / "one",
                settings,
                channels=channels,
                workers=1,
            )
        found = query(
            tmp_path / "archive",
            [write(tmp_path / "today.jsonl", articles)],
            settings,
            channels=channels,
            workers=1,
        )
        assert found.pairs.num_rows or articles is not today
        assert found.pairs.to_pylist() == rows_with(whole.table("pairs"), ids)
        expected = rows_with(whole.table("matches").drop_columns(["family"]), ids)
        assert found.matches.to_pylist() == expected
        assert found.credits.to_pylist() == [
            r for r in whole.table("credits").to_pylist() if r["document"] in ids
        ]
    assert whole.table("pairs").num_rows > 10


def test_an_archived_article_asked_again_stands_in_for_itself(tmp_path):
    settings, rows = load(), corpus(7)
    add(tmp_path / "archive", [write(tmp_path / "all.jsonl", rows)], settings, workers=1, progress=silent)
    whole = pipeline.run(
        [tmp_path / "all.jsonl"], tmp_path / "run", settings, channels=("shingles",), workers=1
    )
    for row in rows[:4]:
        found = query(
            tmp_path / "archive",
            [write(tmp_path / "one.jsonl", [row])],
            settings,
            channels=("shingles",),
            workers=1,
        )
        assert found.matches.to_pylist() == rows_with(
            whole.table("matches").drop_columns(["family"]), {row["id"]}
        )


def test_parts_and_order_of_additions_change_nothing(tmp_path, monkeypatch):
    settings, rows = load(), corpus(3)
    add(tmp_path / "one", [write(tmp_path / "all.jsonl", rows[5:])], settings, workers=1, progress=silent)
    monkeypatch.setattr("dedupe.archive.PART", 7)
    for number, part in enumerate((rows[40:], rows[5:40])):
        add(
            tmp_path / "two",
            [write(tmp_path / f"{number}.jsonl", part)],
            settings,
            workers=1,
            progress=silent,
        )
    assert (
        open_archive(tmp_path / "one", settings).counts == open_archive(tmp_path / "two", settings).counts
    ).all()
    articles = [write(tmp_path / "today.jsonl", rows[:5])]
    one, two = (query(tmp_path / name, articles, settings, workers=1) for name in ("one", "two"))
    assert one.pairs.num_rows and one.pairs.equals(two.pairs) and one.matches.equals(two.matches)


def test_an_id_is_added_once(tmp_path):
    settings, rows = load(), corpus(1, 6)
    source = [write(tmp_path / "all.jsonl", rows)]
    add(tmp_path / "archive", source, settings, workers=1, progress=silent)
    again = add(tmp_path / "archive", source, settings, workers=1, progress=silent)
    assert again.documents == 0 and again.total == 6 and len(again.rejected) == 6


def test_a_killed_addition_leaves_the_archive_as_it_was(tmp_path, monkeypatch):
    settings, rows = load(), corpus(2, 20)
    first, second = [write(tmp_path / "1.jsonl", rows[:10])], [write(tmp_path / "2.jsonl", rows[10:])]
    add(tmp_path / "archive", first, settings, workers=1, progress=silent)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("dedupe.archive._write_state", lambda *_args: (_ for _ in ()).throw(KeyboardInterrupt))
        add(tmp_path / "archive", second, settings, workers=1, progress=silent)
    assert open_archive(tmp_path / "archive", settings).state.num_rows == 10
    assert add(tmp_path / "archive", second, settings, workers=1, progress=silent).total == 20


def test_what_cannot_be_answered_is_said(tmp_path):
    settings, rows = load(), corpus(2, 6)
    source = write(tmp_path / "all.jsonl", rows)
    with pytest.raises(RunError, match="not an archive"):
        query(tmp_path / "nothing", [source], settings)
    add(tmp_path / "archive", [source], settings, workers=1, progress=silent)
    with pytest.raises(SettingsError, match="other settings"):
        query(tmp_path / "archive", [source], load(None, ["shingles.k=6"]))
    with pytest.raises(InputError):
        query(tmp_path / "archive", [write(tmp_path / "bad.jsonl", [{"id": "x"}])], settings)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.docx").write_text("precious")
    with pytest.raises(RunError, match="something else"):
        add(tmp_path / "mine", [source], settings, progress=silent)
