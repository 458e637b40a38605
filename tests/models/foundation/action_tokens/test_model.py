"""The action-token backend: masking, grammar-bound decoding, embeddings, extra head, storage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

import lapa.models.foundation
from lapa.models.foundation.action_tokens.build import _parts, add_action_tokens, untied
from lapa.models.foundation.build import build_foundation
from lapa.models.foundation.storage import load_foundation, save_foundation
from lapa.params.foundation.model import FoundationModelParams
from toys.backends import tiny_tokens

TEXTS = ["reach the red cube", "push the blue cube to the left side"]
K, S = 8, 4


def make(head: str = "tokens", seed: int = 0) -> Any:
    torch.manual_seed(seed)
    config = FoundationModelParams(code_seq_len=S, codebook_size=K, backend=tiny_tokens(head=head))
    return build_foundation(config, instructions=TEXTS), config


def make_batch(n: int = 4) -> dict[str, Any]:
    g = torch.Generator().manual_seed(1)
    return {
        "frames": torch.randint(0, 256, (n, 32, 32, 3), generator=g, dtype=torch.uint8),
        "instructions": (TEXTS * n)[:n],
        "latent_codes": torch.randint(0, K, (n, S), generator=g),
    }


@pytest.fixture(scope="module")
def model() -> Any:
    return make()[0].eval()


def test_shapes_and_gradients() -> None:
    model, _ = make()
    batch = make_batch()
    out = model(batch)
    assert out.logits.shape == (4, S, K)
    assert model.features(batch["frames"], batch["instructions"]).shape == (4, model.feature_dim)
    out.loss.backward()
    assert [n for n, p in model.named_parameters() if p.grad is None] == []


def test_prompt_with_image_is_a_prefix_and_the_action_its_tail(model: Any) -> None:
    batch = make_batch()
    prompt = model.prompt.prompt(batch["frames"], batch["instructions"])
    whole = model.prompt.answered(batch["frames"], batch["instructions"], batch["latent_codes"])
    length = prompt["input_ids"].shape[1]
    assert torch.equal(whole["input_ids"][:, :length], prompt["input_ids"])
    tails = whole["input_ids"][:, length:].tolist()
    assert [model.prompt.grammar.read(tail) for tail in tails] == batch["latent_codes"].tolist()
    image_token = model.prompt.processor.image_token_id
    # 32 pixels, patches of 8, two by two merged: 4 tokens, which a tokenizer alone would count as 1
    assert (prompt["input_ids"] == image_token).sum(dim=1).tolist() == [4] * 4
    assert prompt["attention_mask"][0, 0] == 0  # the shorter instruction is padded on the left


def test_a_tokenizer_that_splits_action_tokens_is_refused() -> None:
    model, _ = make()
    batch = make_batch()
    encode = model.prompt._encode

    def splitting(images: Any, texts: Any) -> Any:
        return encode(images, [text.replace("<ACT_", "< ACT_") for text in texts])

    model.prompt._encode = splitting
    with pytest.raises(ValueError, match="must be special tokens"):
        model(batch)


def test_only_action_tokens_are_in_the_loss(model: Any) -> None:
    """Uniform logits give log(vocabulary) whatever the prompt's length."""
    batch = make_batch()
    weight = model.qwen.lm_head.weight.data.clone()
    model.qwen.lm_head.weight.data.zero_()
    loss = model(batch).loss.item()
    model.qwen.lm_head.weight.data.copy_(weight)
    assert loss == pytest.approx(torch.tensor(float(len(weight))).log().item(), abs=1e-4)


def test_a_sample_alone_equals_the_sample_in_a_padded_batch(model: Any) -> None:
    batch = make_batch()
    together = model(batch).logits
    alone = model({name: value[:1] for name, value in batch.items()}).logits
    torch.testing.assert_close(alone[0], together[0], atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("sample", [False, True], ids=["greedy", "sampled"])
def test_an_untrained_model_always_writes_exactly_s_codes(model: Any, sample: bool) -> None:
    torch.manual_seed(3)
    batch = make_batch(6)
    codes = model.write(batch["frames"], batch["instructions"], sample=sample)
    assert codes.shape == (6, S)
    assert ((codes >= 0) & (codes < K)).all()
    if sample:
        assert len(torch.unique(codes)) > 1


def test_left_to_itself_an_untrained_model_writes_no_action(model: Any) -> None:
    batch = make_batch()
    assert not model.well_formed(batch["frames"], batch["instructions"]).any()


@pytest.mark.parametrize("head", ["tokens", "extra"])
def test_overfits_ten_samples_to_whole_sequences(head: str) -> None:
    model, _ = make(head)
    batch = make_batch(10)
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3)
    for _ in range(100):
        optimizer.zero_grad()
        model(batch).loss.backward()
        optimizer.step()
    model.eval()
    assert torch.equal(
        model.predict_codes(batch["frames"], batch["instructions"]), batch["latent_codes"]
    )
    if head == "tokens":
        assert model.well_formed(batch["frames"], batch["instructions"]).all()


