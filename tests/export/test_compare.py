"""Numbers are compared by difference, choices by whether they are the same, ties apart."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lapa.export.compare import compare, require_close
from lapa.export.graphs.graph import Arrays, Graph, TensorFacts, likeliest
from lapa.refused import RefusedError

FACTS = TensorFacts(dtype=torch.float32, shape=(2,), meaning="")
GRAPH = Graph(
    name="toy",
    module=torch.nn.Identity(),
    inputs={},
    outputs={"logits": FACTS, "codes": FACTS, "actions": FACTS},
    choices={"logits": likeliest},
    scales={"actions": np.array([2.0, 1.0], np.float32)},
    reference=lambda arrays, _: arrays,
)


def outputs(logits: list[list[float]], codes: list[int], actions: list[list[float]]) -> Arrays:
    return {
        "logits": np.array(logits, np.float32),
        "codes": np.array(codes),
        "actions": np.array(actions, np.float32),
    }


EXPECTED = outputs([[1.0, 0.0], [0.50001, 0.5]], [0, 0], [[0.0, 0.0], [1.0, 1.0]])


def test_a_tie_is_counted_and_what_follows_from_it_left_out() -> None:
    got = outputs([[1.0, 0.0], [0.5, 0.50001]], [0, 1], [[0.00002, 0.0], [9.0, 9.0]])
    logits, codes, actions = compare(GRAPH, EXPECTED, got)
    assert (logits.ties, logits.samples) == (1, 2)
    assert (codes.largest, codes.samples) == (0.0, 1)
    assert actions.largest == pytest.approx(1e-5)  # in halves of the range: 2
    require_close([logits, codes, actions], tolerance=1e-4)


@pytest.mark.parametrize(
    ("logits", "codes", "actions", "named"),
    [
        ([[1.0, 0.0], [0.4, 0.5]], [0, 1], [[0.0, 0.0], [9.0, 9.0]], "0.1 in `logits`"),
        ([[1.0, 0.0], [0.50001, 0.5]], [1, 0], [[0.0, 0.0], [1.0, 1.0]], "0.5 in `codes`"),
        ([[1.0, 0.0], [0.50001, 0.5]], [0, 0], [[0.0, np.nan], [1.0, 1.0]], "nan in `actions`"),
    ],
)
def test_what_differs_is_refused_by_name(
    logits: list[list[float]], codes: list[int], actions: list[list[float]], named: str
) -> None:
    differences = compare(GRAPH, EXPECTED, outputs(logits, codes, actions))
    with pytest.raises(RefusedError, match=named):
        require_close(differences, tolerance=1e-4)


def test_an_output_of_another_shape_is_infinitely_far() -> None:
    got = {**EXPECTED, "actions": EXPECTED["actions"][:, :1]}
    assert compare(GRAPH, EXPECTED, got)[-1].largest == np.inf
