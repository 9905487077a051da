from __future__ import annotations

import pytest

from generator.errors import ConfigError
from generator.registry import load

TABLE = {"path": "pathlib:PurePath", "broken": "generator.nowhere:Thing"}


def test_a_name_of_the_table_is_imported_on_first_use():
    assert load("thing", TABLE, "path").__name__ == "PurePath"


def test_a_dotted_path_stands_for_itself():
    assert load("thing", TABLE, "collections:OrderedDict").__name__ == "OrderedDict"


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(ConfigError, match="no thing called 'x'; there are broken, path"):
        load("thing", TABLE, "x")


def test_a_failing_import_says_so():
    with pytest.raises(ConfigError, match="thing 'broken' cannot be imported"):
        load("thing", TABLE, "broken")
