"""ONNX: one file, the weights inside, for ONNX Runtime and what else reads it."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import torch
from torch.export import ExportedProgram

from lapa.export.formats.quiet import quiet
from lapa.export.formats.runner import Runner
from lapa.export.graphs.graph import Arrays, Graph
from lapa.refused import RefusedError

PACKAGES = ("onnx", "onnxscript", "onnxruntime")


class OnnxFormat:
    """``.onnx``; the opset is the one that torch's exporter chooses."""

    ending = ".onnx"

    def __init__(self) -> None:
        """Look for the packages.

        Raises:
            RefusedError: one is not installed.
        """
        missing = [name for name in PACKAGES if not _is_installed(name)]
        if missing:
            raise RefusedError(
                f"--format onnx needs {', '.join(PACKAGES)}; not installed: {', '.join(missing)}. "
                "Install them with: pip install 'lapa[export]'"
            )
        self.runtime = f"ONNX Runtime {importlib.metadata.version('onnxruntime')}"

    def write(self, program: ExportedProgram, graph: Graph, path: Path) -> None:
        """Translate the program."""
        with quiet():
            translated = torch.onnx.export(
                program,
                dynamo=True,
                input_names=list(graph.inputs),
                output_names=list(graph.outputs),
                verbose=False,
            )
            assert translated is not None  # noqa: S101 - it is None only where a path is given
            translated.save(path, external_data=False)

    def open(self, path: Path, graph: Graph) -> Runner:
        """Start a session with as many threads as torch has."""
        import onnxruntime  # noqa: PLC0415 - an extra

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

        def run(inputs: Arrays) -> Arrays:
            given = {name: inputs[name] for name in graph.inputs}
            outputs = session.run(list(graph.outputs), given)
            return dict(zip(graph.outputs, outputs, strict=True))

        return run


def opset_of(path: Path) -> int:
    """The opset that a file was written for."""
    import onnx  # noqa: PLC0415 - an extra

    imports = onnx.load(str(path), load_external_data=False).opset_import
    return next(int(entry.version) for entry in imports if not entry.domain)


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True
