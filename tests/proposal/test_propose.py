"""Whose actions are learnt, with or without states."""

from __future__ import annotations

import pytest

from lapa.proposal.propose import Wishes, propose
from lapa.refused import RefusedError
from toys.source_facts import camera_facts, dataset_facts, source_facts

OTHER = dataset_facts([50] * 20, name="other", action_names=("a", "b", "c"), actions_are=())


def test_without_actions_it_says_what_to_do() -> None:
    source = source_facts(dataset_facts(action_names=(), actions_are=()))
    with pytest.raises(RefusedError, match=r"none of 20 recordings has actions.*action_column"):
        propose("arm", source, Wishes())


def test_datasets_that_act_alike_are_learnt_together() -> None:
    source = source_facts(dataset_facts(), dataset_facts(name="twin"))
    proposal = propose("arm", source, Wishes())
    assert not proposal.learns_one_of_several
    assert proposal.lengths.finetune.samples == round(0.8 * 2 * 800)


def test_of_different_actions_the_largest_is_learnt_or_the_one_asked_for() -> None:
    source = source_facts(OTHER, dataset_facts())
    assert propose("arm", source, Wishes()).learnt is OTHER
    asked = propose("arm", source, Wishes(dataset="arm"))
    assert (asked.learnt.name, asked.learns_one_of_several) == ("arm", True)
    with pytest.raises(RefusedError, match=r"no dataset 'amr'.*did you mean 'arm'"):
        propose("arm", source, Wishes(dataset="amr"))


@pytest.mark.parametrize(
    ("changes", "reads"),
    [
        ({}, True),
        ({"state_names": ()}, False),
        ({"actions_are": ("relative", "absolute")}, False),
        ({"actions_are": ()}, False),
    ],
)
def test_states_are_read_where_actions_are_targets(
    changes: dict[str, tuple[str, ...]], reads: bool
) -> None:
    assert propose("arm", source_facts(dataset_facts(**changes)), Wishes()).use_state is reads


def test_every_camera_adds_pairs() -> None:
    cameras = (camera_facts("front"), camera_facts("wrist"))
    source = source_facts(cameras=cameras)
    one = propose("arm", source, Wishes()).lengths.laq.samples
    assert one == round(0.8 * 20 * (40 - 6))
    two = propose("arm", source, Wishes(cameras=("front", "wrist"))).lengths
    assert two.laq.samples == 2 * one
    assert two.finetune.samples == round(0.8 * 800)
