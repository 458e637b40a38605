"""Fill a template of this folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from lapa.export.card.licenses import NOT_STATED, Licenses
from lapa.export.card.provenance import TITLES, metrics, provenance
from lapa.export.checkpoint import ModelFolder

CARD = "README.md"


def write_card(
    out: Path, template: str, folder: ModelFolder, licenses: Licenses, **facts: Any
) -> None:
    """Write ``README.md`` with a front matter that the Hub reads.

    Args:
        out: folder of the card.
        template: its name here.
        folder: of the model.
        licenses: "other" in the front matter where none is stated.
        facts: what else the template names.
    """
    loader = PackageLoader("lapa.export.card", ".")
    # Markdown, not HTML
    jinja = Environment(  # noqa: S701
        loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    text = jinja.get_template(template).render(
        title=TITLES[folder.kind],
        kind=folder.kind,
        provenance=provenance(folder),
        metrics=metrics(folder),
        licenses=licenses,
        license_tag="other" if licenses.model == NOT_STATED else licenses.model,
        **facts,
    )
    (out / CARD).write_text(text.strip() + "\n")
