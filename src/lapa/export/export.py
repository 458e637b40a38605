"""Export a model: trace, write, open again, compare with PyTorch, time; all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np

from lapa.data.export.publish import published
from lapa.export.card.export_card import write_export_card
from lapa.export.card.licenses import Licenses
from lapa.export.checkpoint import open_model
from lapa.export.compare import Difference, compare, require_close
from lapa.export.exported import Exported
from lapa.export.formats.onnx_file import OnnxFormat
from lapa.export.formats.program import traced
from lapa.export.formats.runner import Format, Runner
from lapa.export.formats.torch_file import TorchFormat
from lapa.export.graphs.graph import Arrays, Graph
from lapa.export.latency import BATCHES, Latency, latency
from lapa.export.plan import ExportPlan, plan_export
from lapa.records import ShardSet

FORMATS: dict[str, Callable[[], Format]] = {"onnx": OnnxFormat, "torch": TorchFormat}
BATCH = 8
"""Samples a call while comparing; the last call has what is left, so two sizes of batch are tried."""


def export_model(
    checkpoint: Path,
    out: Path,
    *,
    form: Literal["onnx", "torch"],
    shards: ShardSet | None,
    samples: int,
    words: int,
    tolerance: float,
    licenses: Licenses,
    image_size: int | None = None,
    on_step: Callable[[str], None] = lambda _: None,
) -> Exported:
    """Write ``out``: a file a graph, the tokenizer, a card.

    Args:
        checkpoint: folder of a trained model.
        out: folder to make.
        form: of the files.
        shards: real frames to verify on; None: random pictures.
        samples: how many.
        words: tokens of an instruction, padding included.
        tolerance: largest difference from PyTorch.
        licenses: for the card.
        image_size: of a foundation model's pictures, where no shards tell.
        on_step: is told what is done next.

    Raises:
        RefusedError: the model cannot be exported, or its export differs from PyTorch.
        FileExistsError: ``out`` exists.
    """
    fmt = FORMATS[form]()
    folder = open_model(checkpoint)
    with published(out) as partial:
        on_step("loading")
        plan = plan_export(folder, shards=shards, count=samples, words=words, image_size=image_size)
        differences, latencies = list[Difference](), list[Latency]()
        for graph in plan.graphs:
            run = _written(fmt, graph, plan.inputs(graph), partial, on_step)
            on_step(f"{graph.name}: comparing")
            differences += _compared(graph, run, plan)
            on_step(f"{graph.name}: timing")
            latencies += _timed(graph, run, fmt, plan.inputs(graph))
        require_close(differences, tolerance=tolerance)
        if plan.tokenizer is not None:
            plan.tokenizer.save(partial / "tokenizer.json")
        exported = Exported(
            folder=folder,
            plan=plan,
            format=fmt,
            differences=differences,
            latencies=latencies,
            tolerance=tolerance,
        )
        write_export_card(partial, exported, licenses)
    return exported


def _written(
    fmt: Format, graph: Graph, inputs: Arrays, folder: Path, on_step: Callable[[str], None]
) -> Runner:
    on_step(f"{graph.name}: tracing")
    program = traced(graph, inputs)
    on_step(f"{graph.name}: writing")
    path = folder / f"{graph.name}{fmt.ending}"
    fmt.write(program, graph, path)
    return fmt.open(path, graph)


def _compared(graph: Graph, run: Runner, plan: ExportPlan) -> list[Difference]:
    inputs, instructions = plan.inputs(graph), plan.samples.instructions
    expected, got = list[Arrays](), list[Arrays]()
    for first in range(0, len(instructions), BATCH):
        part = {name: array[first : first + BATCH] for name, array in inputs.items()}
        expected.append(graph.reference(part, instructions[first : first + BATCH]))
        got.append(run(part))
    return compare(graph, _joined(expected), _joined(got))


def _joined(parts: list[Arrays]) -> Arrays:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _timed(graph: Graph, run: Runner, fmt: Format, inputs: Arrays) -> list[Latency]:
    runners = {"PyTorch": graph.run, fmt.runtime: run}
    return [
        latency(graph.name, runtime, runner, inputs, batch=batch)
        for runtime, runner in runners.items()
        for batch in BATCHES
    ]
