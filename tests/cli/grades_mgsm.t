#!/bin/sh
# MGSM's recorded answers, scored again: every published figure must come out
# to the digit, and every prediction. Needs the shared recordings.
# Databases in memory, where that can be had: a busy disk is not measured here.
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
. "$(dirname "$0")/lib.sh"
command -v sqlite3 >/dev/null || skip_all "no sqlite3"
shared=${SEQEVAL_SHARED:-$root/../shared}
data=$shared/datasets
rec=$data/recordings
[ -d "$rec" ] || skip_all "no shared recordings"
db=$tmp/g.db
sql() { sqlite3 -readonly "$db" "$1"; }

# score SUITE RECORDING [OPTION...]
score() {
    suite=$1 model=$2
    shift 2
    run "$seqeval" run -q --db "$db" --data "$data" --suite "$suite" \
        --model "replay:$model" "$@"
}
# MGSM: two runs, every language, and every prediction.
for name in alpaca_llmam_70b_iter-trans-cot-8shot wizardlm-cot-en-8shot; do
    dir=$(echo "$rec"/mgsm/*"$name")
    mode=cot-en
    case $name in *trans*) mode=trans-cot ;; esac
    rm -f "$db"
    score "mgsm:mode=$mode" "$dir/predictions_*.jsonl"
    is "mgsm $name is scored" "$status" 0
    is "mgsm $name: exact_match of every language" \
        "$(sql "select group_concat(l) from (select substr(slice, 6) || ' ' ||
            value as l from leaderboard where metric = 'acc_authors'
            and slice like 'lang=%' order by slice)")" \
        "$(sqlite3 :memory: "select group_concat(l) from (select key || ' ' ||
            json_extract(value, '\$.exact_match') as l
            from json_each(readfile('$dir/metrics.json')) order by key)")"
    for f in "$dir"/predictions_*.jsonl; do
        cat "$f"
        echo
    done | grep . | sed "s/'/''/g; s/.*/INSERT INTO line VALUES('&');/" |
        { echo 'BEGIN; CREATE TABLE line(j TEXT);'; cat; echo 'COMMIT;'; } |
        sqlite3 "$tmp/$name.db"
    is "mgsm $name: every prediction" "$(sqlite3 "$tmp/$name.db" "
        ATTACH '$db' AS r;
        CREATE TABLE theirs AS SELECT json_extract(j, '\$.question') AS q,
            json_extract(j, '\$.prediction') AS p FROM line;
        CREATE INDEX by_q ON theirs(q);
        CREATE TABLE s AS SELECT sample_id, substr(query, instr(query,
            'Question: ') + 10) AS q FROM r.samples;
        CREATE INDEX by_id ON s(sample_id);
        CREATE TABLE ours AS SELECT s.q, t.evidence AS p
            FROM r.step_scores t CROSS JOIN s USING (sample_id)
            WHERE t.grader = 'authors' AND t.kind = 'answer';
        SELECT count(*), sum(o.p = t.p) FROM ours o JOIN theirs t USING (q)")" \
        "2750|2750"
done
finish
