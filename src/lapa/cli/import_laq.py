"""`lapa import-laq`: a quantizer of the original project or of HLRP becomes an artefact of the catalog."""

from __future__ import annotations

from pathlib import Path

import click

from lapa.cli.imported_checkpoint import write_control, write_imported
from lapa.cli.plan_configuration import configuration_of
from lapa.models.laq.foreign import ForeignQuantizer, read_foreign
from lapa.records import Checkpoint, PairSpec

TRAINED, CONTROL = "laq", "random_laq"
"""Folders of `laq_checkpoint` and of its untrained control in a run's models."""


@click.command("import-laq")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="Folder of the artefact: data/06_models/RUN/laq, where the catalog looks for it.",
)
@click.option(
    "--horizon-s",
    type=click.FloatRange(min=0, min_open=True),
    help="Seconds between the two frames it was trained on; default as configured. No file says it.",
)
@click.option("--env", help="Kedro environment whose `pairs` it is for; default as `kedro run`.")
@click.option("--code-seq-len", type=int, help="Codes per pair, where the file leaves a choice.")
@click.option("--image-size", type=int, help="Pixels per side, where the file leaves a choice.")
def import_laq(  # noqa: PLR0917 - click hands options over by name
    file: Path,
    out: Path,
    horizon_s: float | None,
    env: str | None,
    code_seq_len: int | None,
    image_size: int | None,
) -> None:
    """Read a LAQ checkpoint of LAPA or HLRP.

    Turns FILE into a folder with model.safetensors, config.json and record.json, as training writes it:
    labeling, foundation, finetune and evaluation run from it. Where DIR is called laq, as in the catalog,
    its untrained control is written beside it, to random_laq, unless something is there.

    Frames: both projects squash theirs; ingest with `ingestion.resize: squash`.
    """
    try:
        foreign = read_foreign(file, code_seq_len=code_seq_len, image_size=image_size)
        pairs = _pairs(env, horizon_s)
        remarks = tuple(_doubts(foreign, pairs, is_given=horizon_s is not None))
        trained = write_imported(foreign, file, out, pairs=pairs, remarks=remarks)
        control = out.with_name(CONTROL)
        if out.name == TRAINED and not control.exists():
            write_control(foreign, control, pairs=pairs)
            click.echo(f"untrained control of the same size -> {control}")
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    _tell(foreign, file, trained)


def _pairs(env: str | None, horizon_s: float | None) -> PairSpec:
    """What a pair is in this environment, with the horizon that was given."""
    values = configuration_of(Path(), env).parameters["pairs"]
    given = {} if horizon_s is None else {"horizon_s": horizon_s}
    return PairSpec.model_validate({**values, **given})


def _doubts(foreign: ForeignQuantizer, pairs: PairSpec, *, is_given: bool) -> list[str]:
    """What was assumed, in sentences."""
    doubts = []
    if not is_given:
        doubts.append(
            f"its horizon was not given at import: {pairs.horizon_s:g} s is that of the configuration"
        )
    if foreign.alternatives:
        doubts.append(f"its file fits {', '.join(foreign.alternatives)} as well")
    return doubts


def _tell(foreign: ForeignQuantizer, file: Path, trained: Checkpoint) -> None:
    config, pairs = foreign.config, trained.pair_spec
    click.echo(
        f"{foreign.origin}: {len(foreign.state)} tensors from {file} -> {trained.path}, "
        f"sha256 {trained.digest[:12]}"
    )
    click.echo(
        f"dim {config.dim}, depth {config.spatial_depth}/{config.temporal_depth}, "
        f"{config.code_seq_len} codes of {config.codebook_size}, {config.image_size} px, "
        f"horizon {pairs.horizon_s:g} s"
    )
    for note in trained.notes:
        click.echo(f"note: {note}", err=True)
    click.echo(
        f"Run with it: --params=run={Path(trained.path).parent.name},image_size={config.image_size},"
        f"code_seq_len={config.code_seq_len},codebook_size={config.codebook_size},"
        f"horizon_s={pairs.horizon_s:g},ingestion.resize=squash"
    )
    if foreign.alternatives:
        click.echo("Choose with --code-seq-len or --image-size.", err=True)
