"""What import-linter cannot see: imports at run time, calls, and names of modules."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "generator"
MODULES = sorted(PACKAGE.rglob("*.py"))
TREES = {path.relative_to(PACKAGE): ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}
PURE = {"analytics", "audit", "charts", "narrative", "rules"}
HEAVY = {"jinja2", "matplotlib", "numpy", "pandas", "talib", "weasyprint", "yfinance"}
CLOCK = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
ENVIRONMENT = {"os.environ", "os.getenv", "os.environb"}
CHANCE = {"random", "secrets", "uuid"}
FILES = {"open", "read_text", "read_bytes", "write_text", "write_bytes"}
#: run a command in a fresh interpreter, then print what it has imported
PROBE = """
import json, sys
from generator.__main__ import main
code = 0
try:
    main()
except SystemExit as stop:
    code = stop.code or 0
finally:
    names = sorted({name.partition(".")[0] for name in sys.modules})
    print("\\n" + json.dumps({"code": code, "modules": names}))
"""


def imported_by(arguments: list[str], folder: Path) -> set[str]:
    command = [sys.executable, "-c", PROBE, *arguments]
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["code"] == 0, done.stderr
    return set(report["modules"])


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def called(tree: ast.AST) -> Iterator[str]:
    """Yield the last two parts of every dotted name that is read, and every bare name that is called."""
    written = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node not in written:
            owner = node.value
            name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            yield f"{'datetime' if name == 'dt' else name}.{node.attr}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


def outside_the_command_line() -> list[tuple[Path, ast.Module]]:
    return [(path, tree) for path, tree in TREES.items() if path.parts[0] not in {"cli", "__main__.py"}]


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_and_version_import_nothing_heavy(arguments, tmp_path):
    assert imported_by(arguments, tmp_path) & (HEAVY | {"click"}) == set()


def test_help_of_a_command_imports_nothing_heavy(tmp_path):
    assert imported_by(["build", "--help"], tmp_path) & HEAVY == set()


def test_html_and_markdown_come_out_without_weasyprint(tmp_path):
    seen = imported_by(["demo", "--format", "html,md"], tmp_path)
    assert {path.name for path in tmp_path.rglob("brief.*")} >= {"brief.html", "brief.md", "brief.json"}
    assert "weasyprint" not in seen


def test_no_module_has_a_name_that_says_nothing():
    assert [
        path for path in TREES if path.stem in {"utils", "util", "helpers", "common", "misc", "core"}
    ] == []


def test_pyplot_is_never_imported():
    assert [path for path, tree in TREES.items() if "matplotlib.pyplot" in set(imports(tree))] == []


def test_weasyprint_is_imported_where_the_pdf_is_made_and_nowhere_else():
    users = {
        path
        for path, tree in TREES.items()
        if any(name.partition(".")[0] == "weasyprint" for name in imports(tree))
    }
    assert users <= {
        Path("renderers") / name for name in ("locked.py", "pdf.py", "pdf_worker.py", "press.py")
    }


@pytest.mark.parametrize(("what", "names"), [("clock", CLOCK), ("environment", ENVIRONMENT)])
def test_only_the_command_line_reads_the_clock_and_the_environment(what, names):
    readers = {
        str(path): used for path, tree in outside_the_command_line() if (used := names & set(called(tree)))
    }
    assert readers == {}, what


def test_only_the_command_line_is_left_to_chance():
    lucky = {
        str(path): used
        for path, tree in outside_the_command_line()
        if (used := CHANCE & {name.partition(".")[0] for name in imports(tree)})
    }
    assert lucky == {}


def test_a_generator_of_random_numbers_is_always_given_its_seed():
    unseeded = [
        str(path)
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) == "default_rng"
        and not node.args
        and not node.keywords
    ]
    assert unseeded == []


def test_what_computes_and_writes_opens_no_file():
    openers = {
        str(path): used
        for path, tree in TREES.items()
        if path.parts[0] in PURE
        and (
            used := FILES & {name.rpartition(".")[2] for name in called(tree)}
            | {"urllib.request"} & set(imports(tree))
        )
    }
    assert openers == {}
