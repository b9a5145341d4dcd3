"""Language: short invented texts in many languages, and the corpora where they are at hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.text import language
from dedupe.text.language import detect

LISTED = sorted(word for word in language._words("latin") if word.isascii())
SHARED = Path(__file__).parents[1].parent / "shared" / "bench"

TEXTS = {
    "id": "Wali kota mengatakan pasar baru itu akan dibuka pada hari Jumat karena atap sudah selesai.",
    "ms": "Datuk Bandar berkata pasar baharu itu akan dibuka pada hari Jumaat kerana bumbung telah siap.",
    "en": "The mayor said that the new market will be opened on Friday because the roof has been repaired.",
    "fr": "Le maire a déclaré que le nouveau marché sera ouvert vendredi, car le toit a été réparé.",
    "de": "Der Bürgermeister sagte, dass der neue Markt am Freitag öffnet, weil das Dach nun repariert ist.",
    "es": "El alcalde dijo que el nuevo mercado se abrirá el viernes porque el techo ya está reparado.",
    "pt": "O prefeito disse que o novo mercado será aberto na sexta-feira porque o telhado já foi reparado.",
    "it": "Il sindaco ha detto che il nuovo mercato aprirà venerdì perché il tetto è stato riparato.",
    "nl": "De burgemeester zei dat de nieuwe markt vrijdag wordt geopend omdat het dak nu is gerepareerd.",
    "sv": "Borgmästaren sade att den nya marknaden öppnar på fredag och att taket inte läcker nu.",
    "pl": "Burmistrz powiedział, że nowy targ zostanie otwarty w piątek, ponieważ dach jest już naprawiony.",
    "tr": "Belediye başkanı yeni pazarın cuma günü açılacağını söyledi, ancak bu bir başlangıç.",
    "vi": "Thị trưởng cho biết chợ mới sẽ được mở vào thứ sáu vì mái nhà đã được sửa và không còn dột.",
    "ru": "Мэр сообщил, что новый рынок откроется в пятницу, потому что крышу уже починили и она не течёт.",
    "uk": "Мер повідомив, що новий ринок відкриють у п’ятницю, бо дах уже полагодили і він не протікає.",
    "ar": "قال رئيس البلدية إن السوق الجديدة سوف تفتح يوم الجمعة بعد إصلاح السقف في المدينة",
    "fa": "شهردار گفت که بازار جدید روز جمعه باز می شود و سقف آن را برای این کار تعمیر کرده اند",
    "ur": "میئر نے کہا ہے کہ نئی منڈی جمعہ کو کھلے گی اور اس کی چھت کی مرمت ہو چکی ہے",
    "hi": "महापौर ने कहा कि नया बाजार शुक्रवार को खुलेगा और छत की मरम्मत हो चुकी है।",
    "zh": "市长表示，新市场将于星期五开放，屋顶已经修好。",
    "ja": "市長は新しい市場が金曜日に開くと述べた。屋根の修理は終わっている。",
    "ko": "시장은 지붕 수리가 끝나 새 시장이 금요일에 문을 연다고 말했다.",
    "th": "นายกเทศมนตรีกล่าวว่าตลาดใหม่จะเปิดในวันศุกร์",
    "el": "Ο δήμαρχος είπε ότι η νέα αγορά θα ανοίξει την Παρασκευή.",
    "he": "ראש העיר אמר כי השוק החדש ייפתח ביום שישי.",
}


@pytest.mark.parametrize("code", TEXTS)
def test_one_sentence(code: str) -> None:
    assert detect(TEXTS[code]) == code


@pytest.mark.parametrize("text", ["", "   ", "12 345", "***", "Zxq wvb krt plm", "\ud800\ud800", "\x00"])
def test_nothing_to_go_by(text: str) -> None:
    assert detect(text) is None


@given(st.text())
def test_any_text_has_one_answer(text: str) -> None:
    found = detect(text)
    assert found == detect(text)
    assert found is None or len(found) == 2


def _lines(column: int) -> list[str]:
    rows = (SHARED / "id-en-dev.tsv").read_text(encoding="utf-8").splitlines()
    return [" ".join(row.split("\t")[column] for row in rows[at : at + 3]) for at in range(0, len(rows), 3)]


def _texts(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (SHARED / name).read_text(encoding="utf-8").splitlines()]


def test_corpora() -> None:
    if not SHARED.is_dir():
        pytest.skip("the corpora are not at hand")
    samples = {
        "id": _lines(0),
        "en": _lines(1) + [row["text"] for row in _texts("helsinki.jsonl")],
        "ur": [row["wire"]["text"] for row in _texts("counter-dev.jsonl")],  # type: ignore[index]
        "fr": [row["text"] for row in _texts("newsagency-dev.jsonl") if row["language"] == "fr"],
    }
    for code, texts in samples.items():
        assert sum(detect(text) == code for text in texts) / len(texts) >= 0.98, code


@given(
    st.lists(
        st.one_of(
            st.sampled_from(LISTED),
            st.sampled_from(LISTED).map(str.title),
            st.sampled_from(
                [" ", "\t", "\n", "\x0b", "\x0c", "\r", "\x1c", "\x1d", "\x1e", "\x1f", "\x00", "\x7f"]
            ),
            st.text(st.characters(max_codepoint=127)),
        )
    ).map("".join)
)
def test_words_are_those_that_python_splits(text: str) -> None:
    scores, words = language._word_scores(text, "latin")
    found = text.lower().split()
    assert words == len(found)
    numbers = [number for word in found for number in language._words("latin").get(word, ())]
    assert scores == [numbers.count(number) for number in range(len(scores))]
