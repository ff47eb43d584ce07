#!/bin/sh
# A run spread over a Slurm cluster: an array of tasks, each with one shard in a
# database of its own, and a last job that merges them.
#
#   sbatch --array=1-8 examples/slurm.sh run  --model my-model --suite seqeval
#   sbatch --dependency=afterany:JOBID examples/slurm.sh merge
#
# Or both at once, for 8 parts:
#
#   PARTS=8 sh examples/slurm.sh submit --model my-model --suite seqeval
#
# OUT names the folder (default ./shards); all machines must see it. A task that
# is run again goes on where it was: give the array the same arguments again, and
# merge again.
#SBATCH --job-name=seqeval
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
set -eu
out=${OUT:-shards}
seqeval=${SEQEVAL:-seqeval}
what=${1:-}
[ $# -eq 0 ] || shift

case $what in
run)
    mkdir -p "$out"
    "$seqeval" run "$@" \
        --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" \
        --db "$out/part-$SLURM_ARRAY_TASK_ID.db"
    ;;
merge)
    "$seqeval" merge "$out/all.db" "$out"/part-*.db
    "$seqeval" leaderboard --db "$out/all.db"
    ;;
submit)
    export OUT="$out" SEQEVAL="$seqeval"
    job=$(sbatch --parsable --array="1-${PARTS:-4}" "$0" run "$@")
    sbatch --parsable --dependency="afterany:$job" "$0" merge
    ;;
*)
    echo "usage: $0 run|merge|submit [OPTIONS OF seqeval run]" >&2
    exit 2
    ;;
esac
