from __future__ import annotations

import gzip
import os
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.archive import foreign
from generator.archive.foreign import ForeignFolder, printable
from generator.errors import DataError


@pytest.fixture
def place(tmp_path):
    (tmp_path / "chains").mkdir()
    (tmp_path / "chains" / "good.csv").write_text("a,b\n1,2\n")
    return tmp_path


def reasons(place):
    return {item.name: item.reason for item in ForeignFolder(place).left}


def test_ordinary_files_of_the_known_folders_are_found_and_read(place):
    (place / "raw").mkdir()
    (place / "raw" / "other.csv").write_text("x")
    (place / "chains" / ".hidden").write_text("x")
    (place / "chains" / "2026").mkdir()
    (place / "chains" / "2026" / "more.csv").write_text("x")
    found = ForeignFolder(place)
    assert found.names("chains") == ("chains/2026/more.csv", "chains/good.csv")
    assert found.read("chains/good.csv") == b"a,b\n1,2\n"
    assert found.left == []


@pytest.mark.parametrize("target", ["good.csv", "/etc/passwd", ".", "..", "/dev/zero", "nowhere", "loop.csv"])
def test_no_link_is_followed(place, target):
    (place / "chains" / "loop.csv").symlink_to(target)
    assert reasons(place) == {"chains/loop.csv": foreign.LINK}
    assert ForeignFolder(place).names("chains") == ("chains/good.csv",)


def test_a_folder_that_is_a_link_is_not_entered(tmp_path):
    (tmp_path / "chains").symlink_to("/etc")
    assert reasons(tmp_path) == {"chains": foreign.LINK}
    assert ForeignFolder(tmp_path).found == []


def test_a_file_that_becomes_a_link_is_not_read(place):
    found = ForeignFolder(place)
    (place / "chains" / "good.csv").unlink()
    (place / "chains" / "good.csv").symlink_to("/etc/passwd")
    with pytest.raises(DataError, match="cannot be read"):
        found.read("chains/good.csv")


def test_pipes_and_sockets_are_not_opened(place, monkeypatch):
    os.mkfifo(place / "chains" / "pipe.csv")
    monkeypatch.chdir(place / "chains")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.csv")
        told = reasons(place)
    assert set(told) == {"chains/pipe.csv", "chains/socket.csv"}
    assert set(told.values()) == {"wanted a regular file, found a pipe, a socket or a device"}


@pytest.mark.parametrize(
    "name",
    [b"line\nbreak.csv", b"bell\x07.csv", b"\xff\xfe.csv", b"a\\b.csv", b"C:x.csv", "a\u202eb.csv".encode()],
)
def test_evil_names_are_refused_and_told_in_one_plain_line(place, name):
    path = os.fsencode(place / "chains") + b"/" + name
    with open(path, "w"):  # noqa: PTH123  a name of bytes
        pass
    ((told, reason),) = reasons(place).items()
    assert "rename it" in reason
    assert told.isprintable()
    assert "\n" not in told


def test_a_long_name_and_a_deep_folder_are_refused(place):
    (place / "chains" / ("x" * 201)).write_text("x")
    deep = place / "chains" / "/".join("abcdefgh")
    deep.mkdir(parents=True)
    (deep / "deep.csv").write_text("x")
    told = reasons(place)
    assert any("at most 200 bytes" in reason for reason in told.values())
    assert "wanted folders at most 8 deep, found deeper" in told.values()
    assert all(len(name) < 220 for name in told)


def test_too_many_files_are_one_error(place, monkeypatch):
    monkeypatch.setattr(foreign, "MOST_FILES", 3)
    for number in range(4):
        (place / "chains" / f"{number}.csv").write_text("x")
    with pytest.raises(DataError, match="wanted at most 3 files"):
        ForeignFolder(place)


def test_a_large_file_is_refused_before_it_is_read(place):
    with (place / "chains" / "large.csv").open("wb") as file:
        file.truncate(foreign.MOST_BYTES + 1)
    assert reasons(place) == {"chains/large.csv": "wanted at most 64 MiB, found more"}


def bomb(size):
    return gzip.compress(b"0" * size)


@pytest.mark.parametrize(
    ("name", "data", "wanted"),
    [
        ("chains/bomb.csv.gz", bomb(2 * 1024 * 1024), "100 times its packed size"),
        ("chains/large.csv.gz", bomb(65 * 1024 * 1024), "64 MiB of content"),
        ("chains/cut.csv.gz", bomb(1000)[:-4], "cut off"),
        ("chains/no.csv.gz", b"plain", "wanted a gzip file"),
        ("chains/lines.csv", b"\n" * 200_001, "at most 200000 lines"),
        ("news/deep.json", b"[" * 33 + b"]" * 33, "at most 32 deep"),
        ("news/deep.json.gz", gzip.compress(b'{"a":' * 100_000), "at most 32 deep"),
    ],
)
def test_bombs_are_refused_when_they_are_read(place, name, data, wanted):
    (place / name).parent.mkdir(exist_ok=True)
    (place / name).write_bytes(data)
    with pytest.raises(DataError, match=wanted):
        ForeignFolder(place).read(name)


def test_brackets_in_words_are_no_nesting(place):
    (place / "news").mkdir()
    (place / "news" / "a.json").write_bytes(b'{"title": "' + b"[" * 500 + b'\\""}')
    assert ForeignFolder(place).read("news/a.json")


@pytest.mark.parametrize("name", ["nothing", "file"])
def test_what_is_no_folder_cannot_be_imported(tmp_path, name):
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataError, match="wanted a folder to import at"):
        ForeignFolder(tmp_path / name)


@given(st.text())
def test_any_name_is_told_in_one_line_of_plain_characters(name):
    told = printable(name)
    assert told.isprintable()
    assert len(told) <= foreign.LONGEST_NAME + 3


@given(st.binary(max_size=60))
def test_names_of_any_bytes_are_told(name):
    assert printable(os.fsdecode(name)).isprintable()