def test_masks_choose_the_samples_of_each_loss() -> None:
    model, _ = make("extra")
    batch = make_batch(4)
    first = torch.tensor([True, True, False, False])
    masked = model(batch | {"token_mask": first, "head_mask": ~first}).loss
    nothing = torch.zeros(4, dtype=torch.bool)
    token = model(batch | {"token_mask": first, "head_mask": nothing}).loss
    head = model(batch | {"token_mask": nothing, "head_mask": ~first}).loss
    torch.testing.assert_close(masked, token + head)
    assert model(batch | {"token_mask": nothing, "head_mask": nothing}).loss.item() == 0.0


def test_new_rows_start_as_the_mean_of_the_words_of_a_published_model() -> None:
    torch.manual_seed(0)
    qwen, processor, _ = _parts(tiny_tokens(), TEXTS, None)
    words = len(processor.tokenizer)
    add_action_tokens(qwen, processor, K, mean=True)
    assert len(processor.tokenizer) == words + K + 2
    for layer in (qwen.get_input_embeddings(), qwen.get_output_embeddings()):
        mean = layer.weight[:words].mean(dim=0)
        for row in range(words, words + K + 2):
            torch.testing.assert_close(layer.weight[row], mean)


def test_new_rows_of_a_fresh_model_differ_and_let_gradients_through() -> None:
    model, _ = make()
    rows = model.qwen.get_output_embeddings().weight[list(model.prompt.grammar.codes)]
    others = model.qwen.get_output_embeddings().weight
    assert rows.std().item() == pytest.approx(others.std().item(), rel=0.3)
    out = model.loss(make_batch())
    torch.nn.functional.cross_entropy(
        out.logits[:, 0], make_batch()["latent_codes"][:, 0]
    ).backward()
    assert model.qwen.model.visual.patch_embed.proj.weight.grad.abs().max() > 1e-6


def test_spare_rows_of_a_published_embedding_are_reused() -> None:
    model, _ = make()
    before = model.qwen.get_input_embeddings().num_embeddings
    add_action_tokens(model.qwen, model.prompt.processor, K, mean=True)  # all known already
    assert model.qwen.get_input_embeddings().num_embeddings == before


def test_tied_embeddings_are_untied_with_equal_values() -> None:
    model, _ = make()
    qwen = model.qwen
    qwen.config.tie_word_embeddings = True
    qwen.lm_head.weight = qwen.get_input_embeddings().weight
    untied(qwen)
    assert qwen.lm_head.weight is not qwen.get_input_embeddings().weight
    assert torch.equal(qwen.lm_head.weight, qwen.get_input_embeddings().weight)


@pytest.mark.parametrize("head", ["tokens", "extra"])
def test_saved_and_loaded_predicts_the_same(tmp_path: Path, head: str) -> None:
    model, config = make(head)
    save_foundation(tmp_path, model.eval(), config)
    loaded = load_foundation(tmp_path)
    batch = make_batch()
    torch.testing.assert_close(loaded(batch).logits, model(batch).logits, rtol=0, atol=0)
    assert torch.equal(
        loaded.predict_codes(batch["frames"], batch["instructions"]),
        model.predict_codes(batch["frames"], batch["instructions"]),
    )


def test_torchvision_is_never_imported() -> None:
    folder = Path(lapa.models.foundation.__file__).parent
    sources = [path.read_text() for path in folder.rglob("*.py")]
    assert len(sources) > 10
    assert not [
        text for text in sources if "import torchvision" in text or "from torchvision" in text
    ]


def test_dropped_codes_change_what_is_told_and_not_what_is_asked() -> None:
    torch.manual_seed(0)
    config = FoundationModelParams(
        code_seq_len=S, codebook_size=K, backend=tiny_tokens(code_dropout=0.99)
    )
    model = build_foundation(config, instructions=TEXTS)
    batch = make_batch()
    model.eval()
    exact = model.loss(batch)
    model.train()
    first, second = model.loss(batch), model.loss(batch)
    # before the first code nothing is told; the later ones are told other codes each time
    torch.testing.assert_close(first.logits[:, 0], exact.logits[:, 0])
    assert (first.logits[:, 1:] != second.logits[:, 1:]).any()
    ids = model.prompt.answered(batch["frames"], batch["instructions"], batch["latent_codes"])[
        "input_ids"
    ]
    wrong = model._with_wrong_codes(ids)
    codes = torch.isin(ids, torch.tensor(model.prompt.grammar.codes))
    assert torch.equal(wrong[~codes], ids[~codes])
    assert (wrong[codes] != ids[codes]).float().mean() > 0.5


def test_the_instruction_can_come_first() -> None:
    orders = []
    for first in (False, True):
        torch.manual_seed(0)
        config = FoundationModelParams(
            code_seq_len=S, codebook_size=K, backend=tiny_tokens(instruction_first=first)
        )
        model = build_foundation(config, instructions=TEXTS)
        batch = make_batch(1)
        ids = model.prompt.prompt(batch["frames"], batch["instructions"])["input_ids"][0].tolist()
        tokens = model.prompt.processor.tokenizer.convert_ids_to_tokens(ids)
        orders.append(tokens.index("<|vision_start|>") > tokens.index("reach"))
    assert orders == [False, True]
