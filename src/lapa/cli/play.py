"""`lapa play CHECKPOINT SHARDS`: a page on which one turns a quantiser's codes."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import cast, get_args
from urllib.parse import quote

import click

from lapa.cli.serve import require_ascii
from lapa.params.base import Accelerator
from lapa.refused import RefusedError

NEEDED = ("fastapi", "uvicorn")
FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@click.command()
@click.argument("checkpoint", type=FOLDER)
@click.argument("shards", type=FOLDER)
@click.option("--split", default="val", show_default=True, help="Whose clips are played with.")
@click.option(
    "--scenes",
    type=click.IntRange(1, 1000),
    default=60,
    show_default=True,
    help="Clips to choose from, of every dataset as many.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8008,
    show_default=True,
    help="Port of 127.0.0.1; 0 takes a free one.",
)
@click.option(
    "--token",
    envvar="LAPA_PLAY_TOKEN",
    show_envvar=True,
    help="What the page must send, on a machine that others use too.",
)
@click.option(
    "--horizon-s",
    type=click.FloatRange(min=0, min_open=True),
    help="H of a quantiser without record.",
)
@click.option(
    "--accelerator",
    type=click.Choice(get_args(Accelerator)),
    default="auto",
    show_default=True,
    help="Where the quantiser computes.",
)
def play(  # noqa: PLR0917 - click hands options over by name
    checkpoint: Path,
    shards: Path,
    split: str,
    scenes: int,
    port: int,
    token: str | None,
    horizon_s: float | None,
    accelerator: str,
) -> None:
    """Turn the codes of a quantiser in a browser.

    Serves a page for the quantiser in CHECKPOINT and the clips in SHARDS to this machine alone, until Ctrl+C:
    pick a frame, turn the codes, see what the decoder draws and what moves; docs/play.md.
    """
    _require_extra()
    require_ascii(token, "--token or LAPA_PLAY_TOKEN")
    # torch takes seconds to import; --help should not wait for it
    from lapa.cli.measured_quantizer import measured_quantizer  # noqa: PLC0415
    from lapa.data.shards.summary import find_shard_set  # noqa: PLC0415
    from lapa.distributed.device import device_for  # noqa: PLC0415
    from lapa.serving.play.server import open_table, run  # noqa: PLC0415
    from lapa.serving.server import bind  # noqa: PLC0415

    try:
        shard_set = find_shard_set(shards)
        laq = measured_quantizer(checkpoint, shard_set, horizon_s=horizon_s)
        place = device_for(cast(Accelerator, accelerator))
        table = open_table(laq, shard_set, split=split, max_scenes=scenes, device=place)
        listening = bind("127.0.0.1", port)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        if isinstance(error, click.ClickException):
            raise
        text = error.args[0] if isinstance(error, KeyError) else error
        raise click.ClickException(str(text)) from error
    secret = f"/#{quote(token)}" if token else ""
    click.echo(f"play at http://127.0.0.1:{listening.getsockname()[1]}{secret} (Ctrl+C stops it)")
    run(table, listening, token=token)


def _require_extra() -> None:
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise RefusedError(f"lapa play needs {', '.join(missing)}: run `pip install 'lapa[serve]'`")
