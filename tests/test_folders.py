from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from generator import folders
from generator.errors import OutputError

ROOT = Path(__file__).resolve().parents[1]


def ours(name):
    return name.startswith("brief.") or name == "charts"


def files_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_is_written_with_its_subfolders(tmp_path):
    folder = tmp_path / "2026-05-22" / "IWM"
    folders.write(folder, [("brief.md", b"text"), ("charts/price.png", b"png")], ours=ours)
    assert files_of(folder) == {"brief.md": b"text", "charts/price.png": b"png"}
    assert list(folder.parent.iterdir()) == [folder]


def test_a_folder_of_ours_is_replaced_whole(tmp_path):
    folder = tmp_path / "IWM"
    folders.write(folder, [("brief.md", b"old"), ("brief.pdf", b"old")], ours=ours)
    folders.write(folder, [("brief.md", b"new")], ours=ours)
    assert files_of(folder) == {"brief.md": b"new"}
    assert list(tmp_path.iterdir()) == [folder]


def test_a_folder_with_a_file_of_somebody_else_is_left_alone(tmp_path):
    folder = tmp_path / "IWM"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"notes\.txt"):
        folders.write(folder, [("brief.md", b"new")], ours=ours)
    assert files_of(folder) == {"notes.txt": b"mine"}


def with_a_stranger(folder, name, *, manifest=True):
    files = [("brief.md", b"old"), ("charts/price.png", b"png"), ("charts/volatility.png", b"png")]
    listed = json.dumps({"files": [{"path": path} for path, _ in files]}).encode()
    folders.write(folder, [*files, *[("manifest.json", listed)] * manifest], ours=everything)
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("mine")


def everything(name):
    return "/" not in name


@pytest.mark.parametrize("name", ["charts/mine.txt", "charts/mine.png", "charts/more/price.png", "charts/.x"])
def test_a_file_of_somebody_else_among_the_charts_is_left_alone(tmp_path, name):
    folder = tmp_path / "IWM"
    with_a_stranger(folder, name)
    before = files_of(folder)
    with pytest.raises(OutputError, match="of yours in it; move that away") as caught:
        folders.write(folder, [("brief.md", b"new")], ours=everything)
    assert name.removesuffix("/price.png") in str(caught.value)
    assert caught.value.exit_code == 73
    assert files_of(folder) == before


@pytest.mark.parametrize("manifest", [b"", b"[]", b'{"files": [1]}', b"[" * 100_000])
def test_without_a_manifest_only_pictures_in_a_subfolder_may_go(tmp_path, manifest):
    folder = tmp_path / "IWM"
    with_a_stranger(folder, "manifest.json", manifest=False)
    (folder / "manifest.json").write_bytes(manifest)
    folders.write(folder, [("brief.md", b"new")], ours=everything)
    with_a_stranger(folder, "charts/notes", manifest=False)
    with pytest.raises(OutputError, match="charts/notes"):
        folders.write(folder, [("brief.md", b"new")], ours=everything)


def test_charts_of_the_last_time_that_are_not_drawn_again_go(tmp_path):
    folder = tmp_path / "IWM"
    with_a_stranger(folder, "brief.md")
    folders.write(folder, [("charts/price.png", b"new")], ours=everything)
    assert files_of(folder) == {"charts/price.png": b"new"}


def test_a_file_where_the_folder_should_be_is_left_alone(tmp_path):
    taken = tmp_path / "IWM"
    taken.write_text("mine")
    with pytest.raises(OutputError, match="found a file") as caught:
        folders.write(taken, [("brief.md", b"new")], ours=ours)
    assert caught.value.exit_code == 73
    assert taken.read_text() == "mine"


def test_a_file_above_the_folder_is_named(tmp_path):
    (tmp_path / "output").write_text("mine")
    with pytest.raises(OutputError, match=r"cannot write .*output"):
        folders.write(tmp_path / "output" / "IWM", [("brief.md", b"new")], ours=ours)


def test_a_link_to_a_folder_is_not_followed(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "IWM").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match="a link"):
        folders.write(tmp_path / "IWM", [("brief.md", b"new")], ours=ours)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_read_only_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="cannot write"):
        folders.write(tmp_path / "IWM", [("brief.md", b"new")], ours=ours)
    tmp_path.chmod(0o700)


