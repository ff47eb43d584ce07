#!/bin/sh
# Recorded answers of real models, scored again: the figures that their authors
# published must come out to the digit. Needs the shared recordings.
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
# metric NAME [SLICE]: of the last run, as a sum over samples and their number
metric() {
    sql "select cast(round(value * n) as int) || '/' || n from leaderboard
        where run_id = (select run_id from runs order by created_at desc limit 1) and metric = '$1'
        and slice = '${2:-}'"
}

# XQuAD: the authors' first scorer.
rm -f "$db"
for row in en:base:728 de:base:756 zh:base:659 vi:trans:604; do
    lang=${row%%:*} want=${row##*:} kind=${row#*:}
    score "xquad:lang=$lang,mode=trans" \
        "$rec/xquad/self-seq-7B-baseline/llama-7b_${kind%:*}_xquad_$lang.jsonl.gz"
    is "xquad $lang: r" "$(metric follow_authors)" "$want/1190"
    is "xquad $lang: ac_en, ac_tar and rouge are the recorded ones" \
        "$(sqlite3 "$db" "select count(*), max(abs(l.value - json_extract(m.v,
            '\$.' || j.key)) > 1e-9) from (select json_extract(readfile(
            '$rec/xquad/self-seq-7B-baseline/metric.json'), '\$.$lang') as v) m
            join (select 'ac_en' as key, 'ac_en_authors' as name
            union select 'ac_tar', 'ac_tar_authors'
            union select 'rouge', 'rougeL_authors') j
            join leaderboard l on l.metric = j.name and l.slice = ''
            and l.suite like '%lang=$lang,%'")" "3|0"
done

# GSM8K: what Abel recorded, and the count of the authors' rule.
score gsm8k "$rec/gsm8k/abel-7b.jsonl.gz"
is "gsm8k abel: result" "$(metric acc_marked)" 788/1319
is "gsm8k abel: the last number" "$(metric acc_authors)" 793/1319
is "gsm8k abel: each result is the recorded one" "$(
    gzip -dc "$rec/gsm8k/abel-7b.jsonl.gz" |
        sed "s/'/''/g; s/.*/INSERT INTO line VALUES('&');/" |
        { echo 'CREATE TABLE line(j TEXT); BEGIN;'; cat; echo 'COMMIT;'; } |
        sqlite3 "$tmp/abel.db"
    sqlite3 "$tmp/abel.db" "ATTACH '$db' AS r;
        CREATE TABLE t AS SELECT json_extract(j, '\$.id') || '' AS id,
            json_extract(j, '\$.result') AS result FROM line;
        CREATE INDEX by_id ON t(id);
        SELECT count(*), sum(result = (state = 'pass')) FROM r.step_scores s
        CROSS JOIN t ON t.id = s.sample_id
        WHERE s.suite = 'gsm8k' AND s.grader = 'marked'"
)" "1319|1319"

# MATH: never right where the recorded score is not, nearly always where it is.
gzip -dc "$rec"/math/rho-math-7b-v0.1/*.jsonl.gz |
    sed "s/'/''/g; s/.*/INSERT INTO line VALUES('&');/" |
    { echo 'CREATE TABLE line(j TEXT); BEGIN;'; cat; echo 'COMMIT;'; } |
    sqlite3 "$tmp/rho.db"
sqlite3 "$tmp/rho.db" "select json_object('question', json_extract(j,
    '\$.question'), 'output', json_extract(j, '\$.code[0]')) from line" \
    >"$tmp/rho.jsonl"
score math500 "$tmp/rho.jsonl"
is "math500 rho: scored" "$status" 0
both=$(sqlite3 "$tmp/rho.db" "ATTACH '$db' AS r;
    CREATE TABLE s AS SELECT sample_id, substr(query, instr(query, 'Problem: ')
        + 9) AS q FROM r.samples WHERE suite = 'math500';
    CREATE INDEX by_id ON s(sample_id);
    CREATE TABLE ours AS SELECT s.q, t.state FROM r.step_scores t
        CROSS JOIN s USING (sample_id)
        WHERE t.grader = 'math' AND t.suite = 'math500';
    CREATE INDEX by_q ON ours(q);
    SELECT sum(state = 'pass' AND json_extract(j, '\$.score[0]') = 0) || ' ' ||
        sum(state = 'pass' AND json_extract(j, '\$.score[0]') = 1) || ' ' ||
        sum(json_extract(j, '\$.score[0]') = 1)
        FROM line JOIN ours ON q = json_extract(j, '\$.question')")
echo "# math500 rho: wrongly right, right, recorded right: $both"
is "math500 rho: never right where the score is wrong" "${both%% *}" 0
ok "math500 rho: right in 98% of what is recorded right" \
    sh -c "set -- $both; [ \$((\$2 * 100)) -ge \$((\$3 * 98)) ]"

# CSQA-repeat: as often repeated as was counted by hand.
score csqa-repeat "$rec/csqa_repeat/Meta-Llama-3-70B-Instruct.json" --limit 100
is "csqa-repeat: repeated word for word" "$(metric follow_repeat)" 92/100
finish
