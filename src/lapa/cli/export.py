"""`lapa export CHECKPOINT OUT`: a trained model as ONNX, `torch.export`, or a folder for the Hub."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click
from rich.console import Console
from rich.table import Table

from lapa.data.shards.summary import find_shard_set
from lapa.export.card.licenses import NOT_STATED, Licenses
from lapa.export.compare import TOLERANCE
from lapa.export.export import export_model
from lapa.export.exported import Exported
from lapa.export.hub import save_pretrained


@click.command()
@click.argument("checkpoint", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["onnx", "torch", "hub"]),
    default="onnx",
    show_default=True,
    help="ONNX, torch.export, or weights, configuration and card.",
)
@click.option(
    "--shards",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Shard set whose frames the export is verified on; default random pixels.",
)
@click.option(
    "--samples",
    type=click.IntRange(min=2),
    default=256,
    show_default=True,
    help="Frames to verify on.",
)
@click.option(
    "--words",
    type=click.IntRange(min=1),
    default=32,
    show_default=True,
    help="Tokens of an instruction, padding included.",
)
@click.option(
    "--image-size",
    type=click.IntRange(min=1),
    help="Of a foundation model's pictures, without shards.",
)
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0),
    default=TOLERANCE,
    show_default=True,
    help="Largest difference from PyTorch.",
)
@click.option("--model-license", default=NOT_STATED, show_default=True, help="For the card.")
@click.option("--data-license", default=NOT_STATED, show_default=True, help="For the card.")
def export(  # noqa: PLR0917 - click hands options over by name
    checkpoint: Path,
    out: Path,
    form: Literal["onnx", "torch", "hub"],
    shards: Path | None,
    samples: int,
    words: int,
    image_size: int | None,
    tolerance: float,
    model_license: str,
    data_license: str,
) -> None:
    """Write a model as ONNX, torch.export or for the Hub.

    CHECKPOINT is the folder of a quantiser, a foundation model or a policy. OUT must not exist; it
    appears when the export is complete and agrees with PyTorch.
    """
    licenses = Licenses(model=model_license, data=data_license)
    try:
        if form == "hub":
            save_pretrained(checkpoint, out, licenses=licenses)
        else:
            console = Console(stderr=True)
            with console.status("") as status:
                exported = export_model(
                    checkpoint,
                    out,
                    form=form,
                    shards=find_shard_set(shards) if shards else None,
                    samples=samples,
                    words=words,
                    tolerance=tolerance,
                    licenses=licenses,
                    image_size=image_size,
                    on_step=status.update,
                )
            _print(exported)
    except click.ClickException:
        raise
    except (OSError, ValueError, KeyError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{form}: {out}")


def _print(exported: Exported) -> None:
    console = Console(width=None if Console().is_terminal else 120)
    agreement = Table("graph", "output", "samples", "largest difference", "ties")
    for row in exported.differences:
        counts = (str(row.samples), f"{row.largest:.2g}", str(row.ties))
        agreement.add_row(row.graph, row.output, *counts)
    console.print(f"verified on {exported.plan.samples.origin}", highlight=False)
    console.print(agreement)
    latency = Table("graph", "runtime", "batch", "median ms", "p95 ms")
    for time in exported.latencies:
        texts = (str(time.batch), f"{time.median_ms:.2f}", f"{time.p95_ms:.2f}")
        latency.add_row(time.graph, time.runtime, *texts)
    console.print(latency)
