"""What is exported of a model: its graphs, and how samples become their inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lapa.export.checkpoint import ModelFolder
from lapa.export.graphs.foundation import foundation_graph
from lapa.export.graphs.graph import Arrays, Graph
from lapa.export.graphs.policy import NOISE, STATES, policy_graph
from lapa.export.graphs.quantizer import quantizer_graphs
from lapa.export.graphs.tokens import encoded
from lapa.export.samples import Samples, random_samples, real_samples
from lapa.models.foundation.interface import LatentPolicy
from lapa.models.laq.model import LatentActionQuantizer
from lapa.models.policy.policy import Policy
from lapa.records import ShardSet
from lapa.refused import RefusedError

NOISE_SEED = 0


@dataclass(frozen=True, kw_only=True)
class ExportPlan:
    """Graphs and the inputs that they are traced with and verified on."""

    graphs: list[Graph]
    inputs: Callable[[Graph], Arrays]
    samples: Samples
    tokenizer: Any
    """Is saved beside the graphs; None where no instruction is read."""


def plan_export(
    folder: ModelFolder,
    *,
    shards: ShardSet | None,
    count: int,
    words: int,
    image_size: int | None = None,
) -> ExportPlan:
    """Load the model and read the samples.

    Args:
        folder: of the model.
        shards: real frames; None: random pictures.
        count: samples to verify on, at least 2.
        words: tokens of an instruction, padding included.
        image_size: of a foundation model's pictures, where no shards tell.

    Raises:
        RefusedError: this model, or these samples, cannot be exported.
    """
    model = folder.load()
    side = _image_size(model, shards, image_size)
    samples = _samples(folder, model, shards, count=count, side=side)
    if isinstance(model, LatentActionQuantizer):
        graphs = quantizer_graphs(model)
        return ExportPlan(
            graphs=graphs, inputs=_of_pairs(graphs[0], samples), samples=samples, tokenizer=None
        )
    backbone = model.backbone if isinstance(model, Policy) else model
    graph = (
        policy_graph(model, words=words)
        if isinstance(model, Policy)
        else foundation_graph(backbone, image_size=side, words=words)
    )
    arrays = _of_instructions(graph, backbone, samples, words)
    return ExportPlan(
        graphs=[graph], inputs=lambda _: arrays, samples=samples, tokenizer=backbone.tokenizer
    )


def _image_size(
    model: LatentActionQuantizer | LatentPolicy | Policy,
    shards: ShardSet | None,
    given: int | None,
) -> int:
    """Side of the pictures that the graph takes."""
    if isinstance(model, LatentActionQuantizer):
        return model.config.image_size
    if isinstance(model, Policy):
        return model.frame_codec.image_size
    if given is not None:
        return given
    if shards is None:
        raise RefusedError(
            "a foundation model does not tell the size of its pictures, expected --shards DIR (those it "
            "was trained on) or --image-size PIXELS"
        )
    return shards.image_size


def _samples(
    folder: ModelFolder,
    model: LatentActionQuantizer | LatentPolicy | Policy,
    shards: ShardSet | None,
    *,
    count: int,
    side: int,
) -> Samples:
    state = model.state_input if isinstance(model, Policy) else None
    if shards is None:
        width = None if state is None else state.mean.shape[0]
        return random_samples(count=count, image_size=side, state_dim=width)
    record = folder.record
    return real_samples(
        shards,
        count=count,
        spec=record.pair_spec if record else None,
        image_size=side,
        with_states=state is not None,
        datasets=record.datasets if record else (),
    )


def _of_pairs(encode: Graph, samples: Samples) -> Callable[[Graph], Arrays]:
    """Pairs for the first graph; for the second frame t, and what the first made of the pairs."""
    pairs: Arrays = {"frames": samples.frames}
    made = encode.reference(pairs, samples.instructions)
    arrays = {**pairs, **made, "frame": samples.frames[:, 0]}
    return lambda graph: {name: arrays[name] for name in graph.inputs}


def _of_instructions(graph: Graph, backbone: LatentPolicy, samples: Samples, words: int) -> Arrays:
    arrays: Arrays = {
        "images": samples.frames[:, 0],
        **encoded(backbone, samples.instructions, words=words),
    }
    if samples.states is not None:
        arrays[STATES] = samples.states
    if NOISE in graph.inputs:
        arrays[NOISE] = _noise(len(samples.instructions), graph.inputs[NOISE].shape)
    return arrays


def _noise(count: int, shape: tuple[int, ...]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Every second sample starts from zeros, as the evaluation does; the others from a draw."""
    drawn = np.random.default_rng(NOISE_SEED).standard_normal((count, *shape)).astype(np.float32)
    drawn[::2] = 0
    return drawn
