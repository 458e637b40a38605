# Sourced by every job: the environment all ranks share.
source .venv/bin/activate
export DO_NOT_TRACK=1
export KEDRO_LOGGING_CONFIG=conf/logging.yml
export PYTHONUNBUFFERED=1
export SRUN_CPUS_PER_TASK="${SLURM_CPUS_PER_TASK:-1}"   # srun no longer inherits it from sbatch
export OMP_NUM_THREADS="${SLURM_CPUS_PER_TASK:-1}"
