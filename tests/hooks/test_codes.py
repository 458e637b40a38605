"""Stages that cannot fit are refused before the first one runs."""

from __future__ import annotations

from typing import Any

import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Node, Pipeline

from lapa.hooks import CodesHook
from lapa.params.foundation.stage import FoundationParams
from lapa.params.laq.stage import LaqParams

TRAINER = {"max_steps": 2000, "batch_size": 1}


def check(pipeline: Pipeline, **model: Any) -> None:
    catalog = DataCatalog(
        {
            "params:laq": MemoryDataset(LaqParams(model=model, trainer=TRAINER)),
            "params:foundation": MemoryDataset(
                FoundationParams(backend={"kind": "film_cnn"}, trainer=TRAINER)
            ),
        }
    )
    CodesHook().before_pipeline_run(pipeline, catalog)


def node(function: Any, inputs: list[str], output: str) -> Node:
    return Node(function, inputs=inputs, outputs=output, name=output)


TRAIN = node(lambda laq: laq, ["params:laq"], "laq_checkpoint")
LABEL = node(lambda laq: laq, ["laq_checkpoint"], "lapa.latent_labels")
PRETRAIN = node(lambda labels, laq: laq, ["lapa.latent_labels", "params:foundation"], "backbone")


def test_continuous_latents_stop_before_labels_and_say_where_to() -> None:
    with pytest.raises(ValueError, match=r"quantizer is 'none'.*--to-outputs=laq_report"):
        check(Pipeline([TRAIN, LABEL]), quantizer={"kind": "none"})
    check(Pipeline([TRAIN]), quantizer={"kind": "none"})


@pytest.mark.parametrize("name", ["code_seq_len", "codebook_size"])
def test_a_backbone_for_other_codes_is_named_with_both_values(name: str) -> None:
    with pytest.raises(ValueError, match=f"laq.model.{name} is 16 but foundation.{name} is"):
        check(Pipeline([TRAIN, LABEL, PRETRAIN]), **{name: 16})
    check(Pipeline([TRAIN, LABEL]), **{name: 16})
    check(Pipeline([TRAIN, LABEL, PRETRAIN]))


def test_a_quantizer_of_an_earlier_command_is_not_judged_by_parameters() -> None:
    check(Pipeline([LABEL, PRETRAIN]), quantizer={"kind": "none"})
