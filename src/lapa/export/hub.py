"""Models as the Hugging Face Hub keeps them: `model.safetensors`, `config.json`, a card; nothing is pickled.

A checkpoint is that already, but for the card. What is read from the Hub is data: a configuration that
names a class outside lapa is refused, unless that is allowed.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

from lapa.data.export.publish import published
from lapa.export.card.licenses import Licenses
from lapa.export.card.render import write_card
from lapa.export.checkpoint import Model, ModelFolder, open_model
from lapa.models.storage import CONFIG, WEIGHTS
from lapa.refused import RefusedError

PATTERNS = ("*.safetensors", "*.json", "*.md", "*.txt", "*.model", "tokenizer/*", "processor/*")
"""What is fetched: no pickle, no program."""
TOKENIZERS = (
    "tokenizer.json",
    "tokenizer",
    "processor",
    "siglip.json",
    "dinov2.json",
    "language.json",
    "qwen.json",
)
"""Beside weights and configuration of backbones that have them (`save_text_files`)."""
KEPT_BY_NO_RECORD = (WEIGHTS, CONFIG, *TOKENIZERS)


def save_pretrained(checkpoint: Path, out: Path, *, licenses: Licenses | None = None) -> None:
    """Write a model's folder as the Hub keeps it; `hf upload NAME OUT` sends it there.

    Args:
        checkpoint: folder of a quantiser, a foundation model or a policy.
        out: folder to make.
        licenses: for the card.

    Raises:
        RefusedError: no model lies in ``checkpoint``.
        FileExistsError: ``out`` exists.
    """
    folder = open_model(checkpoint)
    with published(out) as partial:
        for name in _files(folder):
            source = checkpoint / name
            copy = shutil.copytree if source.is_dir() else shutil.copyfile
            copy(source, partial / name)
        if folder.record is not None:
            # where it lay on this machine is nobody's business, and no part of its seal
            folder.record.model_copy(update={"path": ""}).write(partial)
        write_card(partial, "pretrained.md.j2", folder, licenses or Licenses())


def from_pretrained(
    source: str | Path, *, revision: str | None = None, allow_imports: bool = False
) -> Model:
    """Load a quantiser, a foundation model or a policy in evaluation mode.

    Args:
        source: a folder, or else the name of a repository on the Hub (``owner/name``), which is fetched.
        revision: branch, tag or commit there.
        allow_imports: of a repository, let its configuration name classes outside lapa (``kind:
            my_package.my_module:MyClass``), whose modules are then imported.

    Raises:
        RefusedError: no model is there, the Hub cannot be reached, or the configuration names a class that
            is not allowed.
        ValueError: weights, configuration and record do not belong together.
    """
    if Path(source).is_dir():
        return open_model(Path(source)).load()
    folder = _fetched(str(source), revision)
    opened = open_model(folder)
    if not allow_imports:
        require_built_in(folder)
    return opened.load()


def _fetched(name: str, revision: str | None) -> Path:
    """The folder to which the Hub's cache fetched a repository."""
    try:
        return Path(snapshot_download(name, revision=revision, allow_patterns=list(PATTERNS)))
    except (HFValidationError, HfHubHTTPError, LocalEntryNotFoundError) as error:
        raise RefusedError(
            f"no model {name!r}: no such folder is here, and the Hub gave none of that name "
            f"({str(error).splitlines()[0]}); expected a folder, or owner/name"
        ) from error


def _files(folder: ModelFolder) -> list[str]:
    """Names of what belongs to the model: those of its record, and folders of tokenizers."""
    record = folder.record
    files = KEPT_BY_NO_RECORD if record is None else (WEIGHTS, *record.files, *TOKENIZERS)
    return sorted({name for name in files if (folder.path / name).exists()})


def require_built_in(folder: Path) -> None:
    """Refuse a configuration that names classes outside lapa: loading it would import their modules.

    Raises:
        RefusedError: names them.
    """
    config = json.loads((folder / CONFIG).read_text())
    if foreign := sorted(kind for kind in _kinds(config) if ":" in kind):
        raise RefusedError(
            f"{folder / CONFIG} names {', '.join(foreign)}, expected kinds of lapa: loading it would import "
            "these modules; if you trust them, give allow_imports=True"
        )


def _kinds(config: Any) -> list[str]:
    """Every value of a key ``kind``, however deep."""
    if isinstance(config, list):
        return [kind for item in config for kind in _kinds(item)]
    if not isinstance(config, dict):
        return []
    own = [config["kind"]] if isinstance(config.get("kind"), str) else []
    return own + [kind for value in config.values() for kind in _kinds(value)]
