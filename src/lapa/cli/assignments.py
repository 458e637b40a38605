"""Options of the form ``name=value`` as nested values."""

from __future__ import annotations

from typing import Any

import click

from lapa.data.sources.base.yaml_file import parse_yaml


def assignments(texts: tuple[str, ...]) -> dict[str, Any]:
    """Parse ``name=value`` arguments; values are YAML, a dot in a name leads into a group."""
    values: dict[str, Any] = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator:
            raise click.BadParameter(f"{text!r} has no '=', expected name=value")
        *groups, last = name.split(".")
        inner = values
        for group in groups:
            inner = inner.setdefault(group, {})
            if not isinstance(inner, dict):
                raise click.BadParameter(f"{text!r}: {group!r} was given a value already")
        inner[last] = parse_yaml(value, name=text)
    return values
