#!/usr/bin/env bash
# What do quantiser, target, supervision and recipe change in what latent actions mean? Every variant is trained on the
# demo's videos at half the demo's length, and measured by every analysis of codes. What is there is not made again.
#
#   docs/experiments/laq_variants.sh              all of them, one after the other: about 5 processor minutes each
#   docs/experiments/laq_variants.sh fsq flow     only these
#   VISION_MODEL=FOLDER docs/experiments/laq_variants.sh features     features of a Hugging Face vision transformer
set -euo pipefail
cd "$(dirname "$0")/../.."
data=laq_variants                       # the run whose shards all variants share
reports=data/08_reporting/laq_variants

none=laq.collapse_gate.min_utilization=0       # trains to its end, whatever its codes do
original=laq.model.lapa_compat=true,laq.model.quant_dim=32,laq.model.codebook_init=normal
original+=,laq.model.decoder_depth=null,laq.model.normalize_delta=false,laq.model.grid_channels=null
original+=,laq.model.embed_positions=false,laq.model.predict_difference=false,laq.optimizer.schedule=constant
original+=,laq.optimizer.learning_rate=1e-4,laq.optimizer.warmup_steps=0,laq.optimizer.weight_decay=0
original+=,laq.optimizer.clip_norm=0.5,laq.codebook.replacement=original,laq.targets.pixels.motion_weight=0,$none

declare -A variants=(
  [default]=seed=0
  [default_seed1]=seed=1
  [default_seed2]=seed=2
  [encode_difference]=laq.model.encode_difference=true
  [vq_ema]=laq.model.quantizer.kind=vq_ema
  [fsq]=laq.model.quantizer.kind=fsq
  [residual_vq]=laq.model.quantizer.kind=residual_vq
  [continuous]=laq.model.quantizer.kind=none,$none
  [flow]=laq.targets.flow.weight=0.01
  [features]=laq.targets.features.weight=0.01,laq.targets.features.folder=${VISION_MODEL:-}
  [few_labels]=laq.targets.actions.weight=0.0001,laq.targets.actions.fraction=0.05,laq.targets.actions.action_dim=4
  [all_labels]=laq.targets.actions.weight=0.01,laq.targets.actions.fraction=1.0,laq.targets.actions.action_dim=4
  [original]=$original
)
order=(default encode_difference vq_ema fsq residual_vq continuous flow features few_labels all_labels original
  default_seed1 default_seed2)

measure() {
  kedro run --pipelines=laq --only-missing-outputs \
    --params="run=laq_$1,reuse.data=$data,laq.trainer.max_steps=600,laq.trainer.validate_every=300,${variants[$1]}"
  [ -f "$reports/$1/scorecard.json" ] || lapa analyse "data/06_models/laq_$1/laq" "data/03_primary/$data/mixture" \
    --control "data/06_models/laq_$1/random_laq" --out "$reports/$1"
}

kedro run --pipelines=ingestion --only-missing-outputs --params="run=$data"
for name in "${@:-${order[@]}}"; do
  if [ "$name" = features ] && [ -z "${VISION_MODEL:-}" ]; then
    echo "features: left out, because VISION_MODEL names no vision transformer" >&2
    continue
  fi
  measure "$name"
done
