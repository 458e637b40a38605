#!/usr/bin/env bash
# LeRobot trains, plays and loads policies of lapa, in an environment of its own with the oldest versions that lapa supports.
#
# Not a pytest test: LeRobot's pins exclude the versions of requirements.lock. `docs/lerobot.md` has the commands
# and what they printed. Ends with 1 where anything fails or differs.
#
#   tests/external/lerobot_plugin.sh SHARDS LABELS FOUNDATION POLICY OUT
#   of a run: data/03_primary/RUN/mixture data/05_model_input/RUN/labels/lapa data/06_models/RUN/lapa/{foundation,policy}
#
# OUT must not exist. LEROBOT_ENV names a virtual environment to keep (default OUT/env); PYTHON makes it.
set -euo pipefail

if [ $# -ne 5 ]; then
  sed -n 's/^# \?//;2,10p' "$0" >&2
  exit 2
fi
shards=$(realpath "$1") labels=$(realpath "$2") foundation=$(realpath "$3") policy=$(realpath "$4")
mkdir "$5"
out=$(realpath "$5")
project=$(realpath "$(dirname "$0")/../..")
env=${LEROBOT_ENV:-$out/env}
export HF_HUB_OFFLINE=1 MUJOCO_GL=disable DO_NOT_TRACK=1 TOKENIZERS_PARALLELISM=false

if [ ! -x "$env/bin/lapa" ] || [ ! -x "$env/bin/lapa-lerobot" ]; then
  "${PYTHON:-python3.12}" -m venv "$env"
  "$env/bin/pip" install --quiet --requirement "$project/requirements-oldest.lock"
  "$env/bin/pip" install --quiet --no-deps "$project" "$project/integrations/lerobot_policy_lapa"
fi
export PATH="$env/bin:$PATH"
cd "$out"

echo "== shards and labels to a LeRobot dataset, read by LeRobot"
lapa export-labels "$shards" "$labels" --format lerobot --split val --out "$out/dataset"
python "$project/tests/external/lerobot_roundtrip.py" "$shards" "$out/dataset" --split val --labels "$labels"

echo "== processors, statistics, saving and loading"
LAPA_POLICY="$policy" LAPA_FOUNDATION="$foundation" LEROBOT_DATASET="$out/dataset" \
  python -m pytest -p no:cacheprovider -q "$project/integrations/lerobot_policy_lapa/tests"

train=(lerobot-train --policy.type=lapa --policy.device=cpu --policy.push_to_hub=false --policy.use_state=true
  --dataset.repo_id=local/dataset "--dataset.root=$out/dataset" --dataset.video_backend=pyav --num_workers=0 --batch_size=16 --log_freq=5
  --env_eval_freq=0 --seed=1)
play=(lerobot-eval --env.type=lapa_tabletop --env.task=reach --policy.device=cpu --eval.batch_size=5
  --eval.use_async_envs=false --seed=190000)

echo "== lerobot-train from a foundation model, then on from its own checkpoint"
"${train[@]}" --policy.start_from="$foundation" --steps=20 --save_freq=20 --output_dir="$out/trained"
lerobot-train --config_path="$out/trained/checkpoints/last/pretrained_model/train_config.json" \
  --resume=true --steps=25

echo "== lerobot-train without pretraining"
"${train[@]}" --policy.chunk_size=4 --policy.n_action_steps=2 --policy.head='{kind: flow}' --steps=5 \
  --save_freq=5 --output_dir="$out/scratch"

echo "== lerobot-eval plays them"
for run in trained scratch; do
  "${play[@]}" --policy.path="$out/$run/checkpoints/last/pretrained_model" --eval.n_episodes=5 \
    --output_dir="$out/eval_$run"
done

echo "== a policy that lapa finetuned, in LeRobot, scene by scene as in lapa"
lapa-lerobot to-lerobot "$policy" "$out/converted"
"${play[@]}" --policy.path="$out/converted" --eval.n_episodes=10 --output_dir="$out/eval_converted"
python "$project/tests/external/lerobot_scenes.py" "$policy" "$out/eval_converted/eval_info.json"

echo "== and back: what LeRobot trained, used by lapa"
lapa-lerobot to-lapa "$out/trained/checkpoints/last/pretrained_model" "$out/for_lapa"
lapa predict "$out/for_lapa" "$out/dataset" --out "$out/predicted.json"
echo "all of it agrees: $out"
