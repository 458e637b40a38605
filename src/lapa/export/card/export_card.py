"""The card of an exported folder."""

from __future__ import annotations

import json
import platform
import re
from pathlib import Path

import torch

from lapa.export.card.licenses import Licenses
from lapa.export.card.render import write_card
from lapa.export.card.snippets import snippet
from lapa.export.exported import Exported
from lapa.export.latency import CALLS
from lapa.models.foundation.instruction_tokenizer import InstructionTokenizer
from lapa.models.storage import CONFIG

_CROP = "cut to the centred square and scaled"
_SQUASH = "squashed into the square"


def write_export_card(out: Path, exported: Exported, licenses: Licenses) -> None:
    """Write ``README.md`` into ``out``."""
    plan, fmt = exported.plan, exported.format
    is_ours = isinstance(plan.tokenizer, InstructionTokenizer)
    write_card(
        out,
        "exported.md.j2",
        exported.folder,
        licenses,
        library="onnx" if fmt.ending == ".onnx" else "pytorch",
        side=plan.samples.frames.shape[-2],
        preparation=_preparation(exported),
        graphs=plan.graphs,
        ending=fmt.ending,
        snippet=snippet(plan.graphs[0], fmt, word_tokenizer=is_ours),
        origin=plan.samples.origin,
        tolerance=exported.tolerance,
        differences=exported.differences,
        latencies=exported.latencies,
        processor=_processor(),
        threads=torch.get_num_threads(),
        calls=CALLS,
    )


def _preparation(exported: Exported) -> str:
    """What has to happen to a camera frame before it goes in: JPEG is in no graph."""
    config = json.loads((exported.folder.path / CONFIG).read_text())
    codec = config.get("frame_codec")
    if codec is None:
        return "Frames of a camera must be made square first, as those of the training shards were."
    how = _CROP if codec["resize"] == "crop" else _SQUASH
    return (
        f"Frames of a camera must first be {how}, and go through JPEG (quality {codec['jpeg_quality']}, "
        f"{codec['jpeg_subsampling']}), as every training picture did: `lapa.models.policy.frames.as_stored`."
    )


def _processor() -> str:
    """Name of this CPU."""
    info = Path("/proc/cpuinfo")
    names = re.findall(r"model name\s*: (.+)", info.read_text()) if info.is_file() else []
    return names[0] if names else platform.processor() or platform.machine()
