"""Builds a `DualEncoder` from sizes, from published folders, or from one of our saved models."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from torch import nn
from transformers import (
    Dinov2Config,
    Dinov2Model,
    LlamaConfig,
    LlamaModel,
    SiglipVisionConfig,
    SiglipVisionModel,
)

from lapa.models.foundation.dual_encoder.hub_tokenizer import HubTokenizer
from lapa.models.foundation.dual_encoder.model import DualEncoder, TextTokenizer
from lapa.models.foundation.dual_encoder.vision_encoders import (
    Dinov2Encoder,
    DualVision,
    SiglipEncoder,
    dinov2_config,
    put_stems,
    siglip_config,
)
from lapa.models.foundation.initialization import Origin, fresh, initial_scale
from lapa.models.foundation.instruction_tokenizer import InstructionTokenizer
from lapa.models.foundation.published import imported, load_published
from lapa.params.foundation.dual_encoder import DualEncoderParams, LanguageModelParams


def build_dual_encoder(
    params: DualEncoderParams,
    *,
    code_seq_len: int,
    codebook_size: int,
    instructions: Iterable[str] = (),
    folder: Path | None = None,
) -> DualEncoder:
    """Make the parts and join them; arguments as for `lapa.models.foundation.build.BuildBackend`.

    Raises:
        ValueError: a published folder lacks weights that `allowed_fresh` does not name.
    """
    tokenizer = _tokenizer(params, instructions, folder)
    words = len(tokenizer) if isinstance(tokenizer, InstructionTokenizer) else 0
    parts = _Parts(params, folder)
    siglip = parts.make("siglip", SiglipVisionModel, siglip_config(params.siglip))
    dinov2 = parts.make("dinov2", Dinov2Model, dinov2_config(params.dinov2))
    put_stems(params, siglip=siglip, dinov2=dinov2)
    language = parts.make("language", LlamaModel, language_config(params.language, words))
    vision = DualVision(
        siglip=SiglipEncoder(siglip, image_size=params.siglip.image_size),
        dinov2=Dinov2Encoder(dinov2, image_size=params.dinov2.image_size),
        grid=params.grid,
    )
    model = DualEncoder(
        params,
        code_seq_len=code_seq_len,
        codebook_size=codebook_size,
        vision=vision,
        language=language,
        tokenizer=tokenizer,
    )
    rest = [name for name, _ in model.named_children() if name not in ("vision", "language")]
    model.origins = (
        *parts.origins,
        *(parts.ours(name, model.get_submodule(name)) for name in rest),
    )
    return model


def language_config(params: LanguageModelParams, words: int) -> LlamaConfig:
    """Llama's configuration at the given sizes; ``words`` rows where no vocabulary is set."""
    return LlamaConfig(
        vocab_size=params.vocabulary or words,
        hidden_size=params.hidden_size,
        intermediate_size=params.intermediate_size,
        num_hidden_layers=params.layers,
        num_attention_heads=params.heads,
        num_key_value_heads=params.key_value_heads or params.heads,
        max_position_embeddings=params.max_positions,
        pad_token_id=None,
        initializer_range=initial_scale(params.hidden_size),
    )


class _Parts:
    """Makes the published modules one by one and remembers where their weights came from."""

    def __init__(self, params: DualEncoderParams, folder: Path | None) -> None:
        self._params, self._folder = params, folder
        self.origins: list[Origin] = []

    def make(self, name: str, kind: Any, sizes: Any) -> Any:
        """A module: as saved here, as published, or from the given sizes."""
        source = getattr(self._params, name).pretrained
        if self._folder:
            saved = _config(kind, json.loads((self._folder / f"{name}.json").read_text()))
            module = kind(saved)
            self.origins.append(imported(self._folder, name, module))
        elif source:
            module, origin = self._published(name, kind, source)
            self.origins.append(origin)
        else:
            module = kind(sizes)
            self.origins.append(fresh(name, module))
        return module

    def ours(self, name: str, module: nn.Module) -> Origin:
        """Origin of a module that no published folder has."""
        return imported(self._folder, name, module) if self._folder else fresh(name, module)

    def _published(self, name: str, kind: Any, source: str) -> tuple[Any, Origin]:
        config = kind.config_class.from_pretrained(source)
        if hasattr(config, "vision_config"):  # the folder of a whole SigLIP, text half included
            config = config.vision_config
        if kind is SiglipVisionModel:
            config.vision_use_head = False
        allowed = self._params.allowed_fresh
        return load_published(kind, source, module_name=name, allowed_fresh=allowed, config=config)


def _config(kind: Any, fields: dict[str, Any]) -> Any:
    classes = {
        SiglipVisionModel: SiglipVisionConfig,
        Dinov2Model: Dinov2Config,
        LlamaModel: LlamaConfig,
    }
    return classes[kind].from_dict(fields)


def _tokenizer(
    params: DualEncoderParams, instructions: Iterable[str], folder: Path | None
) -> TextTokenizer:
    if folder and (folder / "tokenizer").is_dir():
        return HubTokenizer.load(folder / "tokenizer")
    if folder:
        return InstructionTokenizer.load(folder / "tokenizer.json")
    if params.language.pretrained:
        return HubTokenizer.load(params.language.pretrained)
    return InstructionTokenizer.from_instructions(instructions, max_words=params.max_words)
