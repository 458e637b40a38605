"""Qwen3-VL's processor for images and text, without torchvision."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoTokenizer, PreTrainedTokenizerFast, Qwen3VLProcessor
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil
from transformers.processing_utils import ProcessorMixin

from lapa.params.foundation.action_tokens import ActionTokensParams, QwenSizes

BEGIN_ACTION, END_ACTION = "<ACTION>", "</ACTION>"
END_OF_TURN, END_OF_TEXT = "<|im_end|>", "<|endoftext|>"
_PLACEHOLDERS = {
    "image_token": "<|image_pad|>",
    "video_token": "<|video_pad|>",
    "vision_start_token": "<|vision_start|>",
    "vision_end_token": "<|vision_end|>",
}
_CHAT = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% for part in message['content'] %}{% if part['type'] == 'image' %}"
    "<|vision_start|><|image_pad|><|vision_end|>{% else %}{{ part['text'] }}{% endif %}"
    "{% endfor %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""The published models' chat format, as far as one image and one instruction need it."""


class ImageQwen3VLProcessor(Qwen3VLProcessor):
    """The published processor without its video half, which only exists with torchvision."""

    def __init__(
        self,
        image_processor: Any = None,
        tokenizer: Any = None,
        chat_template: str | None = None,
        **_: Any,
    ) -> None:
        for name, token in _PLACEHOLDERS.items():
            setattr(self, name, token)
            setattr(self, f"{name}_id", tokenizer.convert_tokens_to_ids(token))
        ProcessorMixin.__init__(self, image_processor, tokenizer, chat_template=chat_template)


def code_tokens(codebook_size: int) -> list[str]:
    """``<ACT_0>`` to ``<ACT_{K-1}>``."""
    return [f"<ACT_{index}>" for index in range(codebook_size)]


def published_processor(source: str, image_size: int) -> ImageQwen3VLProcessor:
    """Processor of a published model, its image budget set to ``image_size`` squared."""
    pixels = image_size**2
    image_processor = Qwen2VLImageProcessorPil.from_pretrained(
        source, size={"shortest_edge": pixels, "longest_edge": pixels}
    )
    tokenizer = AutoTokenizer.from_pretrained(source)
    return ImageQwen3VLProcessor(
        image_processor, tokenizer, chat_template=tokenizer.chat_template or _CHAT
    )


def saved_processor(folder: Path) -> ImageQwen3VLProcessor:
    """Processor that `ImageQwen3VLProcessor.save_pretrained` wrote."""
    tokenizer = AutoTokenizer.from_pretrained(str(folder))
    image_processor = Qwen2VLImageProcessorPil.from_pretrained(str(folder))
    return ImageQwen3VLProcessor(
        image_processor, tokenizer, chat_template=(folder / "chat_template.jinja").read_text()
    )


def own_processor(params: ActionTokensParams, instructions: Iterable[str]) -> ImageQwen3VLProcessor:
    """Processor made here: byte-level pairs learnt from the instructions, small patches."""
    pixels = params.image_size**2
    image_processor = Qwen2VLImageProcessorPil(
        patch_size=params.sizes.patch_size,
        temporal_patch_size=2,
        merge_size=params.sizes.merge_size,
        size={"shortest_edge": pixels, "longest_edge": pixels},
        image_mean=[0.5, 0.5, 0.5],
        image_std=[0.5, 0.5, 0.5],
    )
    tokenizer = _byte_pairs(params.sizes, instructions)
    return ImageQwen3VLProcessor(image_processor, tokenizer, chat_template=_CHAT)


def _byte_pairs(sizes: QwenSizes, instructions: Iterable[str]) -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = [END_OF_TEXT, "<|im_start|>", END_OF_TURN, *_PLACEHOLDERS.values()]
    trainer = trainers.BpeTrainer(
        vocab_size=sizes.vocabulary,
        special_tokens=special,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(sorted(set(instructions)), trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token=END_OF_TEXT, eos_token=END_OF_TURN
    )
