"""What Qwen3-VL reads: image and instruction as a chat, and in training the action behind it.

Everything is padded on the left, so that the action's tokens are the last ones of every sample.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from lapa.models.foundation.action_tokens.constrained_decoding import ActionGrammar
from lapa.models.foundation.action_tokens.qwen_processor import (
    BEGIN_ACTION,
    END_ACTION,
    END_OF_TURN,
    ImageQwen3VLProcessor,
    code_tokens,
)


class ActionPrompt:
    """Turns images, instructions and codes into the model's inputs.

    The prompt's length comes from the processor *with* the image: the tokenizer alone does not
    know how many tokens an image takes, and would mask too little.

    Args:
        processor: with the action tokens.
        code_seq_len: S.
        codebook_size: K.
        instruction_first: the instruction stands before the image.
        grid: patches per side that every image must have; None takes any.
    """

    def __init__(
        self,
        processor: ImageQwen3VLProcessor,
        *,
        code_seq_len: int,
        codebook_size: int,
        instruction_first: bool = False,
        grid: int | None = None,
    ) -> None:
        self.processor = processor
        self._grid = grid
        self._instruction_first = instruction_first
        to_id = processor.tokenizer.convert_tokens_to_ids
        self.names = [BEGIN_ACTION, *code_tokens(codebook_size), END_ACTION]
        self.grammar = ActionGrammar(
            begin=to_id(BEGIN_ACTION),
            codes=tuple(to_id(code_tokens(codebook_size))),
            end=to_id(END_ACTION),
            stop=to_id(END_OF_TURN),
            code_seq_len=code_seq_len,
        )
        self._checked = False

    def prompt(self, images: Tensor, instructions: list[str]) -> dict[str, Tensor]:
        """Inputs that end where the answer begins."""
        return self._encode(images, [self._chat(text) for text in instructions])

    def answered(self, images: Tensor, instructions: list[str], codes: Tensor) -> dict[str, Tensor]:
        """Inputs that end with the action; its tokens are the last ``grammar.length`` of each row.

        Raises:
            ValueError: the processor writes prompt and action together differently, so the prompt
                would not be masked exactly. Checked on the first batch.
        """
        inputs = self.prompt(images, instructions)
        answer = torch.tensor([self.grammar.write(row) for row in codes.tolist()])
        answer = answer.to(images.device)
        if not self._checked:
            self._check_prefix(images, instructions, inputs["input_ids"], answer)
            self._checked = True
        here, image = torch.ones_like(answer), torch.zeros_like(answer)
        joined = {
            "input_ids": torch.cat([inputs["input_ids"], answer], dim=1),
            "attention_mask": torch.cat([inputs["attention_mask"], here], dim=1),
            "mm_token_type_ids": torch.cat([inputs["mm_token_type_ids"], image], dim=1),
        }
        return {**inputs, **joined}

    def _check_prefix(
        self, images: Tensor, instructions: list[str], prompt: Tensor, answer: Tensor
    ) -> None:
        names = self.processor.tokenizer.convert_ids_to_tokens
        texts = [
            self._chat(text) + "".join(names(row.tolist()))
            for text, row in zip(instructions, answer, strict=True)
        ]
        whole = self._encode(images, texts)["input_ids"]
        expected = torch.cat([prompt, answer], dim=1)
        if whole.shape != expected.shape or not torch.equal(whole, expected):
            raise ValueError(
                f"prompt and action together are {tuple(whole.shape)} tokens and differ from prompt "
                f"{tuple(prompt.shape)} followed by action {tuple(answer.shape)}; the action tokens "
                "must be special tokens of the tokenizer, and padding must be on the left"
            )

    def _check_grid(self, grids: Tensor) -> None:
        if self._grid is None:
            return
        expected = torch.tensor([1, self._grid, self._grid])
        if (grids.cpu() != expected).any():
            raise ValueError(
                f"an image has {grids.amax(dim=0).tolist()} patches (time, rows, columns), expected "
                f"{expected.tolist()}: `stem: convolutions` takes square images alone"
            )

    def _chat(self, instruction: str) -> str:
        content = [{"type": "image"}, {"type": "text", "text": instruction}]
        if self._instruction_first:
            content.reverse()
        message = [{"role": "user", "content": content}]
        text: str = self.processor.apply_chat_template(
            message, tokenize=False, add_generation_prompt=True
        )
        return text

    def _encode(self, images: Tensor, texts: list[str]) -> dict[str, Tensor]:
        pictures: list[Any] = list(images.cpu().numpy())
        encoded = self.processor(
            text=texts, images=pictures, return_tensors="pt", padding=True, padding_side="left"
        )
        self._check_grid(encoded["image_grid_thw"])
        return {name: value.to(images.device) for name, value in encoded.items()}
