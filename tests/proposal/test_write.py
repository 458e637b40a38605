"""An environment is written where nobody else's is."""

from __future__ import annotations

from pathlib import Path

import pytest

from lapa.proposal.page import SIGN
from lapa.proposal.write import require_free, write_files
from lapa.refused import RefusedError

FILES = {"parameters.yml": f"{SIGN}\n"}


@pytest.mark.parametrize("name", ["base", "local", "presets", "../up", "a/b", "", "A", "1st", "-x"])
def test_names_that_are_no_names(tmp_path: Path, name: str) -> None:
    with pytest.raises(RefusedError, match="expected a lower-case letter"):
        require_free(tmp_path, name, force=True)


def test_it_is_overwritten_only_if_asked(tmp_path: Path) -> None:
    write_files(require_free(tmp_path, "arm", force=False), FILES)
    with pytest.raises(RefusedError, match="--force"):
        require_free(tmp_path, "arm", force=False)
    assert require_free(tmp_path, "arm", force=True) == tmp_path / "arm"


def test_somebody_elses_is_never_overwritten(tmp_path: Path) -> None:
    write_files(tmp_path / "arm", {**FILES, "globals.yml": "run: mine\n"})
    with pytest.raises(RefusedError, match=r"\['globals.yml'\].*did not write"):
        require_free(tmp_path, "arm", force=True)
