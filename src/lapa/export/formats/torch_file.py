"""`torch.export`: a program for PyTorch alone, in one file."""

from __future__ import annotations

import io
from pathlib import Path

import torch
from torch.export import ExportedProgram

from lapa.export.formats.quiet import quiet
from lapa.export.formats.runner import Runner
from lapa.export.graphs.graph import Arrays, Graph


class TorchFormat:
    """``.pt2``, which `torch.export.load` reads."""

    ending = ".pt2"
    runtime = f"torch.export {torch.__version__}"

    def write(self, program: ExportedProgram, graph: Graph, path: Path) -> None:
        """Write the program."""
        # in memory first: a writer of torch's whose file cannot grow ends the process
        written = io.BytesIO()
        with quiet():
            torch.export.save(program, written)
        path.write_bytes(written.getbuffer())

    def open(self, path: Path, graph: Graph) -> Runner:
        """Read the program."""
        module = torch.export.load(path).module()

        def run(inputs: Arrays) -> Arrays:
            with torch.inference_mode():
                return graph.named(module(*graph.tensors(inputs)))

        return run
