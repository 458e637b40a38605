"""Settings in YAML that come with the package, are a user's file, or are given as they are."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lapa.data.bad_input import SettingsError
from lapa.data.sources.base.yaml_file import Model, read_yaml, validated


def load_named(
    model: type[Model], given: str | Path | Mapping[str, Any], *, built_in: Path, kind: str
) -> Model:
    """Read settings: a built-in name, a YAML file, or the mapping itself.

    Args:
        model: what they must be.
        given: the name, the file, or the values.
        built_in: folder of the built-in files.
        kind: how messages call such settings.

    Raises:
        SettingsError: neither a built-in name nor a file, or a wrong entry.
    """
    if isinstance(given, Mapping):
        return validated(model, given, "fields")
    path = Path(given)
    if path.suffix not in (".yml", ".yaml"):
        path = built_in / f"{given}.yml"
    if not path.is_file():
        known = known_names(str(given), built_in_names(built_in))
        raise SettingsError(f"no {kind} {str(given)!r}; {known}")
    return validated(model, read_yaml(path), str(path))


def built_in_names(folder: Path) -> list[str]:
    """Return the names of the YAML files in a folder of the package."""
    return sorted(path.stem for path in folder.glob("*.yml"))


def known_names(asked: str, names: Sequence[str]) -> str:
    """Say which names there are, the one meant perhaps first: ``did you mean 'a'? known: a, b``."""
    close = difflib.get_close_matches(asked, names, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return f"{hint}known: {', '.join(sorted(names))}"
