"""Write a quantizer of another project as the artefact that `laq_checkpoint` of the catalog is."""

from __future__ import annotations

import json
from pathlib import Path

import torch

import lapa
from lapa.datasets.checkpoint import CheckpointDataset
from lapa.datasets.made_with import recorded_digest
from lapa.datasets.publish import require_ours
from lapa.folders.scratch import discard, stage_folder
from lapa.models.laq import LatentActionQuantizer
from lapa.models.laq.foreign import ForeignQuantizer
from lapa.models.laq.storage import save_laq
from lapa.records import IMPORTED_FROM, Checkpoint, PairSpec, digest_of_file

_FRAMES = {
    "LAPA": "whole frames squashed into the square, bilinear with antialiasing",
    "HLRP": "whole frames squashed into the square, bilinear without antialiasing",
}
"""What a project's quantizers were shown, by its own data code."""
_UNKNOWN_STEP = "its file does not say how many steps it was trained: step 0 stands for that"
_CONTROL = (
    "untrained, of the size of an imported quantizer: weights and codebook as they are drawn, so that few "
    "of its codes may win"
)


def write_imported(
    foreign: ForeignQuantizer,
    file: Path,
    out: Path,
    *,
    pairs: PairSpec,
    remarks: tuple[str, ...] = (),
) -> Checkpoint:
    """Write weights, configuration and record to ``out``, whole or not at all.

    Args:
        foreign: what the file holds.
        file: where it was read; its digest becomes the ancestry.
        out: folder of the artefact; what lies there already may only be the same weights.
        pairs: what a pair was to it, which no file says.
        remarks: further sentences for the notes.

    Raises:
        ValueError: the tensors do not fit, or ``out`` holds something else.
    """
    notes = (
        f"imported from {file.name} of {foreign.origin}; it was trained on {_FRAMES[foreign.origin]}",
        *((_UNKNOWN_STEP,) if foreign.step is None else ()),
        *foreign.notes,
        *remarks,
    )
    record = Checkpoint(
        path="",
        kind="laq",
        step=foreign.step or 0,
        digest="",
        inputs={IMPORTED_FROM: digest_of_file(file)},
        pair_spec=pairs,
        code_version=lapa.__version__,
        resize="squash",
        notes=notes,
    )
    return _publish(record, foreign.build(), out)


def write_control(foreign: ForeignQuantizer, out: Path, *, pairs: PairSpec) -> Checkpoint:
    """Write the untrained quantizer that the arm `random_laq` compares with; arguments as above."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(pairs.seed)
        model = LatentActionQuantizer(foreign.config)
    record = Checkpoint(
        path="",
        kind="laq",
        step=0,
        digest="",
        inputs={},
        pair_spec=pairs,
        code_version=lapa.__version__,
        notes=(_CONTROL,),
    )
    return _publish(record, model, out)


def _publish(record: Checkpoint, model: LatentActionQuantizer, out: Path) -> Checkpoint:
    require_ours(out)
    dataset = CheckpointDataset(filepath=str(out), kind="laq")
    scratch = stage_folder(out.parent, f".{out.name}", json.loads(record.model_dump_json()))
    try:
        digest = save_laq(scratch / "model", model)
        if recorded_digest(out) not in ("", digest):
            raise ValueError(
                f"{out} holds another quantizer (digest {recorded_digest(out)[:12]}), expected none or "
                f"these weights ({digest[:12]}): delete the folder, or give another one with --out"
            )
        facts = {"path": str(scratch / "model"), "digest": digest}
        dataset.save(record.model_copy(update=facts))
    finally:
        discard(scratch)
    return dataset.load()
