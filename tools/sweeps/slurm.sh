#!/bin/sh
# A sweep as a job array of Slurm: each job does a part of the runs, and writes a file of its own. Submit it
# again, and each goes on where it was stopped. docs/sweeps.md says how.
#SBATCH --job-name=nnbook
#SBATCH --array=1-16
#SBATCH --cpus-per-task=2
#SBATCH --mem=1G
#SBATCH --time=4:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
: "${SWEEP:=-eta 0.1,1,3 -seed 0-99}"
# shellcheck disable=SC2086 # SWEEP is several words
exec "${NNBOOK:-nnbook}" sweep $SWEEP -workers "${SLURM_CPUS_PER_TASK:-1}" \
	-shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" -o "part-$SLURM_ARRAY_TASK_ID.csv"
