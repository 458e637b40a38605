"""`lapa predict`: a trained model on pictures, a clip, a shard set or a dataset."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from lapa.cli.assignments import assignments
from lapa.data.shards.summary import find_shard_set
from lapa.distributed.device import device_for
from lapa.evaluation.policies.progress_bar import progress_bar
from lapa.inference.inputs.open_input import Selection, open_input
from lapa.inference.inputs.recording import Recording
from lapa.inference.inputs.states import parse_states, with_states
from lapa.inference.predict import Batch
from lapa.inference.predict import predict as predict_recordings
from lapa.inference.predictors.load import load_predictor
from lapa.inference.predictors.policy import PolicyPredictor
from lapa.inference.predictors.predictor import Predictor
from lapa.inference.result import Prediction
from lapa.inference.writers.json_text import to_json
from lapa.inference.writers.outputs import Outputs
from lapa.params.base import Accelerator
from lapa.refused import RefusedError

PATH = click.Path(path_type=Path)


@click.command()
@click.argument("model", type=PATH)
@click.argument("inputs", type=PATH, nargs=-1, required=True, metavar="INPUT...")
@click.option("--instruction", help="What to do, instead of what the input says.")
@click.option("--state", help="The robot's own state as a JSON list, or one list per frame.")
@click.option(
    "--out", type=PATH, multiple=True, help="File, .json or .npz; default JSON to stdout."
)
@click.option("--overlay", type=PATH, help="Policies: an .mp4 of frames with actions beside them.")
@click.option("--strip", type=PATH, help="Quantisers: a .png of frames t, t+H and decoded t+H.")
@click.option("--kind", default="", help="Source kind of a dataset; default told by its files.")
@click.option("--option", "options", multiple=True, help="Adapter option, name=value (YAML).")
@click.option("--split", default="", help="Of a shard set; default val, else train.")
@click.option("--dataset", default="", help="One dataset of the input; default all.")
@click.option("--episode", "episodes", multiple=True, help="Episode id; default the first ones.")
@click.option(
    "--max-episodes", type=click.IntRange(min=1), default=1, show_default=True, help="How many."
)
@click.option("--all-episodes", is_flag=True, help="All episodes of the input.")
@click.option(
    "--every",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Frames: each, or every so many.",
)
@click.option(
    "--fps", type=click.FloatRange(min=0, min_open=True), help="Rate of pictures or a video, Hz."
)
@click.option(
    "--horizon-s",
    type=click.FloatRange(min=0, min_open=True),
    help="Quantisers: H; default as recorded.",
)
@click.option("--frames-like", type=PATH, help="Shard set whose way of storing frames is used.")
@click.option(
    "--batch-size",
    type=click.IntRange(min=1),
    default=32,
    show_default=True,
    help="Frames at once.",
)
@click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "gpu"]),
    default="auto",
    show_default=True,
    help="Where.",
)
def predict(
    *,
    model: Path,
    inputs: tuple[Path, ...],
    instruction: str | None,
    state: str | None,
    out: tuple[Path, ...],
    overlay: Path | None,
    strip: Path | None,
    kind: str,
    options: tuple[str, ...],
    split: str,
    dataset: str,
    episodes: tuple[str, ...],
    max_episodes: int,
    all_episodes: bool,
    every: int,
    fps: float | None,
    horizon_s: float | None,
    frames_like: Path | None,
    batch_size: int,
    device: Accelerator,
) -> None:
    """Ask a trained model about pictures, a clip or a dataset.

    MODEL is the folder of a policy (answers with actions), a foundation model (latent codes with probabilities) or
    a quantiser (codes of pairs of frames). INPUT is one or more JPEG or PNG files, a video, a shard set, or a
    dataset that `lapa ingest` reads. Frames are cut, scaled and compressed as at ingestion.
    """
    outputs = Outputs(files=out, overlay=overlay, strip=strip)
    selection = Selection(
        kind=kind,
        options=assignments(options),
        split=split,
        dataset=dataset,
        episodes=episodes,
        max_episodes=None if all_episodes else max_episodes,
        fps=fps,
    )
    try:
        like = None if frames_like is None else find_shard_set(frames_like).codec
        place = device_for(device)
        predictor = load_predictor(model, device=place, frames_like=like, horizon_s=horizon_s)
        outputs.require_fit(predictor)
        recordings = _told(predictor, open_input(inputs, selection), instruction, state)
        prediction = _ask(predictor, recordings, outputs, batch_size=batch_size, every=every)
        outputs.write(predictor, recordings, prediction)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise click.ClickException(str(error)) from error
    if not outputs.paths:
        click.echo(to_json(prediction), nl=False)
    for path in outputs.paths:
        click.echo(f"{prediction.num_frames} frames: {path}")


def _told(
    predictor: Predictor, recordings: list[Recording], instruction: str | None, state: str | None
) -> list[Recording]:
    """The recordings with the instruction and the states of the command line, where it gives some."""
    if instruction is not None:
        recordings = [replace(recording, instruction=instruction) for recording in recordings]
    if state is None:
        return recordings
    if not (isinstance(predictor, PolicyPredictor) and predictor.reads_state):
        raise RefusedError("--state: this model reads no state; expected a call without it")
    return [with_states(recording, parse_states(state)) for recording in recordings]


def _ask(
    predictor: Predictor,
    recordings: list[Recording],
    outputs: Outputs,
    *,
    batch_size: int,
    every: int,
) -> Prediction:
    """Predict behind a progress bar, and draw the overlay on the way."""
    total = sum(len(predictor.frames_of(recording, every)) for recording in recordings)
    with (
        outputs.drawing(predictor, recordings, every=every) as draw,
        progress_bar("frames", total) as on_done,
    ):

        def on_batch(batch: Batch) -> None:
            draw(batch)
            on_done(len(batch.frames))

        return predict_recordings(
            predictor, recordings, batch_size=batch_size, every=every, on_batch=on_batch
        )
