#!/usr/bin/env bash
# 40,000 PDFs on the cores of one node. Submit with: sbatch slurm-one-node.sh
#SBATCH --job-name=edex-pdfs
#SBATCH --nodes=1
#SBATCH --cpus-per-task=16
#SBATCH --mem=16G
#SBATCH --time=00:30:00
#SBATCH --requeue
set -euo pipefail

# Your environment with edex, on a disk that the node sees.
source "$HOME/edex-environment/bin/activate"

# --resume: a job that was stopped and requeued goes on where it was.
edex data make pdfs --size 40000 --workers "$SLURM_CPUS_PER_TASK" \
  --folder "$SLURM_SUBMIT_DIR/pdfs" --resume
