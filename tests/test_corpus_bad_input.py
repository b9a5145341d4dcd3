"""Bad input: each bad record is rejected with where and why, and the good ones are still read."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dedupe.corpus import load
from dedupe.corpus.readers import READERS
from dedupe.settings import Reading

BODY = "Wali kota mengatakan pasar baru itu akan dibuka pada hari Jumat."
GOOD = json.dumps({"id": "good", "text": BODY})

# a line of JSON Lines, what the reason says
LINES = [
    ("{bad", "not JSON"),
    ("[1]", "not a JSON object"),
    ('"text"', "not a JSON object"),
    ("[" * 50_000, "nested"),
    ('{"id": "n", "text": "x", "n": ' + "9" * 5000 + "}", "digits"),
    ('{"text": "x"}', "id is missing"),
    ('{"id": "", "text": "x"}', "id is missing"),
    ('{"id": " ", "text": "x"}', "id is blank"),
    ('{"id": true, "text": "x"}', "id is true or false"),
    ('{"id": [1], "text": "x"}', "id is a list"),
    ('{"id": "x"}', "text is missing"),
    ('{"id": "x", "text": null}', "text is missing"),
    ('{"id": "x", "text": 5}', "text is a number"),
    ('{"id": "x", "text": ""}', "text is empty"),
    ('{"id": "x", "text": " \\n "}', "text is empty"),
    ('{"id": "x", "text": "' + "x" * 1001 + '"}', "longer than 1,000 characters"),
    ('{"id": "good", "text": "x"}', "already used in a.jsonl:1"),
]


@pytest.mark.parametrize(("line", "reason"), LINES, ids=[reason for _, reason in LINES])
def test_a_bad_line(tmp_path: Path, line: str, reason: str) -> None:
    last = json.dumps({"id": "last", "text": BODY})
    (tmp_path / "a.jsonl").write_text(f"{GOOD}\n\n{line}\n{last}", encoding="utf-8")
    corpus = load([tmp_path], Reading(max_characters=1000))
    assert [document.id for document in corpus.documents] == ["good", "last"]
    (rejected,) = corpus.rejected
    assert rejected.where == "a.jsonl:3"
    assert reason in rejected.reason
    assert ";" in rejected.reason  # what to do
    assert corpus.read == 3


def test_a_line_of_fifty_megabytes(tmp_path: Path) -> None:
    with (tmp_path / "a.jsonl").open("w", encoding="utf-8") as stream:
        stream.write('{"id": "long", "text": "')
        for _ in range(50):
            stream.write("x" * 1_000_000)
        stream.write(f'"}}\n{GOOD}\n')
    corpus = load([tmp_path])
    assert [document.id for document in corpus.documents] == ["good"]
    assert corpus.rejected[0].where == "a.jsonl:1"
    assert "longer than" in corpus.rejected[0].reason


def test_a_text_file_over_the_limit(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x" * 2000, encoding="utf-8")
    (tmp_path / "b.txt").write_bytes(b"x" * (2**20 + 6001))
    corpus = load([tmp_path], Reading(max_characters=1000))
    assert [rejected.where for rejected in corpus.rejected] == ["a.txt", "b.txt"]
    assert all("longer than 1,000 characters" in rejected.reason for rejected in corpus.rejected)


# name, bytes, what the reason says
FILES = [
    ("a.txt", b"", "empty"),
    ("a.jsonl", b"", "empty"),
    ("a.txt", b" \n\t\n", "text is empty"),
    ("a.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00", "binary"),
    ("a.txt", bytes(range(1, 32)) * 20, "binary"),
    ("a.jsonl", b"PK\x03\x04\x00\x00", "binary"),
    ("a.csv", b"\x00\x01\x02", "binary"),
    ("a.jsonl.gz", b"not gzip", "cannot be read on"),
    ("a.parquet", b"PAR1 and then nothing of the kind", "not readable as Parquet"),
    ("a.csv", b"name,body\n1,2\n", "it needs the columns id and text"),
    ("a.csv", b"\n", "it needs the columns id and text"),
]


@pytest.mark.parametrize(("name", "data", "reason"), FILES)
def test_a_bad_file(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(data)
    (tmp_path / "z.jsonl").write_text(GOOD, encoding="utf-8")
    corpus = load([tmp_path])
    assert [document.id for document in corpus.documents] == ["good"]
    (rejected,) = corpus.rejected
    assert rejected.where.partition(":")[0] == name
    assert reason in rejected.reason
    assert corpus.read == 2


def test_a_broken_gzip_keeps_what_came_before(tmp_path: Path) -> None:
    lines = "".join(
        json.dumps({"id": str(number), "text": os.urandom(20).hex()}) + "\n" for number in range(20_000)
    )
    packed = gzip.compress(lines.encode())
    (tmp_path / "a.ndjson.gz").write_bytes(packed[: len(packed) // 2])
    corpus = load([tmp_path])
    assert len(corpus.documents) > 1000
    assert "cannot be read on" in corpus.rejected[-1].reason
    assert corpus.read == len(corpus.documents) + len(corpus.rejected)


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    os.symlink(tmp_path / "nowhere", tmp_path / "dead.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "z.jsonl").write_text(GOOD, encoding="utf-8")
    corpus = load([tmp_path])
    assert [(rejected.where, rejected.reason.partition(";")[0]) for rejected in corpus.rejected] == [
        ("dead.txt", "cannot be opened (No such file or directory)"),
        ("pipe.txt", "not a regular file"),
    ]
    assert len(corpus.documents) == 1


def test_bad_rows(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        'id,text\n1,"one\nline more"\n2,two,three\n3\n\n4,four\n5,\n6,"never closed\n7,seven\n',
        encoding="utf-8",
    )
    corpus = load([tmp_path])
    assert [(document.id, document.text) for document in corpus.documents] == [
        ("1", "one\nline more"),
        ("4", "four"),
        ("6", "never closed\n7,seven\n"),
    ]
    assert [(rejected.where, rejected.reason.partition(";")[0]) for rejected in corpus.rejected] == [
        ("a.csv:4", "the row has 3 cells, the header 2"),
        ("a.csv:5", "the row has 1 cells, the header 2"),
        ("a.csv:8", "text is missing"),
    ]


def test_bad_parquet_rows_and_columns(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": [1, None, 3], "text": ["a", "b", None]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"id": ["x"], "text": [b"bytes"]}), tmp_path / "b.parquet")
    pq.write_table(pa.table({"id": ["y"]}), tmp_path / "c.parquet")
    corpus = load([tmp_path])
    assert [document.id for document in corpus.documents] == ["1"]
    assert [rejected.where for rejected in corpus.rejected] == [
        "a.parquet:2",
        "a.parquet:3",
        "b.parquet:1",
        "c.parquet",
    ]


@pytest.mark.parametrize(
    ("data", "text", "replacements"),
    [
        ("\ufeffHalo dunia\r\nBaris".encode(), "Halo dunia\r\nBaris", 0),
        ("Halo dunia".encode("utf-16"), "Halo dunia", 0),
        ("Halo dunia".encode("utf-32"), "Halo dunia", 0),
        (b"\xfe\xff" + "Halo".encode("utf-16-be"), "Halo", 0),
        ("Le président a été reçu à la mairie où l'on fêtait Noël. ".encode("latin-1") * 4, None, 0),
        (
            "Été à Genève, é è à ç ù é è à. ".encode() * 2 + b"\xff",
            "Été à Genève, é è à ç ù é è à. " * 2 + "\ufffd",
            1,
        ),
    ],
)
def test_encodings(tmp_path: Path, data: bytes, text: str | None, replacements: int) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    corpus = load([tmp_path])
    expected = text if text is not None else data.decode("latin-1")
    assert (corpus.documents[0].text, corpus.replacements) == (expected, replacements)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (
            "Der Bürgermeister sagte, dass der größere Markt am Freitag öffnet, weil das Dach fertig ist.",
            "cp1252",
        ),
        ("Wali kota mengatakan “pasar baru” itu akan dibuka – kata dia – pada hari Jumat.", "cp1252"),
        (
            "Burmistrz powiedział, że nowy targ zostanie otwarty w piątek, ponieważ dach jest naprawiony.",
            "cp1250",
        ),
        (
            "Starosta řekl, že nový trh bude otevřen v pátek, protože střecha je už opravená a jsou rádi.",
            "cp1250",
        ),
        ("Мэр сообщил, что новый рынок откроется в пятницу, потому что крышу уже починили.", "cp1251"),
        ("Мэр сообщил, что новый рынок откроется в пятницу, потому что крышу уже починили.", "koi8-r"),
        ("قال رئيس البلدية إن السوق الجديدة سوف تفتح يوم الجمعة بعد إصلاح السقف في المدينة", "cp1256"),
        ("市长表示，新市场将于星期五开放，屋顶已经修好。", "gbk"),
        ("市長は新しい市場が金曜日に開くと述べた。屋根の修理は終わっている。", "shift_jis"),
        ("시장은 지붕 수리가 끝나 새 시장이 금요일에 문을 연다고 말했다.", "euc-kr"),
    ],
)
def test_code_pages(tmp_path: Path, text: str, encoding: str) -> None:
    (tmp_path / "a.txt").write_bytes(text.encode(encoding))
    assert load([tmp_path]).documents[0].text == text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "latin-1"])
def test_lines_in_other_encodings(tmp_path: Path, encoding: str) -> None:
    text = "Le président a été reçu à la mairie où l'on fêtait Noël à Genève."
    lines = [
        json.dumps({"id": str(number), "text": f"{text} {number}"}, ensure_ascii=False) for number in range(3)
    ]
    (tmp_path / "a.jsonl").write_bytes("\n".join(lines).encode(encoding))
    corpus = load([tmp_path])
    assert [document.text for document in corpus.documents] == [f"{text} {number}" for number in range(3)]


def test_values_that_are_not_understood_are_counted(tmp_path: Path) -> None:
    record = {
        "id": 7,
        "text": "a \ud800 b",
        "kind": "cable",
        "published": "kemarin",
        "language": "Bahasa",
        "outlet": 5,
    }
    (tmp_path / "a.jsonl").write_text(json.dumps(record), encoding="utf-8")
    corpus = load([tmp_path])
    (document,) = corpus.documents
    assert (document.id, document.text, document.kind, document.published) == (
        "7",
        "a \ufffd b",
        "outlet",
        None,
    )
    assert corpus.replacements == 1
    assert sorted(corpus.notes) == [
        "kind is neither outlet nor wire: taken as outlet",
        "language is not an ISO 639-1 code: detected instead",
        "outlet is not a string",
        "published is not a date",
    ]


@pytest.mark.parametrize("suffix", [".csv", ".tsv"])
def test_a_header_with_a_bare_carriage_return_is_named(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"old{suffix}"
    path.write_bytes(b"id,text\r1,Storms kept the small boats in the harbour.\r")
    [bad] = load([path]).rejected
    assert bad.where == f"old{suffix}:1"
    assert bad.reason.startswith("not a CSV header")
    assert bad.reason.endswith("save the file with ordinary line ends")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    st.binary(max_size=300) | st.text(st.sampled_from('{}[]",:idtex1\n;\t'), max_size=80).map(str.encode),
    st.sampled_from(sorted(READERS)),
)
@example(b"id,text\r1,Storms kept the boats in.\r", ".csv")
def test_any_bytes(tmp_path: Path, data: bytes, suffix: str) -> None:
    """Whatever a file holds, nothing is raised and nothing is lost from the count."""
    (tmp_path / f"a{suffix}").write_bytes(data)
    corpus = load([tmp_path / f"a{suffix}"])
    assert corpus.read == len(corpus.documents) + len(corpus.rejected)
    for document in corpus.documents:
        document.text.encode("utf-8")