def test_the_old_folder_stands_when_the_files_cannot_be_made(tmp_path):
    def broken():
        yield "brief.md", b"half"
        raise OSError(28, "No space left on device")

    folder = tmp_path / "IWM"
    folders.write(folder, [("brief.md", b"old")], ours=ours)
    with pytest.raises(OutputError, match="No space left on device; nothing was changed"):
        folders.write(folder, broken(), ours=ours)
    assert files_of(folder) == {"brief.md": b"old"}
    assert list(tmp_path.iterdir()) == [folder]


@pytest.fixture
def tiny_disk(tmp_path):
    """A file system of 64 KB."""
    if os.geteuid() != 0:
        pytest.skip("needs root to mount a small file system")
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip(f"cannot mount a small file system here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_full_disk_leaves_the_old_folder(tiny_disk):
    folder = tiny_disk / "IWM"
    folders.write(folder, [("brief.md", b"old")], ours=ours)
    with pytest.raises(OutputError, match="No space left on device") as caught:
        folders.write(folder, [("brief.md", b"x" * 200_000)], ours=ours)
    assert caught.value.exit_code == 73
    assert files_of(folder) == {"brief.md": b"old"}
    assert list(tiny_disk.iterdir()) == [folder]


SLOW = """
import sys, time
from pathlib import Path
from generator import folders

def slow():
    yield "brief.md", b"half"
    print("half", flush=True)
    time.sleep(60)

folders.write(Path(sys.argv[1]), slow(), ours=lambda name: True)
"""


def killed_while_writing(folder):
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout.readline() == "half\n"
        process.send_signal(signal.SIGKILL)
    return process.pid


def test_a_killed_writer_leaves_the_old_folder_and_the_next_one_clears_up(tmp_path):
    folder = tmp_path / "IWM"
    folders.write(folder, [("brief.md", b"old")], ours=ours)
    killed_while_writing(folder)
    assert files_of(folder) == {"brief.md": b"old"}
    assert len(list(tmp_path.iterdir())) == 2
    folders.write(folder, [("brief.md", b"new")], ours=ours)
    assert files_of(folder) == {"brief.md": b"new"}
    assert list(tmp_path.iterdir()) == [folder]


def test_a_killed_first_writer_leaves_no_folder(tmp_path):
    killed_while_writing(tmp_path / "IWM")
    assert not (tmp_path / "IWM").exists()


def test_what_a_killed_writer_had_set_aside_comes_back_when_the_next_one_fails(tmp_path):
    folder = tmp_path / "IWM"
    pid = killed_while_writing(tmp_path / "other")
    aside = tmp_path / f".IWM.{pid}.old"
    aside.mkdir()
    (aside / "brief.md").write_bytes(b"old")
    with pytest.raises(OutputError):
        folders.write(folder, [("brief.md", b"x"), ("brief.md/below", b"x")], ours=ours)
    assert files_of(folder) == {"brief.md": b"old"}


def test_the_temporary_folder_of_a_living_process_is_left_alone(tmp_path):
    other = tmp_path / f".IWM.{os.getppid()}.part"
    other.mkdir()
    folders.write(tmp_path / "IWM", [("brief.md", b"new")], ours=ours)
    assert other.is_dir()


def test_processes_that_write_one_folder_at_a_time_leave_one_whole_folder(tmp_path):
    code = (
        "import sys; from pathlib import Path; from generator import folders\n"
        "for _ in range(20): folders.write(Path(sys.argv[1]), "
        "[('brief.md', sys.argv[2].encode() * 1000), ('brief.json', sys.argv[2].encode())], ours=bool)"
    )
    folder = tmp_path / "IWM"
    command = [sys.executable, "-c", code, str(folder)]
    processes = [subprocess.Popen([*command, letter], cwd=ROOT) for letter in "ab"]
    assert [process.wait() for process in processes] == [0, 0]
    found = files_of(folder)
    assert found["brief.md"] == found["brief.json"] * 1000
    assert list(tmp_path.iterdir()) == [folder]
