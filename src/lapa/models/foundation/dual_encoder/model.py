"""Two vision encoders, a projector, Llama and action queries: the backend of the paper's size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor, nn
from transformers import LlamaModel

from lapa.batches import LatentBatch
from lapa.models.foundation.dual_encoder.action_queries import ActionQueries
from lapa.models.foundation.dual_encoder.projector import Projector
from lapa.models.foundation.dual_encoder.vision_encoders import DualVision
from lapa.models.foundation.initialization import Origin
from lapa.models.foundation.interface import LatentLoss, LatentPolicy, code_loss
from lapa.models.foundation.workload import TEXT_TOKENS, Workload
from lapa.params.foundation.dual_encoder import DualEncoderParams


class TextTokenizer(Protocol):
    """Instructions to padded token ids."""

    def encode(self, instructions: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Return ``int64 (batch, token)`` ids and their ``bool`` mask."""
        ...


class DualEncoder(LatentPolicy):
    """``[image tokens][instruction][S action queries]`` through Llama, a linear head per query.

    ``instruction_first`` swaps the first two.

    Parallel decoding asks all queries at once. Autoregressive decoding adds the embedding of
    code ``i - 1`` to query ``i``: in training the true one, in prediction the one just chosen.
    """

    def __init__(
        self,
        config: DualEncoderParams,
        *,
        code_seq_len: int,
        codebook_size: int,
        vision: DualVision,
        language: LlamaModel,
        tokenizer: TextTokenizer,
        origins: tuple[Origin, ...] = (),
    ) -> None:
        super().__init__()
        dim = language.config.hidden_size
        self.config, self.tokenizer, self.origins = config, tokenizer, origins
        self.code_seq_len, self.codebook_size = code_seq_len, codebook_size
        self.feature_dim = dim
        # a single code has no code before it: nothing to decode in turn
        self.teacher_forced = config.decoding == "autoregressive" and code_seq_len > 1
        self.vision, self.language = vision, language
        self.projector = Projector(dim=vision.dim, out=dim)
        std = language.config.initializer_range
        self.queries = ActionQueries(count=code_seq_len, dim=dim, std=std)
        self.head = nn.Sequential(nn.LayerNorm(dim), nn.Linear(dim, codebook_size))
        if self.teacher_forced:
            self.earlier_code = nn.Embedding(codebook_size, dim)
            nn.init.normal_(self.earlier_code.weight, std=std)

    def loss(self, batch: LatentBatch) -> LatentLoss:
        """Mean cross-entropy over positions; with teacher forcing when autoregressive."""
        codes = batch["latent_codes"]
        asked = self._ask(
            batch["frames"], batch["instructions"], codes if self.teacher_forced else None
        )
        return code_loss(self.head(asked), codes)

    @torch.no_grad()
    def predict_codes(self, images: Tensor, instructions: list[str]) -> Tensor:
        """Most likely codes: all in one pass, or greedily one after the other."""
        if self.teacher_forced:
            return self._decode_in_turn(images, instructions)
        return self.logits(images, instructions).argmax(dim=-1)

    def logits(self, images: Tensor, instructions: list[str]) -> Tensor:
        """``(batch, code, codebook)``, of all queries at once.

        Raises:
            ValueError: the codes are written one after the other.
        """
        if self.teacher_forced:
            return super().logits(images, instructions)
        logits: Tensor = self.head(self._ask(images, instructions, None))
        return logits

    def features(self, images: Tensor, instructions: list[str]) -> Tensor:
        """Mean over what the queries found, without any code given: ``(batch, dim)``."""
        return self._ask(images, instructions, None).mean(dim=1)

    def new_query(self) -> nn.Parameter:
        """One more query, drawn as those of the codes were."""
        std = self.language.config.initializer_range
        return nn.Parameter(torch.randn(1, self.feature_dim) * std)

    def features_of_query(self, query: Tensor, images: Tensor, instructions: list[str]) -> Tensor:
        """What the one query found, without those of the codes: ``(batch, dim)``."""
        return self._ask(images, instructions, None, query).squeeze(1)

    def trunk_parameters(self) -> Iterator[nn.Parameter]:
        """Vision, projector and language; queries and head adapt to real actions."""
        parts = (self.vision, self.projector, self.language)
        return chain.from_iterable(part.parameters() for part in parts)

    def repeated_layers(self) -> Sequence[nn.Module]:
        """Llama's decoder layers."""
        return list(self.language.layers)

    def workload(self) -> Workload:
        """Image tokens, instruction and queries go through everything."""
        tokens = self.vision.grid**2 + TEXT_TOKENS + self.code_seq_len
        logits = self.code_seq_len * self.codebook_size
        return Workload(tokens=tokens, parts=((self, tokens),), logits=logits)

    def save_text_files(self, folder: Path) -> None:
        """Write the parts' configurations and the tokenizer."""
        self.vision.siglip.backbone.config.to_json_file(folder / "siglip.json")
        self.vision.dinov2.backbone.config.to_json_file(folder / "dinov2.json")
        self.language.config.to_json_file(folder / "language.json")
        self.tokenizer.save(folder / "tokenizer.json")  # type: ignore[attr-defined]

    def _prefix(self, images: Tensor, instructions: list[str]) -> tuple[Tensor, Tensor]:
        """Embeddings ``(batch, position, dim)`` of image and text, and their validity."""
        ids, mask = self.tokenizer.encode(instructions)
        seen = self.projector(self.vision(images))
        words = self.language.embed_tokens(ids.to(images.device)).to(seen.dtype)
        here = torch.ones(seen.shape[:2], dtype=torch.bool, device=images.device)
        parts = [(seen, here), (words, mask.to(images.device))]
        if self.config.instruction_first:
            parts.reverse()
        embeddings, masks = zip(*parts, strict=True)
        return torch.cat(embeddings, dim=1), torch.cat(masks, dim=1)

    def _ask(
        self,
        images: Tensor,
        instructions: list[str],
        codes: Tensor | None,
        query: Tensor | None = None,
    ) -> Tensor:
        """What Llama makes of the queries ``(batch, code, dim)``, or of the one given ``(batch, 1, dim)``."""
        prefix, mask = self._prefix(images, instructions)
        sequence = self.queries.append(prefix, mask, self._earlier(codes), query=query)
        hidden: Tensor = self.language(
            inputs_embeds=sequence.embeddings,
            attention_mask=sequence.mask,
            position_ids=sequence.positions,
            use_cache=False,
        ).last_hidden_state
        asked = self.code_seq_len if query is None else query.shape[0]
        return hidden[:, -asked:]

    def _earlier(self, codes: Tensor | None) -> Tensor | None:
        """Embeddings of the code before each position ``(batch, code, dim)``; zero for the first."""
        if codes is None:
            return None
        known: Tensor = self.earlier_code(codes[:, :-1])
        return torch.cat([torch.zeros_like(known[:, :1]), known], dim=1)

    def _decode_in_turn(self, images: Tensor, instructions: list[str]) -> Tensor:
        """Greedy decoding; keys and values of what was read are kept, each step adds one query."""
        prefix, mask = self._prefix(images, instructions)
        sequence = self.queries.append(prefix, mask)
        start, cache = 0, None
        codes: list[Tensor] = []
        for index in range(self.code_seq_len):
            end = prefix.shape[1] + index + 1
            given = sequence.embeddings[:, start:end]
            if codes:
                given = given + self.earlier_code(codes[-1]).unsqueeze(1)
            out = self.language(
                inputs_embeds=given,
                attention_mask=sequence.mask[:, :end],
                position_ids=sequence.positions[:, start:end],
                past_key_values=cache,
                use_cache=True,
            )
            cache, start = out.past_key_values, end
            codes.append(self.head(out.last_hidden_state[:, -1]).argmax(dim=-1))
        return torch.stack(codes, dim=1)
