#!/bin/sh
# Recorded answers of real models, scored again: the figures that their authors
# published must come out to the digit. Needs the shared recordings.
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
        where run_id = (select max(run_id) from runs) and metric = '$1'
        and slice = '${2:-}'"
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
        CREATE TABLE ours AS SELECT substr(s.query, instr(s.query,
            'Question: ') + 10) AS q, t.evidence AS p FROM r.samples s
            JOIN r.step_scores t USING (run_id, suite, sample_id, epoch)
            WHERE t.grader = 'authors' AND t.kind = 'answer';
        SELECT count(*), sum(o.p = t.p) FROM ours o JOIN theirs t USING (q)")" \
        "2750|2750"
done

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
    sqlite3 "$tmp/abel.db" "ATTACH '$db' AS r; SELECT count(*),
        sum(json_extract(j, '\$.result') = (state = 'pass')) FROM line
        JOIN r.step_scores s ON s.sample_id = json_extract(j, '\$.id')
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
    CREATE TABLE ours AS SELECT substr(s.query, instr(s.query, 'Problem: ')
        + 9) AS q, t.state FROM r.samples s JOIN r.step_scores t
        USING (run_id, suite, sample_id, epoch) WHERE t.grader = 'math'
        AND t.suite = 'math500';
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
