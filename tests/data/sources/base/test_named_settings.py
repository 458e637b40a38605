"""Settings by name, by file or as they are; a name that is not there is answered with those that are."""

from __future__ import annotations

from pathlib import Path

import pytest

from lapa.data.bad_input import SettingsError
from lapa.data.sources.base.named_settings import built_in_names, load_named
from lapa.params.base import Params


class Recipe(Params):
    flour_g: int


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    (tmp_path / "bread.yml").write_text("flour_g: 500\n")
    (tmp_path / "cake.yml").write_text("flour_g: 250\n")
    return tmp_path


def test_name_file_and_mapping_lead_to_the_same(shelf: Path) -> None:
    given = ("bread", shelf / "bread.yml", {"flour_g": 500})
    loaded = [load_named(Recipe, how, built_in=shelf, kind="recipe") for how in given]
    assert loaded == [Recipe(flour_g=500)] * 3
    assert built_in_names(shelf) == ["bread", "cake"]


def test_a_misspelt_name_is_answered_with_the_known_ones(shelf: Path) -> None:
    message = r"no recipe 'bred'; did you mean 'bread'\? known: bread, cake"
    with pytest.raises(SettingsError, match=message):
        load_named(Recipe, "bred", built_in=shelf, kind="recipe")


def test_a_wrong_entry_is_named_with_its_file(shelf: Path) -> None:
    (shelf / "cake.yml").write_text("flour_g: much\n")
    with pytest.raises(SettingsError, match=r"cake\.yml: "):
        load_named(Recipe, "cake", built_in=shelf, kind="recipe")
