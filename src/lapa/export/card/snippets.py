"""How an exported folder is used, in a few lines that need no lapa; they are run by a test."""

from __future__ import annotations

from lapa.export.formats.runner import Format
from lapa.export.graphs.graph import Graph
from lapa.export.graphs.tokens import MASK, TOKENS

TOKENIZER = """
words = {{word: number for number, word in enumerate(json.load(open("tokenizer.json"))["words"])}}
texts = re.findall(r"\\w+|[^\\w\\s]", "move the red square to the left".lower())
numbers = [words["<bos>"], *(words.get(word, words["<unk>"]) for word in texts)]
tokens = np.array([numbers + [0] * ({length} - len(numbers))])
mask = np.arange({length})[None] < len(numbers)
"""
HUB_TOKENIZER = """
from transformers import AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained("tokenizer")
tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
text = tokenizer(["move the red square to the left"], padding="max_length", max_length={length}, return_tensors="np")
tokens, mask = text["input_ids"].astype(np.int64), text["attention_mask"].astype(bool)
"""


def snippet(graph: Graph, fmt: Format, *, word_tokenizer: bool) -> str:
    """Python that calls the first graph of a folder from inside it.

    Args:
        graph: the graph.
        fmt: of its file.
        word_tokenizer: whether ``tokenizer.json`` is lapa's list of words, not a published tokenizer.
    """
    reads_text = TOKENS in graph.inputs
    lines = ["import json", "import re"] if reads_text and word_tokenizer else []
    lines += ["import numpy as np", "import onnxruntime" if _is_onnx(fmt) else "import torch"]
    if reads_text:
        template = TOKENIZER if word_tokenizer else HUB_TOKENIZER
        lines += [template.format(length=graph.inputs[TOKENS].shape[0]).strip()]
    lines += [f"given = {{{', '.join(map(_filled, graph.inputs.items()))}}}"]
    return "\n".join([*lines, *_call(graph, fmt)])


def _filled(entry: tuple[str, object]) -> str:
    name, tensor = entry
    if name in (TOKENS, MASK):
        return f'"{name}": {name}'
    shape = (1, *tensor.shape)  # type: ignore[attr-defined]
    dtype = str(tensor.dtype).removeprefix("torch.")  # type: ignore[attr-defined]
    return f'"{name}": np.zeros({shape}, np.{dtype})'


def _call(graph: Graph, fmt: Format) -> list[str]:
    last = list(graph.outputs)[-1]
    if _is_onnx(fmt):
        return [
            f'session = onnxruntime.InferenceSession("{graph.name}.onnx")',
            f'({last},) = session.run(["{last}"], given)',
            f"print({last})",
        ]
    return [
        f'module = torch.export.load("{graph.name}.pt2").module()',
        f"{last} = module(*map(torch.from_numpy, given.values()))[-1].detach()",
        f"print({last})",
    ]


def _is_onnx(fmt: Format) -> bool:
    return fmt.ending == ".onnx"
