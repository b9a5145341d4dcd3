"""Reading: every format gives the same documents, in an order that only names and content decide."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dedupe.corpus import Tally, find_files, iter_records, load
from dedupe.errors import InputError
from dedupe.records import Document
from dedupe.settings import Reading

SHARED = Path(__file__).parents[1].parent / "shared"
BODY = "Wali kota mengatakan pasar baru itu akan dibuka pada hari Jumat karena atap sudah selesai."

Records = Sequence[dict[str, str]]


def _jsonl(path: Path, records: Records) -> None:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")


def _gz(path: Path, records: Records) -> None:
    with gzip.open(path, "wt", encoding="utf-8", newline="") as stream:
        stream.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def _separated(delimiter: str) -> Callable[[Path, Records], None]:
    def write(path: Path, records: Records) -> None:
        names = sorted({name for record in records for name in record})
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, names, delimiter=delimiter, restval="")
            writer.writeheader()
            writer.writerows(records)

    return write


def _parquet(path: Path, records: Records) -> None:
    names = sorted({name for record in records for name in record})
    pq.write_table(pa.table({name: [record.get(name) for record in records] for name in names}), path)


FORMATS: dict[str, Callable[[Path, Records], None]] = {
    "a.jsonl": _jsonl,
    "a.NDJSON": _jsonl,
    "a.jsonl.gz": _gz,
    "a.csv": _separated(","),
    "b.csv": _separated(";"),
    "a.tsv": _separated("\t"),
    "a.parquet": _parquet,
}

RECORDS: Records = [
    {
        "id": "a-1",
        "text": f'{BODY}\n\n"Baris, kedua";\tdan\r\nketiga.',
        "outlet": "Warta.com",
        "published": "19 Juni 2024",
        "language": "id-ID",
        "title": "Pasar",
        "url": "https://warta.com/1",
        "note": "passed over",
    },
    {"id": "a-2", "text": BODY, "kind": "wire", "source_id": "antara"},
]


@pytest.mark.parametrize("name", FORMATS)
def test_formats_agree(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    FORMATS[name](path, RECORDS)
    corpus = load([path])
    assert (corpus.rejected, corpus.read, corpus.replacements, corpus.notes) == ([], 2, 0, {})
    first, second = corpus.documents
    assert first == Document(
        id="a-1",
        text=RECORDS[0]["text"],
        outlet="warta.com",
        published="2024-06-19",
        language="id",
        title="Pasar",
        url="https://warta.com/1",
        file=name,
    )
    assert (second.kind, second.source_id, second.outlet, second.language) == (
        "wire",
        "antara",
        "antara",
        "id",
    )
    assert corpus.digests == {name: hashlib.sha256(path.read_bytes()).hexdigest()}


TEXTS = st.text(
    # a file that is mostly control characters is taken for a binary one
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\r\n"),
    min_size=1,
    max_size=60,
).filter(lambda text: bool(text.strip()))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(st.lists(TEXTS, min_size=1, max_size=5), st.sampled_from(sorted(FORMATS)))
def test_texts_come_back_as_written(tmp_path: Path, texts: list[str], name: str) -> None:
    path = tmp_path / name
    FORMATS[name](path, [{"id": str(number), "text": text} for number, text in enumerate(texts)])
    assert [document.text for document in load([path]).documents] == texts


def _folder(root: Path) -> list[Path]:
    for name in ("one", "two"):
        (root / name).mkdir(parents=True)
        _jsonl(
            root / name / "part.jsonl", [{"id": "same", "text": f"{BODY} {name}"}, {"id": name, "text": BODY}]
        )
    (root / "kota-1.txt").write_text(BODY, encoding="utf-8")
    return [root / "two" / "part.jsonl", root / "kota-1.txt", root / "one" / "part.jsonl", root / "one"]


def test_order_of_inputs_does_not_matter(tmp_path: Path) -> None:
    inputs = _folder(tmp_path / "in")
    expected = load(inputs)
    assert expected.read == len(expected.documents) + len(expected.rejected) == 5
    assert [entry.id for entry in expected.rejected] == ["same"]
    shuffled = random.Random(5)
    for _ in range(5):
        shuffled.shuffle(inputs)
        assert load(inputs) == expected


def test_labels_are_relative_and_differ(tmp_path: Path) -> None:
    inputs = _folder(tmp_path / "in")
    labels = [file.label for file in find_files([inputs[0], inputs[2], tmp_path / "in"])]
    assert labels == ["kota-1.txt", "one/part.jsonl", "two/part.jsonl"]
    labels = [file.label for file in find_files([inputs[0], inputs[2]])]
    assert labels == ["one/part.jsonl", "two/part.jsonl"]
    assert not any(str(tmp_path) in label for label in labels)


def test_hidden_files_are_left_out_and_other_kinds_are_listed(tmp_path: Path) -> None:
    (tmp_path / ".cache").mkdir()
    for name in (".hidden.txt", ".cache/a.txt", "README.md", "kota.txt"):
        (tmp_path / name).write_text(BODY, encoding="utf-8")
    corpus = load([tmp_path])
    assert [document.id for document in corpus.documents] == ["kota"]
    assert (corpus.skipped, corpus.rejected, corpus.read) == (["README.md"], [], 1)
    named = load([tmp_path / "README.md"])
    assert named.documents == [] and ".jsonl" in named.rejected[0].reason


def test_text_files_take_what_they_lack_from_names(tmp_path: Path) -> None:
    files = {
        "warta/a.txt": BODY,
        "kabar/a.txt": f"Pasar Baru Dibuka\nPenulis: Ani\nKabarkota.com, KOTA - {BODY} Rabu (19/6/2024).",
        "kota-12.txt": BODY,
        "wire/antara/d.txt": f"JAKARTA (ANTARA) - {BODY}",
        "wire/e.txt": BODY,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    found = {document.id: document for document in load([tmp_path]).documents}
    assert sorted(found) == ["d", "e", "kabar/a", "kota-12", "warta/a"]
    assert {name: (document.outlet, document.outlet_from) for name, document in found.items()} == {
        "d": ("antara", "given"),
        "e": ("wire", "folder"),
        "kabar/a": ("kabarkota.com", "dateline"),
        "kota-12": ("kota", "file"),
        "warta/a": ("warta", "folder"),
    }
    assert {name for name, document in found.items() if document.kind == "wire"} == {"d", "e"}
    article = found["kabar/a"]
    assert (article.title, article.published, article.language) == ("Pasar Baru Dibuka", "2024-06-19", "id")


def test_outlet_from_the_url(tmp_path: Path) -> None:
    _jsonl(
        tmp_path / "a.jsonl",
        [
            {"id": "1", "text": BODY, "url": "https://www.warta.co.id/x"},
            {"id": "2", "text": BODY, "url": "http://[bad"},
        ],
    )
    assert [document.outlet for document in load([tmp_path / "a.jsonl"]).documents] == ["warta.co.id", "a"]


def test_records_can_be_streamed(tmp_path: Path) -> None:
    _folder(tmp_path / "in")
    tally = Tally()
    seen = 0
    for _ in iter_records(find_files([tmp_path / "in"]), Reading(), tally):
        seen += 1
        assert tally.read == seen
    assert seen == 5


def test_progress_ends_at_the_size_of_all_files(tmp_path: Path) -> None:
    _jsonl(tmp_path / "a.jsonl", [{"id": str(number), "text": BODY} for number in range(1200)])
    steps: list[tuple[int, int]] = []
    load([tmp_path], progress=lambda done, total: steps.append((done, total)))
    size = (tmp_path / "a.jsonl").stat().st_size
    assert steps == sorted(steps) and len(steps) == 3
    assert steps[-1] == (size, size)


@pytest.mark.parametrize(
    "make", [lambda path: path / "missing", lambda path: path], ids=["missing", "empty folder"]
)
def test_inputs_that_cannot_be_read_at_all(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    with pytest.raises(InputError) as caught:
        load([make(tmp_path)])
    assert str(tmp_path) in str(caught.value) and caught.value.mend


def test_folder_without_a_file_that_is_read(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(b"\x89PNG")
    with pytest.raises(InputError, match="jsonl"):
        load([tmp_path])


def test_five_real_articles() -> None:
    if not SHARED.is_dir():
        pytest.skip("the articles are not at hand")
    corpus = load([SHARED / "seeds"])
    assert [document.outlet for document in corpus.documents] == [
        "bisnis.com",
        "tuturpedia.com",
        "krjogja.com",
        "tribunnews.com",
        "idntribune.com",
    ]
    assert {document.published for document in corpus.documents} == {"2024-06-19"}
    assert {document.language for document in corpus.documents} == {"id"}
    assert [document.title is not None for document in corpus.documents] == [False, False, False, True, False]
    gold = json.loads((SHARED / "seeds" / "gold.json").read_text(encoding="utf-8"))
    for document in corpus.documents:
        assert len(document.text) == gold["articles"][document.id[:3]]["n_chars"]
