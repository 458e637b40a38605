# Sourced by every job script: the environment of all processes, and how one Kedro process is run and stopped.
activate() {
  local environment="${LAPA_VENV:-.venv}"   # containers bring their own
  if [ ! -f pyproject.toml ] || [ ! -f "$environment/bin/activate" ]; then
    echo "no checkout with $environment in $PWD: submit from the checkout, after \`make install\` there," \
      "or set LAPA_VENV to an environment" >&2
    exit 2
  fi
  source "$environment/bin/activate"
  export DO_NOT_TRACK=1
  export KEDRO_LOGGING_CONFIG=conf/logging.yml
  export PYTHONPATH="$PWD/src${PYTHONPATH:+:$PYTHONPATH}"   # of this checkout, whatever the environment has installed
  export PYTHONUNBUFFERED=1
  export SRUN_CPUS_PER_TASK="${SLURM_CPUS_PER_TASK:-1}"   # srun no longer inherits it from sbatch
  export OMP_NUM_THREADS="${OMP_NUM_THREADS:-${SLURM_CPUS_PER_TASK:-1}}"
}

# Usage: kedro_run PIPELINES [RUN] [--parts=N] [kedro options]. Kedro takes the last --params alone: all that are given
# become one. --parts=N is for a job of an array, which makes the part of its own number.
kedro_run() {
  local pipelines="${1:?pipelines, e.g. laq}" params=() options=()
  shift
  if (( $# )) && [[ "$1" != -* ]]; then params+=("run=$1"); shift; fi
  while (( $# )); do
    case "$1" in
      --params=*) params+=("${1#--params=}") ;;
      --parts=*) params+=("part=${SLURM_ARRAY_TASK_ID:?--parts=N is for an array: sbatch --array=1-N}/${1#--parts=}") ;;
      --params) params+=("${2:?value of --params}"); shift ;;
      *) options+=("$1") ;;
    esac
    shift
  done
  local IFS=,
  kedro run --pipelines="$pipelines" ${params[0]:+--params="${params[*]}"} --only-missing-outputs "${options[@]}" &
  requeued_after_signal $!
}

# Waits for a process and passes signals on to it. After SIGUSR1, which Slurm sends ahead of the time limit (and ahead of a
# preemption where the cluster is set up so), training has saved its state: the job goes back into the queue.
requeued_after_signal() {
  local process="$1" code=0 job="${SLURM_JOB_ID:-}"
  # one job of an array has the number of the whole array, which would be requeued with it
  if [ -n "${SLURM_ARRAY_JOB_ID:-}" ]; then job="${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"; fi
  trap "kill -USR1 $process 2> /dev/null" USR1
  trap "kill -TERM $process 2> /dev/null" TERM
  while kill -0 "$process" 2> /dev/null; do wait "$process" || true; done
  wait "$process" || code=$?
  if (( code == 138 )); then
    echo "stopped by SIGUSR1: job $job goes back into the queue and continues" >&2
    scontrol requeue "$job" || echo "cannot be requeued from here: submit the same line again" >&2
  fi
  exit "$code"
}
