"""Stage 2 on the device: the published sizes on random weights, made where they are measured."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import torch

from gpu.measuring import GIB, forget_peak, peak_gib, settle, timed, unless_too_large
from gpu.sizes import INSTRUCTION, Sizes, foundation_params
from lapa.batches import LatentBatch
from lapa.models.foundation.build import build_foundation
from lapa.models.foundation.interface import LatentPolicy
from lapa.params.fabric import LoraParams
from lapa.params.foundation.dual_encoder import DualEncoderParams
from lapa.params.foundation.stage import FoundationParams
from lapa.planning.foundation import input_size
from lapa.training.common.adapt import adapt
from lapa.training.common.optim import build_optimizer
from lapa.training.foundation.planning import plan_training

LATENCY_BATCHES = (1, 8)
LORA_LAYERS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


def measure(device: torch.device, sizes: Sizes) -> dict[str, Any]:
    """Latency of prediction, and steps of training with their memory beside the plan."""
    rows = []
    for name, row in _all(device, sizes):
        rows.append(unless_too_large({"case": name}, row))
        forget_peak(device)
    return {"rows": rows}


def _all(device: torch.device, sizes: Sizes) -> Iterator[tuple[str, Callable[[], dict[str, Any]]]]:
    dual, batch = sizes.dual_encoder, sizes.foundation_batch
    for decoding in ("parallel", "autoregressive"):
        params = _decoding(foundation_params(dual, batch=batch), decoding)
        yield f"{dual}, {decoding}", lambda params=params: _latency(params, device, sizes)
    written = foundation_params(sizes.action_tokens, batch=batch)
    yield f"{sizes.action_tokens}, written", lambda: _latency(written, device, sizes)
    # as in conf/presets/finetune/lora_7b.yml: every linear layer of the language model
    lora = LoraParams(rank=32, alpha=32, target_modules=LORA_LAYERS)
    adapted = foundation_params(
        dual, batch=batch, lora=lora, freeze=("vision",), activation_checkpointing=True
    )
    yield f"{dual}, step with LoRA", lambda: _step(adapted, device, sizes)
    frozen = foundation_params(
        dual, batch=batch, freeze=("vision", "language"), activation_checkpointing=True
    )
    yield f"{dual}, step with a frozen trunk", lambda: _step(frozen, device, sizes)
    yield f"{sizes.action_tokens}, step", lambda: _step(written, device, sizes)


def _decoding(params: FoundationParams, decoding: str) -> FoundationParams:
    assert isinstance(params.backend, DualEncoderParams)
    backend = params.backend.model_copy(update={"decoding": decoding})
    return params.model_copy(update={"backend": backend})


def _built(params: FoundationParams, device: torch.device, dtype: torch.dtype) -> LatentPolicy:
    """The model with random weights, which never were in the memory of the CPU."""
    before = torch.get_default_dtype()
    torch.manual_seed(0)
    try:
        torch.set_default_dtype(dtype)
        with device:
            return build_foundation(params.model(), instructions=[INSTRUCTION])
    finally:
        torch.set_default_dtype(before)


def _latency(params: FoundationParams, device: torch.device, sizes: Sizes) -> dict[str, Any]:
    """Predictions in bfloat16 throughout, as a policy that is served would make them."""
    forget_peak(device)
    begin = time.perf_counter()
    dtype = torch.bfloat16 if device.type == "cuda" else torch.float32
    model = _built(params, device, dtype).eval()
    settle(device)
    row: dict[str, Any] = {"built_in_seconds": time.perf_counter() - begin}
    for count in LATENCY_BATCHES:
        batch = _batch(params, count, device)
        with torch.inference_mode():
            spent = timed(
                lambda batch=batch: model.predict_codes(batch["frames"], batch["instructions"]),
                device,
                sizes.seconds,
            )
        row[f"milliseconds_of_{count}"] = 1000 * spent["seconds"]
    return row | {"peak_gib": peak_gib(device)}


def _step(params: FoundationParams, device: torch.device, sizes: Sizes) -> dict[str, Any]:
    """One optimiser step without accumulation: weights in float32, arithmetic in bfloat16."""
    forget_peak(device)
    model = _built(params, device, torch.float32)
    adapt(model, params)
    model.train()
    optimizer = build_optimizer(model, params.optimizer)
    batch = _batch(params, params.trainer.batch_size, device)

    def step() -> None:
        with torch.autocast(device.type, torch.bfloat16):
            loss = model.loss(batch).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    spent = timed(step, device, sizes.seconds)
    plan, count = plan_training(params), params.trainer.batch_size
    return {
        **spent,
        "batch": count,
        "samples_per_second": count / spent["seconds"],
        "tflops": plan.flops_per_sample * count / spent["seconds"] / 1e12,
        "trained_parameters": plan.trained,
        "peak_gib": peak_gib(device),
        "planned_gib": plan.total / GIB,
    }


def _batch(params: FoundationParams, count: int, device: torch.device) -> LatentBatch:
    side = input_size(params.backend) or 64
    shape = (count, params.code_seq_len)
    return {
        "frames": torch.randint(0, 256, (count, side, side, 3), dtype=torch.uint8, device=device),
        "instructions": [INSTRUCTION] * count,
        "latent_codes": torch.randint(0, params.codebook_size, shape, device=device),
        "sample_id": torch.arange(count, device=device),
    }
