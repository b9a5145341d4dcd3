"""What a session on this machine is started with, and where its files lie."""

import os
import time
from pathlib import Path

import pytest

from dedupe.engines.spark import archive
from dedupe.engines.spark.files import local_path


@pytest.fixture
def java(tmp_path, monkeypatch):
    pytest.importorskip("pyspark", reason='pip install "wiretrace[spark]"')
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "java").touch()
    return tmp_path / "java"


def file_of(options):
    return Path(options.rpartition("=")[2])


def test_the_first_run_leaves_javas_classes_and_later_ones_use_them(java):
    first = archive.options(java)
    assert "-XX:ArchiveClassesAtExit=" in first
    file_of(first).write_bytes(bytes(8))  # as it is while Java writes it, or when that was stopped
    assert archive.options(java) == first
    file_of(first).write_bytes(b"\x8b\xba\x0b\xf0....")
    later = archive.options(java)
    assert "-XX:SharedArchiveFile=" in later
    assert file_of(later) == file_of(first)


def test_another_java_has_another_file_and_what_no_one_uses_goes(java):
    first = file_of(archive.options(java))
    first.write_bytes(b"whole")
    os.utime(java, (1, 1))
    assert file_of(archive.options(java)) != first
    assert first.exists()
    os.utime(first, (1, time.time() - 40 * 86_400))
    archive.options(java)
    assert not first.exists()


def test_where_no_file_can_be_java_starts_without(java, tmp_path, monkeypatch):
    for folder in (tmp_path / "java" / "below a file", tmp_path / "with space"):
        monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
        assert archive.options(java) == ""


def test_files_of_this_machine_are_told_from_others():
    assert local_path("file:///a%20b/c%2525.parquet") == "/a b/c%25.parquet"
    assert local_path("hdfs://nn/a") is None
