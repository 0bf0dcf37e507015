#!/usr/bin/env bash
# sbatch behavtest.slurm.sh: one job, one node; put in again, it goes on where it was stopped.
#SBATCH --job-name=behavtest
#SBATCH --gpus=1
#SBATCH --cpus-per-task=8
#SBATCH --mem=64G
#SBATCH --time=04:00:00
#SBATCH --signal=B:TERM@300
#SBATCH --requeue
#SBATCH --open-mode=append
set -euo pipefail

: "${BASE:=your-org/assistant@v1}" "${MODIFIED:=models/candidate}"
: "${SUITES:=suites}" "${POLICY:=policy.yaml}"
export HF_HUB_OFFLINE="${HF_HUB_OFFLINE:-1}" # compute nodes rarely reach the hub

# The store is one file that one process writes; on a network file system that is slow, and locks may
# not hold. It is copied to the node and back.
kept=$PWD/.behavtest
scratch=$(mktemp -d "${SLURM_TMPDIR:-${TMPDIR:-/tmp}}/behavtest.XXXXXX")
if [ ! -d "$kept" ] && [ -d "$kept.old" ]; then
  mv "$kept.old" "$kept" # the last job ended between the two moves below
fi
if [ -d "$kept" ]; then
  cp -R "$kept/." "$scratch"
fi

keep() {
  rm -rf "$kept.new"
  mkdir "$kept.new"
  cp -R "$scratch/." "$kept.new" # whole, before anything old is touched
  rm -rf "$kept.old"
  if [ -d "$kept" ]; then
    mv "$kept" "$kept.old"
  fi
  mv "$kept.new" "$kept"
  rm -rf "$kept.old" "$scratch"
}
trap keep EXIT

# Five minutes before the time limit: whatever was committed to the store is safe, so the run is ended,
# the store copied back, and the job put in the queue again.
stop() {
  trap - TERM
  kill -TERM "$run" 2>/dev/null || true
  wait "$run" || true
  scontrol requeue "$SLURM_JOB_ID"
  exit 143
}

# A report of an earlier job must not stand for this one's.
rm -f report.json report.html
pytest --model-a="$BASE" --model-b="$MODIFIED" "$SUITES" \
  --behavtest-store="$scratch/store.duckdb" \
  --behavtest-json=report.json --behavtest-report=report.html &
run=$!
trap stop TERM
status=0
wait "$run" || status=$?

# 1 says that some behavior does not hold, which is for the gate to judge; more is a crash.
if [ "$status" -gt 1 ]; then
  exit "$status"
fi
behavtest gate report.json --policy "$POLICY"
