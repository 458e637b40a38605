#!/bin/bash
# Submit an experiment as a chain of jobs, each after the one before; the catalog is the hand-over between them.
# Usage: slurm/submit.sh RUN [--dry-run] [--pipelines=… …] [--array=N]
#   [--partition --qos --cpu-partition --cpu-qos --account --time --gpus --container --mounts]
#   [kedro options, --env and --params among them]. All options: `lapa jobs --help`.
set -euo pipefail
cd "$(dirname "$0")/.."
source slurm/env.sh
run="${1:?run name}"
[[ "$run" =~ ^[A-Za-z0-9][A-Za-z0-9._-]*$ ]] || { echo "run name '$run' is no name: letters, digits, '.', '_', '-'" >&2; exit 2; }
dry="" options=()
for option in "$@"; do
  if [ "$option" = --dry-run ]; then dry=yes; else options+=("$option"); fi
done
arguments=$(activate; PYTHONWARNINGS=ignore python -m lapa jobs "${options[@]}")   # reads the configuration: what is wrong queues nothing

queued=()
withdraw() {
  if (( ${#queued[@]} )); then
    scancel "${queued[@]}"
    echo "sbatch refused a job, so ${queued[*]} are cancelled: nothing is left in the queue" >&2
  fi
}
trap withdraw ERR
before=""
while IFS= read -r line; do
  eval "job=($line)"   # quoted by Python's shlex
  after=(${before:+"--dependency=afterok:$before" --kill-on-invalid-dep=yes})
  if [ -n "$dry" ]; then
    echo "sbatch --parsable ${after[*]:+${after[*]} }$line"
    before=JOB
    continue
  fi
  before=$(sbatch --parsable "${after[@]}" "${job[@]}")
  before="${before%%;*}"   # a federation adds its cluster
  queued+=("$before")
  echo "$before ${job[0]#--job-name=}"
done <<< "$arguments"
