"""The two files of a proposed environment, as text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from lapa.proposal.propose import Proposal
from lapa.proposal.words import fact_lines, quoted
from lapa.refused import RefusedError

FILES: Final = ("globals.yml", "parameters.yml")
SIGN: Final = "# Written by `lapa new-env`"
"""How every file begins, so that only what this command wrote is overwritten by it."""


def environment_files(proposal: Proposal) -> dict[str, str]:
    """Text of each file by its name.

    Raises:
        RefusedError: a path or option holds ``${``, which configuration would take for a reference.
    """
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=select_autoescape(["html"]),
    )
    values = {
        "sign": SIGN,
        "p": proposal,
        "facts": fact_lines(proposal),
        "path": _written(str(proposal.source.path.resolve())),
        "datasets": _datasets(proposal),
        "learnt": _learnt(proposal),
        "is_test": proposal.size == "test",
        "foundation": "small" if proposal.size == "small" else "film_cnn",
        "laq": "small" if proposal.size == "small" else "demo",
    }
    return {name: templates.get_template(f"{name}.j2").render(values) for name in FILES}


def _datasets(proposal: Proposal) -> dict[str, dict[str, str]]:
    """Adapter options of every camera's dataset as written; the policy's is called ``robot``."""
    if proposal.picture.together:
        every = [camera.name for camera in proposal.picture.cameras]
        options = {**proposal.source.options, "camera": every}
        return {"robot": {key: _value(value) for key, value in options.items()}}
    datasets = {}
    for number, camera in enumerate(proposal.picture.cameras):
        short = re.sub(r"\W+", "_", camera.name.rpartition(".")[2], flags=re.ASCII)
        options = dict(proposal.source.options)
        if camera.name:
            options["camera"] = camera.name
        datasets[f"robot_{short}" if number else "robot"] = {
            key: _value(value) for key, value in options.items()
        }
    return datasets


def _learnt(proposal: Proposal) -> str:
    inner = f"/{proposal.learnt.name}" if proposal.learns_one_of_several else ""
    return _written(f"robot{inner}")


def _value(value: Any) -> str:
    """A value of an option in YAML's flow style."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_written(str(k))}: {_value(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, str):
        return _written(value)
    return {None: "null", True: "true", False: "false"}.get(value, repr(value))


def _written(text: str) -> str:
    if "${" in text:
        raise RefusedError(
            f"{text!r} holds '${{', which configuration takes for a reference; expected a path or name without it: "
            "rename it, or read it through a link"
        )
    return quoted(text)
