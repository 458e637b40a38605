"""How every node works: in a scratch folder named after all its inputs, one process at a time."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

from kedro.pipeline import Node

import lapa
from lapa.distributed.launch import launch
from lapa.folders.asked import asked_of
from lapa.folders.full_disk import told_when_full
from lapa.folders.lock import output_lock
from lapa.folders.scratch import stage_folder
from lapa.params.base import TrainerParams
from lapa.records import Checkpoint, EvaluationReport, Record
from lapa.training.common.joined_run import joined_run

Result = TypeVar("Result")


def stage(name: str) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Make a function of ``folder`` and inputs a node function of ``work`` and inputs.

    The node gets the scratch root ``work`` in place of ``folder``; the folder below it is named after
    everything else the node got (artefacts by digest, parameters by value), so a killed stage finds
    its own progress again and one that was asked for something else never does. While the function runs
    the folder is locked. A `EvaluationReport` comes back with its inputs and its digest filled in.

    Args:
        name: of the scratch folder.
    """

    def decorate(function: Callable[..., Result]) -> Callable[..., Result]:
        outer = _with_work(inspect.signature(function))

        @wraps(function)
        def node(*args: Any, **kwargs: Any) -> Result:
            bound = outer.bind(*args, **kwargs)
            bound.apply_defaults()
            inputs = _named(bound)
            with _own_folder(inputs.pop("work"), name, inputs) as folder:
                bound.arguments["work"] = folder
                result = function(*bound.args, **bound.kwargs)
                finished: Result = _finished(result, inputs)
                return finished

        node.__signature__ = outer  # type: ignore[attr-defined]
        return node

    return decorate


def stage_node(
    function: Callable[..., Any],
    *,
    outputs: Any,
    name: str,
    confirms: str | None = None,
    **inputs: str,
) -> Node:
    """Make a node of a `stage`: argument = dataset; the scratch root comes by itself.

    ``confirms`` is told when the outputs are saved.
    """
    wanted = {**inputs, "work": "params:work"}
    # in the order of the signature: Kedro finds the types of parameters by position
    order = [known for known in inspect.signature(function).parameters if known in wanted]
    ordered = {known: wanted.pop(known) for known in order}
    return Node(function, inputs=ordered | wanted, outputs=outputs, name=name, confirms=confirms)


def train(task: str, *, folder: Path, trainer: TrainerParams, **inputs: Any) -> Checkpoint:
    """Run ``task`` on all ranks the trainer asks for; return rank zero's checkpoint.

    Args:
        task: ``module:function`` to call on every rank.
        folder: the stage's scratch folder.
        trainer: how many processes and nodes.
        inputs: records and parameters the function takes.
    """
    checkpoint: Checkpoint = launch(
        task,
        {**inputs, "work": folder, "run": joined_run(task)},
        devices=trainer.devices,
        nodes=trainer.nodes,
    )
    return checkpoint


def _with_work(signature: inspect.Signature) -> inspect.Signature:
    """The signature with ``work: str`` in the place of ``folder: Path``."""
    return signature.replace(
        parameters=[
            known.replace(name="work", annotation="str") if known.name == "folder" else known
            for known in signature.parameters.values()
        ]
    )


def _named(bound: inspect.BoundArguments) -> dict[str, Any]:
    """All inputs by name, those of ``**kwargs`` too."""
    kinds = {name: known.kind for name, known in bound.signature.parameters.items()}
    named: dict[str, Any] = {}
    for name, value in bound.arguments.items():
        named |= value if kinds[name] is inspect.Parameter.VAR_KEYWORD else {name: value}
    return named


@contextmanager
def _own_folder(work: str, name: str, inputs: dict[str, Any]) -> Iterator[Path]:
    """The scratch folder of these inputs, locked; whatever does not fit into it says so."""
    folder = stage_folder(work, name, {"version": lapa.__version__, "inputs": asked_of(inputs)})
    with output_lock(folder), told_when_full(folder):
        yield folder


def _finished(result: Any, inputs: dict[str, Any]) -> Any:
    """The result, reports in it with their ancestry and digest."""
    if isinstance(result, tuple):
        return tuple(_finished(part, inputs) for part in result)
    if not isinstance(result, EvaluationReport):
        return result
    digests = {
        name: value.digest
        for name, value in inputs.items()
        if isinstance(value, Record) and hasattr(value, "digest")
    }
    report = result.model_copy(update={"inputs": {**digests, **result.inputs}})
    return report.model_copy(update={"digest": report.content_digest()})
