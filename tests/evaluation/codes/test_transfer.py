"""Codes that mean a movement move any scene; others are told apart from them."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.decoded_pairs import DecodedPairs
from lapa.evaluation.codes.pair_table import PairMotion
from lapa.evaluation.codes.redraw import Redrawn
from lapa.evaluation.codes.transfer import Where, receivers_of
from lapa.evaluation.codes.transfer_metrics import MeasuredTransfer, measure_transfer, routes
from lapa.evaluation.score import scored
from toys.moving_quantizers import PARAMS, MovingLaq, decoded_patches


def measured(decoded: DecodedPairs, where: Where = "within") -> MeasuredTransfer:
    return measure_transfer(decoded, where, PARAMS, trained="laq", untrained=None)


def verdict(one: MeasuredTransfer) -> str:
    return scored("transfer", one.error, one.chance, "chance", better="lower").verdict


def test_codes_that_move_any_scene_pass() -> None:
    one = measured(decoded_patches(MovingLaq()))
    assert one.error.value < 10
    assert one.chance.value == pytest.approx(90, abs=20)
    assert verdict(one) == "passes"


def test_a_decoder_that_ignores_codes_is_as_bad_as_chance() -> None:
    one = measured(decoded_patches(MovingLaq(obeys=False)))
    assert (one.own.errors == 90).all()
    assert verdict(one) == "unclear"


def test_codes_mirrored_in_one_dataset_fail_across_datasets_alone() -> None:
    decoded = decoded_patches(MovingLaq(mirrors="dark"), datasets=("bright", "dark"))
    across, within = measured(decoded, "across_datasets"), measured(decoded)
    assert (verdict(across), verdict(within)) == ("fails", "passes")
    by_route = routes(across.own, decoded.table.dataset)
    assert by_route["bright"]["dark"] > 170
    assert by_route["dark"]["bright"] > 170


def test_random_motion_rarely_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lapa.evaluation.codes.transfer_metrics.NULL_DRAWS", 40)
    generator = np.random.default_rng(0)

    class Random(DecodedPairs):
        """Draws motion that has nothing to do with anything."""

        def redraw(self, arm: str, vectors: np.ndarray, pairs: np.ndarray) -> Redrawn:
            motion = self.motion
            random = generator.normal(size=(len(pairs), 2)).astype(np.float32)
            drawn = PairMotion(
                mean=random,
                weighted=random,
                moving=random,
                magnitude=motion.magnitude,
                static=motion.static,
            )
            return Redrawn(motion=drawn, error=np.zeros(len(pairs)))

    decoded = decoded_patches(MovingLaq(), kind=Random)
    verdicts = [verdict(measured(decoded)) for _ in range(100)]
    assert verdicts.count("passes") <= 5


@pytest.mark.parametrize("where", ["within", "across_environments", "across_datasets"])
def test_receivers_are_where_they_should_be(where: Where) -> None:
    table = decoded_patches(MovingLaq(), datasets=("bright", "dark")).table
    givers, receivers = receivers_of(table, where, seed=0)
    assert len(givers) == len(table)
    assert (table.episode[givers] != table.episode[receivers]).any()
    same_dataset = table.dataset[givers] == table.dataset[receivers]
    assert (same_dataset == (where != "across_datasets")).all()
    if where == "within":
        assert (table.episode[givers] != table.episode[receivers]).all()
    if where == "across_environments":
        assert (table.environment[givers] != table.environment[receivers]).all()


def test_without_another_dataset_there_is_no_transfer_to_it() -> None:
    with pytest.raises(CannotMeasureError, match="another dataset"):
        measured(decoded_patches(MovingLaq()), "across_datasets")
