"""Instructions become padded ids, or are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from lapa.export.checkpoint import open_model
from lapa.export.graphs.foundation import foundation_graph
from lapa.export.graphs.tokens import MASK, TOKENS, encoded
from lapa.models.foundation.interface import LatentPolicy
from lapa.params.foundation.film_cnn import FilmCnnParams
from lapa.refused import RefusedError
from toys.backends import tiny, tiny_tokens
from toys.exported import SENTENCE, tiny_foundation


def loaded(folder: Path) -> LatentPolicy:
    model = open_model(folder).load()
    assert isinstance(model, LatentPolicy)
    return model


def test_instructions_are_padded_on_the_right(tmp_path: Path) -> None:
    model = loaded(tiny_foundation(tmp_path / "model", FilmCnnParams(channels=8, blocks=1)))
    inputs = encoded(model, [SENTENCE, "red"], words=10)
    assert inputs[TOKENS].shape == (2, 10)
    assert inputs[MASK].sum(axis=1).tolist() == [8, 2]
    with pytest.raises(RefusedError, match=r"has 8 tokens, expected 7 .*--words 8"):
        encoded(model, [SENTENCE], words=7)


@pytest.mark.parametrize(
    ("backend", "cause"),
    [
        (tiny_tokens(), "ActionTokens does not name"),
        (tiny(decoding="autoregressive"), "decoding: parallel"),
    ],
)
def test_codes_that_are_written_in_turn_are_refused(
    tmp_path: Path, backend: object, cause: str
) -> None:
    model = loaded(tiny_foundation(tmp_path / "model", backend))  # type: ignore[arg-type]
    with pytest.raises(RefusedError, match=cause):
        foundation_graph(model, image_size=32, words=8)
