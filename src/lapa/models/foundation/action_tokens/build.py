"""Builds an `ActionTokens` model: from sizes, a published folder, or one of our saved models."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration

from lapa.models.foundation.action_tokens.action_prompt import ActionPrompt
from lapa.models.foundation.action_tokens.model import ActionTokens
from lapa.models.foundation.action_tokens.qwen_processor import (
    BEGIN_ACTION,
    END_ACTION,
    ImageQwen3VLProcessor,
    code_tokens,
    own_processor,
    published_processor,
    saved_processor,
)
from lapa.models.foundation.convolution_stem import FlatPatchStem
from lapa.models.foundation.initialization import (
    Origin,
    count_parameters,
    fresh,
    initial_scale,
)
from lapa.models.foundation.published import imported, load_published
from lapa.params.foundation.action_tokens import ActionTokensParams


def build_action_tokens(
    params: ActionTokensParams,
    *,
    code_seq_len: int,
    codebook_size: int,
    instructions: Iterable[str] = (),
    folder: Path | None = None,
) -> ActionTokens:
    """Make model and processor; arguments as for `lapa.models.foundation.build.BuildBackend`.

    Raises:
        ValueError: the published folder lacks weights that `allowed_fresh` does not name.
    """
    qwen, processor, origin = _parts(params, instructions, folder)
    if folder is None:
        add_action_tokens(qwen, processor, codebook_size, mean=params.pretrained is not None)
    prompt = ActionPrompt(
        processor,
        code_seq_len=code_seq_len,
        codebook_size=codebook_size,
        instruction_first=params.instruction_first,
        grid=_grid(params) if params.sizes.stem == "convolutions" else None,
    )
    model = ActionTokens(
        params,
        code_seq_len=code_seq_len,
        codebook_size=codebook_size,
        qwen=qwen,
        prompt=prompt,
    )
    rest = [name for name, _ in model.named_children() if name != "qwen"]
    model.origins = (origin, *(fresh(name, model.get_submodule(name)) for name in rest))
    return model


def _parts(
    params: ActionTokensParams, instructions: Iterable[str], folder: Path | None
) -> tuple[Qwen3VLForConditionalGeneration, ImageQwen3VLProcessor, Origin]:
    if folder:
        config = Qwen3VLConfig.from_dict(json.loads((folder / "qwen.json").read_text()))
        qwen = _with_stem(untied(Qwen3VLForConditionalGeneration(config)), params)
        processor = saved_processor(folder / "processor")
        return qwen, processor, imported(folder, "qwen", qwen)
    if params.pretrained:
        qwen, origin = _published(params, params.pretrained)
        return qwen, published_processor(params.pretrained, params.image_size), origin
    processor = own_processor(params, instructions)
    qwen = untied(Qwen3VLForConditionalGeneration(_own_config(params, processor)))
    qwen = _with_stem(qwen, params)
    return qwen, processor, fresh("qwen", qwen)


def _with_stem(
    qwen: Qwen3VLForConditionalGeneration, params: ActionTokensParams
) -> Qwen3VLForConditionalGeneration:
    sizes = params.sizes
    if sizes.stem == "convolutions":
        qwen.model.visual.patch_embed = FlatPatchStem(
            dim=sizes.vision_hidden_size,
            patch_size=sizes.patch_size,
            grid=_grid(params),
            merge_size=sizes.merge_size,
        )
    return qwen


def _grid(params: ActionTokensParams) -> int:
    return params.image_size // params.sizes.patch_size


def add_action_tokens(
    qwen: Qwen3VLForConditionalGeneration,
    processor: ImageQwen3VLProcessor,
    codebook_size: int,
    *,
    mean: bool,
) -> None:
    """Give tokenizer and model the action tokens.

    Args:
        qwen: its embeddings grow where they must.
        processor: its tokenizer gets the new words.
        codebook_size: K.
        mean: new rows start as the mean of the old ones, which keeps a trained model's other answers
            as they are. In a fresh model that mean is nothing, and equal rows pass no gradient to
            what lies below them (measured: 200 steps lost), so there they start like the others.

    A published embedding may have spare rows beyond its vocabulary: they are no words, so they
    are reused and left out of the mean.
    """
    tokenizer = processor.tokenizer
    words = len(tokenizer)
    names = [BEGIN_ACTION, *code_tokens(codebook_size), END_ACTION]
    tokenizer.add_special_tokens({"additional_special_tokens": names}, False)
    if len(tokenizer) > qwen.get_input_embeddings().num_embeddings:
        qwen.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    if not mean:
        return
    new = tokenizer.convert_tokens_to_ids(names)
    for layer in (qwen.get_input_embeddings(), qwen.get_output_embeddings()):
        _fill_with_mean(layer.weight, new, words)


@torch.no_grad()
def _fill_with_mean(weight: Tensor, rows: list[int], words: int) -> None:
    weight[rows] = weight[:words].mean(dim=0)


def untied(qwen: Qwen3VLForConditionalGeneration) -> Qwen3VLForConditionalGeneration:
    """Give the output layer weights of its own.

    Safetensors refuses shared tensors, and FSDP2 cannot shard one tensor in two modules.
    """
    if qwen.config.tie_word_embeddings:
        qwen.lm_head.weight = nn.Parameter(qwen.get_input_embeddings().weight.detach().clone())
        qwen.config.tie_word_embeddings = False
        qwen.config.text_config.tie_word_embeddings = False
    return qwen


def _published(
    params: ActionTokensParams, source: str
) -> tuple[Qwen3VLForConditionalGeneration, Origin]:
    qwen, origin = load_published(
        Qwen3VLForConditionalGeneration,
        source,
        module_name="qwen",
        allowed_fresh=params.allowed_fresh,
    )
    qwen = untied(qwen)
    return qwen, origin._replace(parameters=count_parameters(qwen))


def _own_config(params: ActionTokensParams, processor: ImageQwen3VLProcessor) -> Qwen3VLConfig:
    sizes, to_id = params.sizes, processor.tokenizer.convert_tokens_to_ids
    head_dim = sizes.head_dim or sizes.hidden_size // sizes.heads
    # the rotary frequencies of a head are shared out to time, rows and columns
    section = [head_dim // 2 - 2 * (head_dim // 6), head_dim // 6, head_dim // 6]
    text = {
        "vocab_size": sizes.embedding_rows or len(processor.tokenizer),
        "initializer_range": initial_scale(sizes.hidden_size),
        "hidden_size": sizes.hidden_size,
        "intermediate_size": sizes.intermediate_size,
        "num_hidden_layers": sizes.layers,
        "num_attention_heads": sizes.heads,
        "num_key_value_heads": sizes.key_value_heads or sizes.heads,
        "head_dim": head_dim,
        "rope_parameters": {
            "rope_type": "default",
            "rope_theta": 10_000.0,
            "mrope_section": section,
            "mrope_interleaved": True,
        },
    }
    vision = {
        "depth": sizes.vision_layers,
        "initializer_range": initial_scale(sizes.vision_hidden_size),
        "spatial_merge_size": sizes.merge_size,
        "hidden_size": sizes.vision_hidden_size,
        "intermediate_size": sizes.vision_intermediate_size or 2 * sizes.vision_hidden_size,
        "num_heads": sizes.vision_heads,
        "patch_size": sizes.patch_size,
        "out_hidden_size": sizes.hidden_size,
        "num_position_embeddings": sizes.vision_positions
        or (params.image_size // sizes.patch_size) ** 2,
        "deepstack_visual_indexes": list(range(min(sizes.layers, sizes.vision_layers)))
        if sizes.deepstack is None
        else list(sizes.deepstack),
    }
    return Qwen3VLConfig(
        text_config=text,
        vision_config=vision,
        image_token_id=to_id("<|image_pad|>"),
        video_token_id=to_id("<|video_pad|>"),
        vision_start_token_id=to_id("<|vision_start|>"),
        vision_end_token_id=to_id("<|vision_end|>"),
        tie_word_embeddings=False,
    )
