"""Qwen3-VL that answers with action tokens; an extra head may read the codes instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from einops import rearrange
from torch import Tensor, distributed, nn
from torch.nn import functional
from transformers import Qwen3VLForConditionalGeneration

from lapa.batches import LatentBatch
from lapa.models.foundation.action_tokens.action_prompt import ActionPrompt
from lapa.models.foundation.action_tokens.constrained_decoding import prefix_function
from lapa.models.foundation.action_tokens.workload import action_tokens_workload
from lapa.models.foundation.code_heads import IndependentHeads
from lapa.models.foundation.initialization import Origin
from lapa.models.foundation.interface import LatentLoss, LatentPolicy
from lapa.models.foundation.workload import Workload
from lapa.params.foundation.action_tokens import ActionTokensParams


class ActionTokens(LatentPolicy):
    """Image and instruction -> ``<ACTION><ACT_i>...</ACTION>``, decoded under a grammar."""

    def __init__(
        self,
        config: ActionTokensParams,
        *,
        code_seq_len: int,
        codebook_size: int,
        qwen: Qwen3VLForConditionalGeneration,
        prompt: ActionPrompt,
        origins: tuple[Origin, ...] = (),
    ) -> None:
        super().__init__()
        self.config, self.prompt, self.origins = config, prompt, origins
        self.code_seq_len, self.codebook_size = code_seq_len, codebook_size
        self.feature_dim = qwen.config.text_config.hidden_size
        self.teacher_forced = config.head == "tokens"
        self.qwen = qwen
        if config.head == "extra":
            self.head = nn.Sequential(
                nn.LayerNorm(self.feature_dim),
                IndependentHeads(
                    dim=self.feature_dim, code_seq_len=code_seq_len, codebook_size=codebook_size
                ),
            )

    def loss(self, batch: LatentBatch) -> LatentLoss:
        """Cross-entropy of the action's tokens, and of the extra head where there is one.

        The batch's ``token_mask`` and ``head_mask`` say which samples count for which loss.
        """
        codes = batch["latent_codes"]
        inputs = self.prompt.answered(batch["frames"], batch["instructions"], codes)
        length = self.prompt.grammar.length
        answer = inputs["input_ids"][:, -length:]
        if self.training and self.config.code_dropout:
            inputs["input_ids"] = self._with_wrong_codes(inputs["input_ids"])
        hidden = self._hidden(inputs)[:, -length - 1 :]
        written: Tensor = self.qwen.lm_head(hidden[:, :-1]).float()
        per_token = _cross_entropy(written, answer)
        loss = _masked_mean(per_token, batch.get("token_mask"))
        if self.config.head == "tokens":
            own = written[:, 1 : 1 + self.code_seq_len, list(self.prompt.grammar.codes)]
            return LatentLoss(loss=loss, logits=own)
        logits = self.head(hidden[:, 0]).float()
        head_loss = _masked_mean(_cross_entropy(logits, codes), batch.get("head_mask"))
        return LatentLoss(loss=head_loss + self.config.token_loss_weight * loss, logits=logits)

    @torch.no_grad()
    def predict_codes(self, images: Tensor, instructions: list[str]) -> Tensor:
        """Greedy decoding under the grammar, or the extra head's choice."""
        if self.config.head == "extra":
            logits: Tensor = self.head(self.features(images, instructions))
            return logits.argmax(dim=-1)
        return self.write(images, instructions)

    @torch.no_grad()
    def write(self, images: Tensor, instructions: list[str], *, sample: bool = False) -> Tensor:
        """Decode under the grammar: always exactly S codes, ``int64 (batch, code)``.

        Args:
            images: ``uint8 (batch, height, width, 3)``.
            instructions: one per image.
            sample: draw from the distribution with torch's global generator, instead of greedily.
        """
        tokens = self._generate(images, instructions, constrained=True, sample=sample)
        rows = [self.prompt.grammar.read(row) for row in tokens.tolist()]
        return torch.tensor(rows, device=images.device)

    @torch.no_grad()
    def well_formed(self, images: Tensor, instructions: list[str]) -> Tensor | None:
        """Whether free greedy decoding writes a whole action."""
        if self.config.head == "extra":
            return None
        tokens = self._generate(images, instructions, constrained=False, sample=False)
        whole = [self.prompt.grammar.read(row) is not None for row in tokens.tolist()]
        return torch.tensor(whole, device=images.device)

    def features(self, images: Tensor, instructions: list[str]) -> Tensor:
        """Hidden state at the end of the prompt, ``(batch, hidden)``."""
        return self._hidden(self.prompt.prompt(images, instructions))[:, -1]

    def trunk_parameters(self) -> Iterator[nn.Parameter]:
        """Vision and language without the output layer."""
        return self.qwen.model.parameters()  # type: ignore[no-any-return]

    def repeated_layers(self) -> Sequence[nn.Module]:
        """Qwen's decoder layers."""
        return list(self.qwen.model.language_model.layers)

    def workload(self) -> Workload:
        """Patches, prompt and answer, each through its own part."""
        return action_tokens_workload(self)

    def save_text_files(self, folder: Path) -> None:
        """Write Qwen's configuration and the processor."""
        self.qwen.config.to_json_file(folder / "qwen.json", use_diff=False)
        self.prompt.processor.save_pretrained(folder / "processor")

    def _with_wrong_codes(self, ids: Tensor) -> Tensor:
        """Replace some of the codes that later ones are told ``int64 (batch, position)``."""
        codes = torch.tensor(self.prompt.grammar.codes, device=ids.device)
        drawn = codes[torch.randint(len(codes), ids.shape, device=ids.device)]
        wrong = torch.rand(ids.shape, device=ids.device) < self.config.code_dropout
        return torch.where(wrong & torch.isin(ids, codes), drawn, ids)

    def _hidden(self, inputs: dict[str, Tensor]) -> Tensor:
        hidden: Tensor = self.qwen.model(**inputs, use_cache=False).last_hidden_state
        return hidden

    def _generate(
        self, images: Tensor, instructions: list[str], *, constrained: bool, sample: bool
    ) -> Tensor:
        inputs = self.prompt.prompt(images, instructions)
        grammar, start = self.prompt.grammar, inputs["input_ids"].shape[1]
        ids: Tensor = self.qwen.generate(
            **inputs,
            max_new_tokens=grammar.length,
            do_sample=sample,
            eos_token_id=grammar.stop,
            pad_token_id=grammar.stop,
            prefix_allowed_tokens_fn=prefix_function(grammar, start) if constrained else None,
            # sharded ranks compute together, so none may stop before the others
            synced_gpus=distributed.is_available() and distributed.is_initialized(),
        )
        return ids[:, start:]


def _cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """``(batch, position, class)`` and ``int64 (batch, position)`` -> ``(batch, position)``."""
    return functional.cross_entropy(rearrange(logits, "b n c -> b c n"), targets, reduction="none")


def _masked_mean(values: Tensor, mask: Tensor | None) -> Tensor:
    """Mean of ``(batch, position)`` over the samples where ``mask (batch,)`` holds; 0 if none."""
    if mask is None:
        return values.mean()
    weight = mask.to(values.dtype)
    return (values.mean(dim=1) * weight).sum() / weight.sum().clamp(min=1)
