# Sourced by every job: the environment all ranks share.
source .venv/bin/activate
export DO_NOT_TRACK=1
export KEDRO_LOGGING_CONFIG=conf/logging.yml
export PYTHONUNBUFFERED=1
export SRUN_CPUS_PER_TASK="${SLURM_CPUS_PER_TASK:-1}"   # srun no longer inherits it from sbatch
export OMP_NUM_THREADS="${SLURM_CPUS_PER_TASK:-1}"

# Kedro takes the last --params alone: the run's name and the caller's parameters become one option.
kedro_run() {
  local pipelines="$1" params="run=$2" options=()
  shift 2
  while (( $# )); do
    case "$1" in
      --params=*) params+=",${1#--params=}" ;;
      --params) params+=",$2"; shift ;;
      *) options+=("$1") ;;
    esac
    shift
  done
  exec kedro run --pipelines="$pipelines" --params="$params" --only-missing-outputs "${options[@]}"
}
