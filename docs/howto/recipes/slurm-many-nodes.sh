#!/usr/bin/env bash
# Millions of PDFs on many nodes, with a Dask cluster that lives as long as this job.
# Submit with: sbatch slurm-many-nodes.sh
#SBATCH --job-name=edex-pdfs
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=32
#SBATCH --mem=32G
#SBATCH --time=04:00:00
#SBATCH --requeue
set -euo pipefail

# Your environment with edex[scale], on a disk that all nodes see, and a folder on such a disk.
source "$HOME/edex-environment/bin/activate"
folder="$SLURM_SUBMIT_DIR/pdfs"
port=8786
scheduler="tcp://$(hostname):$port"

dask scheduler --port "$port" --no-dashboard &
scheduler_process=$!
trap 'kill "$scheduler_process"' EXIT

# One process a core, one thread a process. Memory of a process is limited to its share.
srun --nodes="$SLURM_NNODES" --ntasks-per-node=1 --overlap \
  dask worker "$scheduler" --nworkers "$SLURM_CPUS_PER_TASK" --nthreads 1 --no-dashboard \
  --local-directory "${TMPDIR:-/tmp}" --death-timeout 300 &

edex data make pdfs --size 2000000 --shard-rows 10000 --folder "$folder" \
  --scheduler "$scheduler" --resume
