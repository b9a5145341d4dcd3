"""Settings: every name is checked, every error says what would have been legal."""

import pytest

from dedupe import settings
from dedupe.errors import SettingsError


def test_defaults_then_file_then_assignments(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("[about]\ntuned_on = 'x'\n[align]\nmin_words = 12\n[tfidf]\nthreshold = 1\n")
    found = settings.load(path, ["align.min_words=14", "candidates.same_outlet=true"])
    assert found.align.min_words == 14
    assert found.tfidf.threshold == 1.0 and isinstance(found.tfidf.threshold, float)
    assert found.candidates.same_outlet is True


@pytest.mark.parametrize(
    ("assignment", "part"),
    [
        ("align.min_wrods=3", "align has"),
        ("algin.min_words=3", "use one of"),
        ("align.min_words=many", "takes int"),
        ("align.min_words=3.5", "takes int"),
        ("candidates.same_outlet=1", "takes bool"),
        ("min_words=3", "section.name=value"),
        ("align.min_words", "section.name=value"),
    ],
)
def test_wrong_assignments_say_what_is_legal(assignment, part):
    with pytest.raises(SettingsError, match=part):
        settings.load(None, [assignment])


@pytest.mark.parametrize("text", ["min_words = 3", "[align\n", "[nonsense]\nx = 1\n", "[align]\nnope = 1\n"])
def test_wrong_files_are_named(tmp_path, text):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match="mine.toml"):
        settings.load(path)


def test_shipped_profiles_load_and_an_unknown_one_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for path in settings.PROFILES.glob("*.toml"):
        settings.load(path)
    with pytest.raises(SettingsError, match="profiles are"):
        settings.shipped(settings.Path("nonesuch"))
