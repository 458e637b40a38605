"""Commonest sequences, states, ranks of sequences, neighbourhoods: of codes whose meaning is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.codebook_plane import codebook_plane
from lapa.evaluation.codes.embedding import embed
from lapa.evaluation.codes.neighborhoods import neighbor_agreement
from lapa.evaluation.codes.pair_table import PairTable
from lapa.evaluation.codes.sequence_ranks import sequence_ranks, sequence_redundancy
from lapa.evaluation.codes.state_space import StateTies, state_space, state_ties
from lapa.evaluation.codes.table_plane import flow_plane, table_plane
from lapa.evaluation.codes.top_sequences import top_sequences, top_sequences_score
from lapa.evaluation.score import Score, scored
from toys.pair_tables import action_codes, random_codes


def test_the_commonest_sequences_of_true_codes_mean_different_motion() -> None:
    table = action_codes()
    moved = table_plane(table)
    chosen = top_sequences(table.discrete, moved.motion, table.episode, resamples=50, seed=0)
    assert [one.pairs for one in chosen] == sorted((one.pairs for one in chosen), reverse=True)
    first = chosen[0]
    own = (table.discrete == np.array(first.codes)).all(axis=1)
    assert first.pairs == own.sum()
    assert first.mean[0].value == pytest.approx(moved.motion[own, 0].mean())
    assert first.mean[0].low is not None
    score = top_sequences_score(chosen, table, moved.motion, draws=40, seed=0)
    assert score.verdict == "passes"
    assert score.metric.value > 0.8


def test_sequences_that_are_rare_are_not_shown() -> None:
    table = action_codes(pairs=60)
    table = replace(table, codes=np.stack([np.arange(60) % 8, np.arange(60) // 8], axis=1))
    with pytest.raises(CannotMeasureError, match="occurs 1 times"):
        top_sequences(table.discrete, table_plane(table).motion, table.episode, resamples=5, seed=0)


def _state_ties(table: PairTable) -> StateTies:
    return state_ties(table, state_space(table), table_plane(table), draws=40, seed=0)


def test_codes_that_name_the_state_are_warned_of_and_codes_of_motion_are_not() -> None:
    table = action_codes()
    assert table.states is not None
    ties = _state_ties(table)
    assert not ties.follows_the_state
    assert ties.score.verdict == "passes"
    of_state = np.digitize(table.states, np.linspace(-2, 2, 7))
    named = _state_ties(replace(table, codes=of_state.astype(np.int64)))
    assert named.follows_the_state
    assert named.score.verdict == "fails"


def test_sequences_repeat_where_a_position_knows_of_another() -> None:
    table = random_codes(pairs=1000)
    copies = np.repeat(table.discrete[:, :1], 2, axis=1)
    score = sequence_redundancy(copies, table.episode, table.group, draws=40, seed=0)
    assert score.verdict == "passes"
    assert score.metric.value == pytest.approx(3.0, abs=0.15)
    assert sequence_ranks(copies).distinct == 8
    drawn = [random_codes(pairs=240, seed=seed) for seed in range(20)]
    verdicts = [
        sequence_redundancy(t.discrete, t.episode, t.group, draws=20, seed=0).verdict for t in drawn
    ]
    assert verdicts.count("passes") <= 1


def _agreement(table: PairTable) -> Score:
    moved = flow_plane(table)
    some = table.take(moved.rows)
    agreement = neighbor_agreement(
        some.pre_quantized, moved.motion, some.episode, some.group, resamples=40, seed=0
    )
    return scored("toy", agreement.metric, agreement.null, "permuted")


def test_neighbors_of_true_codes_move_alike_and_those_of_random_ones_do_not() -> None:
    true = _agreement(action_codes())
    assert true.verdict == "passes"
    assert true.metric.value > 0.7
    verdicts = [_agreement(random_codes(pairs=240, seed=seed)).verdict for seed in range(60)]
    assert verdicts.count("passes") <= 3


def test_an_embedding_is_the_same_twice_and_keeps_clusters_apart() -> None:
    rng = np.random.default_rng(0)
    cluster = np.arange(60) % 2
    vectors = rng.normal(scale=0.1, size=(60, 4)) + 5 * cluster[:, None]
    first, second = embed(vectors, seed=0), embed(vectors, seed=0)
    np.testing.assert_array_equal(first.neighbors, second.neighbors)
    assert first.explained[0] > 0.9
    side = first.principal[:, 0] > 0
    assert (side == cluster[first.rows]).all() or (side != cluster[first.rows]).all()
    with pytest.raises(CannotMeasureError, match="same vector"):
        embed(np.zeros((60, 4)), seed=0)


def test_a_codebook_that_all_positions_share_has_a_plane_and_others_have_none() -> None:
    table = action_codes()
    moved = table_plane(table)
    book = np.random.default_rng(0).normal(size=(8, 4))
    plane = codebook_plane(book[table.discrete], table.discrete, moved.rows, moved.motion)
    assert plane.codes.tolist() == np.unique(table.discrete).tolist()
    assert plane.shares.sum() == pytest.approx(1.0)
    with pytest.raises(CannotMeasureError, match="codebook of its own"):
        codebook_plane(table.vectors, table.discrete, moved.rows, moved.motion)
