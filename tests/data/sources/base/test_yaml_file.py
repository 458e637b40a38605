"""Field maps of others: nothing runs, nothing explodes, every refusal names the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from lapa.data.bad_input import BadInputs, SettingsError
from lapa.data.sources import open_source
from lapa.data.sources.base.yaml_file import parse_yaml, read_yaml

LAUGHS = "a0: &a0 [lol]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 30)
)
MERGES = "a0: &a0 {x: 1}\n" + "".join(
    f"a{n}: &a{n}\n  <<: [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 30)
)

TRAPS = {
    "laughs": LAUGHS,
    "merges": MERGES,
    "of itself": "a: &a [*a]\n",
    "python": "a: !!python/object/apply:os.system ['touch PWNED']\n",
    "tag": "a: !thing {b: 1}\n",
    "broken": "a: [1, 2\n",
    "tab": "a:\n\t- b\n",
    "deep": "[" * 1200,
    "control": "a: \x00\n",
    "date": "a: 2024-99-99\n",
    "binary": "a: !!binary '*'\n",
    "large": "#" * (2 << 20),
    "list": "- a\n- b\n",
    "empty": "",
    "unknown name": "no_such_entry: 1\n",
}


@pytest.mark.parametrize("trap", TRAPS)
@pytest.mark.parametrize("kind", ["rlds", "video_with_arrays"])
def test_traps_are_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, trap: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "map.yml").write_text(TRAPS[trap])
    with pytest.raises(SettingsError, match=r"map\.yml"):
        list(open_source(kind, tmp_path, fields=tmp_path / "map.yml", report=BadInputs()))
    assert not (tmp_path / "PWNED").exists()


def test_ordinary_aliases_and_anchors_are_read() -> None:
    text = "units: &units [m, m]\na: {units: *units}\nb: {<<: {units: *units}}\n"
    assert parse_yaml(text, name="x")["b"] == {"units": ["m", "m"]}


def test_encodings(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_bytes("a: öffne\n".encode("utf-16"))
    assert read_yaml(tmp_path / "a.yml") == {"a": "öffne"}


def test_a_mapping_that_does_not_fit_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="camera"):
        list(open_source("rlds", tmp_path, fields={"datasets": {"x": 1}}))
