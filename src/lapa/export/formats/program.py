"""A graph traced by `torch.export`, for any number of samples: what both formats are made from."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.export import Dim, ExportedProgram

from lapa.export.formats.quiet import quiet
from lapa.export.graphs.graph import Arrays, Graph


class Positional(nn.Module):
    """Any module, called with tensors in their order: so that all graphs are traced alike."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Call it."""
        outputs: tuple[Tensor, ...] = self.module(*inputs)
        return outputs


def traced(graph: Graph, example: Arrays) -> ExportedProgram:
    """Trace the graph.

    Args:
        graph: its module is in evaluation mode.
        example: inputs of at least two samples: a batch of one would be taken for a constant.
    """
    arguments = graph.tensors({name: array[:2] for name, array in example.items()})
    batch = Dim("batch", min=1)
    shapes = tuple({0: batch} for _ in graph.inputs)
    with torch.no_grad(), quiet():
        return torch.export.export(
            Positional(graph.module).eval(), arguments, dynamic_shapes=(shapes,), strict=False
        )
