#!/bin/bash
# Submit the whole experiment as a chain of jobs; the catalog is the hand-over between them.
# Usage: slurm/submit.sh RUN [kedro options, --params among them]; SBATCH_PARTITION, SBATCH_QOS and SBATCH_ACCOUNT are sbatch's own.
set -euo pipefail
run="${1:?run name}"
[[ "$run" =~ ^[A-Za-z0-9][A-Za-z0-9._-]*$ ]] || { echo "run name '$run' is no name: letters, digits, '.', '_', '-'" >&2; exit 2; }
shift
mkdir -p logs/slurm
after() { sbatch --parsable --kill-on-invalid-dep=yes ${1:+--dependency=afterok:$1} "slurm/$2.sbatch" "$3" "$run" "${@:4}"; }
shards=$(after "" cpu ingestion "$@")
laq=$(after "$shards" gpu laq "$@")
labels=$(after "$laq" gpu labeling "$@")
foundation=$(after "$labels" gpu foundation "$@")
policies=$(after "$foundation" gpu finetune "$@")
report=$(after "$policies" cpu evaluation "$@")
echo "ingestion $shards, laq $laq, labeling $labels, foundation $foundation, finetune $policies, evaluation $report"
