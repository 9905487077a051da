"""
The built wheel, installed alone, away from the source tree.

`make wheel-test` builds it into build/wheel and installs it into build/wheel-venv with
nothing but the locked requirements; these tests run its command from an empty folder.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from generator import __version__

pytestmark = pytest.mark.wheel

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / "build" / "wheel-venv" / "bin" / "python"
FONTS = (
    "inter.woff2",
    "source-serif-4.woff2",
    "source-serif-4-italic.woff2",
    "Inter-Regular.ttf",
    "Inter-SemiBold.ttf",
)
DEMO = Path("output") / "2026-03-11" / "DEMO"


class Wheel:
    """The installed command in a folder of its own, without a network where the machine can take it away."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "http_proxy": "http://127.0.0.1:9",
            "https_proxy": "http://127.0.0.1:9",
        }
        offline = ["unshare", "--net"]
        self.prefix = (
            offline if shutil.which("unshare") and self._done(*offline, "true").returncode == 0 else []
        )

    def _done(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
            timeout=300,
        )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self._done(*self.prefix, str(PYTHON.with_name("strikebrief")), *arguments)

    def python(self, code: str) -> str:
        done = self._done(str(PYTHON), "-I", "-c", code)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture(scope="module")
def archive():
    wheels = sorted((ROOT / "build" / "wheel").glob("strikebrief-*.whl"))
    if not wheels:
        pytest.skip("needs the built wheel: run `make wheel-test`")
    with zipfile.ZipFile(wheels[-1]) as file:
        yield file


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    if not PYTHON.exists():
        pytest.skip("needs the installed wheel: run `make wheel-test`")
    return Wheel(tmp_path_factory.mktemp("away"))


@pytest.fixture(scope="module")
def demo(wheel):
    """The demo's brief; with the PDF where Pango is there."""
    pango = wheel.python(
        "import importlib.util as u, ctypes.util as c; print(bool(c.find_library('pango-1.0')))"
    )
    formats = "html,md,pdf" if pango == "True" else "html,md"
    done = wheel.run("demo", "--format", formats)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return wheel.folder / DEMO, done, formats


def test_the_wheel_holds_the_program_and_nothing_else(archive):
    tops = {name.partition("/")[0] for name in archive.namelist()}
    assert tops == {"generator", f"strikebrief-{__version__}.dist-info"}
    assert [name for name in archive.namelist() if "test" in Path(name).name or "__pycache__" in name] == []


def test_the_wheel_holds_templates_styles_and_cut_fonts(archive):
    names = set(archive.namelist())
    assert {f"generator/_assets/static/fonts/{font}" for font in FONTS} <= names
    assert any(name.startswith("generator/_assets/templates/") and name.endswith(".j2") for name in names)
    assert any(name.startswith("generator/_assets/static/") and name.endswith(".css") for name in names)


def test_the_licences_of_program_and_fonts_are_in_the_wheel(archive):
    names = archive.namelist()
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    assert sum("OFL-" in name and "_assets/static/fonts/" in name for name in names) == 2


def test_every_template_and_style_of_the_source_tree_is_in_the_wheel(archive):
    names = set(archive.namelist())
    wanted = {
        f"generator/_assets/{path.relative_to(ROOT).as_posix()}"
        for top in ("templates", "static")
        for path in (ROOT / top).rglob("*")
        if path.is_file()
    }
    assert wanted <= names


def test_the_program_comes_from_the_wheel_and_not_from_the_source_tree(wheel):
    place = wheel.python("import generator; print(generator.__file__)")
    assert Path(place).is_relative_to(PYTHON.parents[1])
    found = wheel.python("from generator import assets; print(assets.asset('fonts/inter.woff2'))")
    assert "_assets" in Path(found).parts


def test_version(wheel):
    done = wheel.run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"strikebrief {__version__}\n", "")


def test_help_names_the_commands(wheel):
    done = wheel.run("--help")
    assert done.returncode == 0
    assert [
        name
        for name in ("demo", "init", "build", "verify")
        if not re.search(rf"^ +{name} ", done.stdout, re.MULTILINE)
    ] == []


def test_the_demo_writes_every_file_without_a_network(demo):
    folder, done, formats = demo
    written = {path.name for path in folder.iterdir()}
    assert written >= {"brief.html", "brief.md", "brief.json", "manifest.json", "charts"}
    assert ("brief.pdf" in written) == ("pdf" in formats)
    assert str(DEMO / "brief.html") in done.stdout


def test_the_page_needs_no_other_file(demo):
    page = (demo[0] / "brief.html").read_text(encoding="utf-8")
    assert re.findall(r"""(?:src|href)=["']?(?!#|data:|https?://|mailto:)[^"'> ]+""", page) == []
    assert "url(data:font/woff2" in page.replace('"', "").replace("'", "")


def test_the_machine_twin_has_facts_and_mentions(demo):
    twin = json.loads((demo[0] / "brief.json").read_text(encoding="utf-8"))
    ids = {fact["id"] for fact in twin["facts"]}
    assert {"spot", "put_call.open_interest.all", "technicals.rsi_14"} <= ids
    assert len(twin["mentions"]) > 20
    assert (twin["symbol"], twin["session"]) == ("DEMO", "2026-03-11")


def test_the_brief_verifies_and_a_changed_digit_does_not(demo, wheel):
    folder = demo[0]
    assert wheel.run("verify", str(folder)).returncode == 0
    page = folder / "brief.html"
    honest = page.read_bytes()
    text = honest.decode("utf-8")
    spot = re.search(r'<data value="[^"]+" data-fact="spot">([^<]+)</data>', text)
    last = spot.end(1) - 1
    page.write_text(
        text[:last] + ("1" if text[last] != "1" else "2") + text[last + 1 :], encoding="utf-8", newline=""
    )
    try:
        done = wheel.run("verify", str(folder))
    finally:
        page.write_bytes(honest)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_the_demo_again_gives_the_same_bytes(demo, wheel):
    folder, _, formats = demo
    done = wheel.run("demo", "--format", formats, "--out", "again")
    assert done.returncode == 0, done.stderr
    other = wheel.folder / "again" / DEMO.relative_to("output")
    first = {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    second = {p.relative_to(other): p.read_bytes() for p in other.rglob("*") if p.is_file()}
    assert [str(name) for name in first.keys() | second.keys() if first.get(name) != second.get(name)] == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["build", "../IWM", "--source", "synthetic:1"], 2),
        (["build", "IWM", "--source", "nowhere:1"], 2),
        (["build", "IWM", "--source", "csv:missing", "--as-of", "2026-03-11"], 65),
        (["frobnicate"], 2),
        (["build", "IWM", "--source", "synthetic:1", "--as-of", "2026-05-23"], 0),
        (["demo", "--format", "html", "--out", "/dev/null/x"], 73),
        (["demo", "--config", "missing.toml"], 78),
        (["verify", "missing"], 65),
    ],
)
def test_exit_codes_and_one_line_errors(wheel, arguments, code):
    done = wheel.run(*arguments)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    if code:
        assert [line for line in done.stderr.splitlines() if line.startswith("error: ")]
