"""`lapa serve POLICY`: a policy behind HTTP and openpi's websocket."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import cast, get_args

import click
from pydantic import ValidationError

from lapa.params.base import Accelerator
from lapa.refused import RefusedError

NEEDED = ("fastapi", "uvicorn", "websockets", "msgpack")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@click.command()
@click.argument("policy", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--token",
    envvar="LAPA_SERVE_TOKEN",
    show_envvar=True,
    help="What callers must send; the variable is better, for others can read a command line.",
)
@click.option(
    "--accelerator",
    type=click.Choice(get_args(Accelerator)),
    default="auto",
    show_default=True,
    help="Where the policy computes.",
)
@click.option("--threads", default=0, show_default=True, help="Of the policy; 0: as torch likes.")
@click.option("--max-request-bytes", type=int, help="Largest request; default 16 MiB.")
@click.option(
    "--max-pixels", type=int, help="Largest picture, width x height; default 2048 x 2048."
)
@click.option("--max-images", type=int, help="Most observations of a request; default 16.")
@click.option("--max-batch", type=int, help="Most observations of a forward pass; default 16.")
@click.option("--max-queue", type=int, help="Most observations that wait; default 256.")
@click.option("--max-connections", type=int, help="Most connections; default 128.")
@click.option("--gather-ms", type=float, help="How long a batch waits for others; default 4.")
@click.option("--timeout-s", type=float, help="Longest time for a request, seconds; default 30.")
def serve(  # noqa: PLR0917 - click hands options over by name
    policy: Path,
    host: str,
    port: int,
    token: str | None,
    accelerator: str,
    threads: int,
    gather_ms: float | None,
    **limits: float | None,
) -> None:
    """Answer requests for actions over HTTP.

    Serves the policy in folder POLICY until SIGTERM or Ctrl+C:
    GET /health, GET /metadata, POST /predict, and a websocket at / for openpi's client; docs/serve.md.
    """
    _require_extra()
    # torch takes seconds to import; --help should not wait for it
    from lapa.distributed.device import device_for  # noqa: PLC0415
    from lapa.distributed.threads import set_threads  # noqa: PLC0415
    from lapa.serving.limits import Limits  # noqa: PLC0415
    from lapa.serving.open_service import open_service  # noqa: PLC0415
    from lapa.serving.server import bind, run  # noqa: PLC0415

    require_ascii(token, "--token or LAPA_SERVE_TOKEN")
    given = {**limits, "gather_s": None if gather_ms is None else gather_ms / 1000}
    try:
        set_threads(threads)
        allowed = Limits.model_validate({k: v for k, v in given.items() if v is not None})
        listening = bind(host, port)
        service = open_service(policy, allowed, device=device_for(cast(Accelerator, accelerator)))
    except ValidationError as error:
        raise RefusedError(_sentence(error)) from error
    except (FileNotFoundError, ValueError, RuntimeError) as error:
        raise click.ClickException(str(error)) from error
    _announce(policy, listening.getsockname()[:2], is_open=token is None and host not in LOOPBACK)
    run(service, listening, token=token)
    click.echo("stopped; every request that was taken has its answer")


def _require_extra() -> None:
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise RefusedError(
            f"lapa serve needs {', '.join(missing)}: run `pip install 'lapa[serve]'`"
        )


def require_ascii(token: str | None, given_as: str) -> None:
    """Refuse a token that no header can carry or that protects nothing.

    Args:
        token: None lets everybody in.
        given_as: the option and the variable.

    Raises:
        RefusedError: it is empty, begins or ends with a blank, or is not ASCII.
    """
    if token is not None and (not token.isascii() or not token.strip() or token != token.strip()):
        raise RefusedError(
            f"{given_as} is empty, begins or ends with a blank, or is not ASCII; expected "
            "something like the output of `openssl rand -hex 32`"
        )


def _sentence(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())


def _announce(policy: Path, address: tuple[str, int], *, is_open: bool) -> None:
    host, port = address
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"{policy} answers at http://{shown}:{port} (Ctrl+C stops it)")
    if is_open:
        click.secho(
            "anybody who reaches this address may ask it: set LAPA_SERVE_TOKEN, or stay on 127.0.0.1",
            fg="yellow",
            err=True,
        )
