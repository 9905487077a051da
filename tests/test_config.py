from __future__ import annotations

from pathlib import Path

import pytest

from generator import config
from generator.errors import ConfigError, UsageError
from generator.models.analysis import Choices


def written(folder: Path, text: str) -> Path:
    path = folder / "strikebrief.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        config.read(written(folder, text))
    assert caught.value.exit_code == 78
    return caught.value.problems


def test_no_file_gives_the_defaults():
    settings = config.read(None)
    assert settings.formats == ("html", "md", "pdf")
    assert settings.choices == Choices()
    assert settings.source is None


def test_an_empty_file_gives_the_defaults_beside_it(tmp_path):
    settings = config.read(written(tmp_path, ""))
    assert settings.out == tmp_path / "output"
    assert settings.symbols == ()


def test_every_setting_is_read(tmp_path):
    (tmp_path / "theme").mkdir()
    settings = config.read(
        written(
            tmp_path,
            """
            [brief]
            symbols = ["iwm", "IWM", "BRK.B"]
            source = "csv:data"
            formats = ["md", "md", "html"]
            out = "briefs"
            language = "en"
            tier = "pro"
            [definitions]
            rsi = "cutler"
            bollinger = "sample"
            rate = 0.0365
            [csv.columns]
            open_interest = "OpenInt"
            [symbols.IWM]
            name = "iShares Russell 2000 ETF"
            [theme]
            folder = "theme"
            """,
        )
    )
    assert settings.symbols == ("IWM", "BRK.B")
    assert settings.source == f"csv:{tmp_path / 'data'}"
    assert settings.formats == ("md", "html")
    assert settings.out == tmp_path / "briefs"
    assert settings.choices == Choices(rsi="cutler", bollinger="sample", rate=0.0365)
    assert settings.columns == {"open_interest": "OpenInt"}
    assert settings.names == {"IWM": "iShares Russell 2000 ETF"}
    assert settings.theme == tmp_path / "theme"


def test_all_problems_are_listed_at_once_with_their_lines(tmp_path):
    found = problems(
        tmp_path,
        """[brief]
symbols = ["../IWM"]
formts = ["html"]
language = "es"
[definitions]
rsi = "simple"
rate = 3.65
[thme]
folder = "x"
""",
    )
    assert [problem.partition(": ")[0] for problem in found] == [f"line {n}" for n in (2, 3, 4, 6, 7, 8)]
    assert "brief.formts: no such setting; did you mean formats?" in found[1]
    assert "thme: no such table; did you mean theme?" in found[5]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ('brief = "IWM"', "brief"),
        ("[brief]\nsymbols = 'IWM'", "brief.symbols"),
        ("[brief]\nsymbols = [1]", "brief.symbols"),
        ("[brief]\nformats = []", "brief.formats"),
        ('[brief]\nformats = ["email"]', "brief.formats"),
        ('[brief]\nsource = ""', "brief.source"),
        ("[brief]\nout = 3", "brief.out"),
        ('[brief]\ntier = "free"', "brief.tier"),
        ("[definitions]\nrate = true", "definitions.rate"),
        ('[definitions]\nbollinger = "ddof1"', "definitions.bollinger"),
        ("[csv]\ncolumns = 3", "csv.columns"),
        ("[csv.colums]\na = 'b'", "csv.colums"),
        ("[csv.columns]\nstrike = 3", "csv.columns.strike"),
        ("[symbols]\nIWM = 'x'", "symbols.IWM"),
        ("[symbols.IWM]\nnme = 'x'", "symbols.IWM.nme"),
        ('[symbols."a~b"]\nname = "x"', "symbols.a~b"),
        ("[theme]\nfolder = []", "theme.folder"),
    ],
)
def test_a_wrong_value_is_named_by_its_address(tmp_path, text, address):
    (problem,) = problems(tmp_path, text)
    assert f"{address}: " in problem
    assert problem.startswith("line ")


def test_a_theme_that_is_not_there_is_a_problem(tmp_path):
    (problem,) = problems(tmp_path, '[theme]\nfolder = "none"\n')
    assert problem.startswith("line 2: theme.folder: wanted a folder")


def test_a_file_that_is_no_toml_says_where(tmp_path):
    (problem,) = problems(tmp_path, "[brief\n")
    assert "strikebrief.toml is not TOML" in problem
    assert "line 1" in problem


def test_bytes_that_are_no_text_are_a_problem_of_the_settings(tmp_path):
    path = tmp_path / "strikebrief.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="is not TOML"):
        config.read(path)


def test_a_missing_file_that_was_named_is_a_problem(tmp_path):
    with pytest.raises(ConfigError, match="found none"):
        config.read(tmp_path / "none.toml")


def test_the_folder_comes_before_the_users_own(tmp_path):
    here, home = tmp_path / "here", tmp_path / "home"
    here.mkdir()
    home.mkdir()
    assert config.find(None, here, home) is None
    users = written(home, "")
    assert config.find(None, here, home) == users
    local = written(here, "")
    assert config.find(None, here, home) == local
    assert config.find(tmp_path / "named.toml", here, home) == tmp_path / "named.toml"


