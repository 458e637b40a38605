"""Reading the file of a study."""

from __future__ import annotations

from pathlib import Path

import pytest

from lapa.refused import RefusedError
from lapa.studies.file import read_study
from toys.study_files import study_file


def test_results_lie_beside_the_file_unless_it_says_where(tmp_path: Path) -> None:
    study = read_study(study_file(tmp_path))
    assert (study.name, study.results) == ("tiny", tmp_path / "results/tiny")
    assert read_study(study_file(tmp_path, results="docs/here")).results == Path("docs/here")


def test_an_unknown_key_names_its_nearest_at_any_depth(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"no parameter 'study.budget'; did you mean 'budgets'"):
        read_study(study_file(tmp_path, budget=[1]))
    settings = {"in_domain": {"envv": "test"}}
    with pytest.raises(RefusedError, match=r"in_domain\.envv'; did you mean 'env'"):
        read_study(study_file(tmp_path, settings=settings))


@pytest.mark.parametrize(("text", "reason"), [("- a\n", "holds list"), ("a: [", "is no YAML")])
def test_what_is_no_mapping_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "x.yml"
    file.write_text(text)
    with pytest.raises(RefusedError, match=reason):
        read_study(file)