@pytest.mark.parametrize("text", ["IWM", "brk.b", "BF-B", "^SPX", "X"])
def test_a_symbol_is_put_in_upper_case(text):
    assert config.checked_symbol(text) == text.upper()


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "../IWM",
        "IWM/..",
        "IWM~es",
        "IWM\n",
        "-rf",
        "ıwm",
        "I WM",
        "\x00",
        "A" * 40,
        "<b>",
        "$(x)",
        "IWM;ls",
        "СPY",
    ],
)
def test_a_hostile_symbol_is_a_usage_error(text):
    with pytest.raises(UsageError) as caught:
        config.checked_symbol(text)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 3000 + "]" * 3000,
        "a = " + "{b = " * 3000 + "1" + "}" * 3000,
        "brief.symbols" + ".a" * 3000 + " = 1",
        "[csv.columns" + ".a" * 3000 + "]",
        "a = " + "9" * 5000,
    ],
    ids=["lists", "tables", "keys", "headers", "digits"],
)
def test_settings_past_all_depth_are_a_problem_of_the_settings(tmp_path, text):
    (problem,) = problems(tmp_path, text)
    assert "strikebrief.toml" in problem


# --- sources and rights


def test_sources_are_read_by_part_with_their_own_tables(tmp_path):
    settings = config.read(
        written(
            tmp_path,
            """
            [sources]
            chain = ["tradier", "cboe"]
            bars = "csv:data"
            open_interest = "package.module:Class:x"
            expirations = 12
            [sources.tradier]
            token_env = "TRADIER_TOKEN"
            base_url = "https://sandbox.example.com"
            ca_file = "ca.pem"
            spacing = 0.5
            timeout = 5
            retries = 0
            [rights]
            show = "computed"
            [rights.confirmed]
            tradier = ["computed", "mail"]
            """,
        )
    )
    assert settings.sourcing.parts == {
        "chain": ("tradier", "cboe"),
        "bars": (f"csv:{tmp_path / 'data'}",),
        "open interest": ("package.module:Class:x",),
    }
    assert settings.sourcing.expirations == 12
    assert settings.sourcing.options["tradier"]["ca_file"] == str(tmp_path / "ca.pem")
    assert settings.show == "computed"
    assert settings.confirmed == {"tradier": ("computed", "mail")}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[sources]\nchain = "yahooo"', "line 2: sources.chain: no source called 'yahooo'"),
        ("[sources]\nchain = []", "line 2: sources.chain: wanted a source or a list"),
        ("[sources]\nchain = 3", "wanted a source or a list of sources, found 3"),
        ("[sources]\nchian = 3", "line 2: sources.chian: no such setting; there are chain, bars"),
        ("[sources]\nexpirations = 0", "sources.expirations: wanted 1 to 100, found 0"),
        ("[sources]\nexpirations = true", "wanted 1 to 100, found True"),
        ("[sources.nobody]\nspacing = 1", "line 1: sources.nobody: no such source"),
        ("[sources.cboe]\nspeed = 1", "line 2: sources.cboe.speed: no such setting"),
        ("[sources.cboe]\nspacing = -1", "sources.cboe.spacing: wanted 0 to 60 seconds, found -1"),
        ("[sources.cboe]\ntimeout = nan", "sources.cboe.timeout: wanted 1 to 300 seconds, found nan"),
        ('[sources.cboe]\nbase_url = "http://x"', "sources.cboe.base_url: wanted an https address"),
        (
            '[sources.cboe]\nbase_url = "https://me:secret@x"',
            "sources.cboe.base_url: wanted an https address",
        ),
        (
            '[sources.tradier]\ntoken_env = "a b"',
            "tradier.token_env: wanted the name of an environment",
        ),
        ("[sources.cboe]\nca_file = 1", "sources.cboe.ca_file: wanted a file, found 1"),
        (
            '[archive]\nurl = "no://x"',
            "line 2: archive.url: wanted an address such as s3://bucket/archive of a",
        ),
        ('[archive]\nurl = "https://x/y"', "s3://bucket/archive that can be written to, found https"),
        ('[archive]\nurl = "ftp://me:pw@x/y"', "without a password in it, found one with"),
        ('[archive]\nurl = "here"', "line 2: archive.url: wanted an address such as s3://bucket/archive"),
        ('[rights]\nshow = "all"', "rights.show: wanted prices or computed, found 'all'"),
        ("[rights]\nconfirmed = 1", "rights.confirmed: wanted a table [rights.confirmed], found 1"),
        (
            '[rights.confirmed]\ncboe = ["everything"]',
            "rights.confirmed.cboe: wanted a list of store",
        ),
        ("[rights.confirmed]\ncboe = []", "rights.confirmed.cboe: wanted a list of"),
        ('[rights.confirmed]\nnobody = ["mail"]', "rights.confirmed.nobody: no such source"),
    ],
)
def test_what_is_wrong_with_sources_and_rights_is_told_with_its_line(tmp_path, text, says):
    (problem,) = problems(tmp_path, text)
    assert says in problem


def test_a_key_is_never_in_the_settings_only_the_name_of_its_variable(tmp_path):
    (problem,) = problems(tmp_path, '[sources.tradier]\ntoken = "s3cret"')
    assert "no such setting" in problem
    assert "s3cret" not in problem
