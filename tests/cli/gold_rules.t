#!/bin/sh
# Our constraint rules against the labels of two readers (gold_steps.jsonl): a
# broken rule must mean that the step was not done. Needs SEQEVAL_SHARED.
. "$(dirname "$0")/lib.sh"
data=${SEQEVAL_SHARED:-}/datasets
gold=${SEQEVAL_SHARED:-}/annotations/gold_steps.jsonl
[ -f "$gold" ] && [ -d "$data/recordings/seqeval" ] ||
    skip_all "SEQEVAL_SHARED does not hold annotations/ and datasets/"
db=$tmp/gold.db
sed "1d; s/'/''/g; s/.*/INSERT INTO line VALUES('&');/" "$gold" |
    { echo 'CREATE TABLE line(j); CREATE TABLE found(path, sample_id, step,
        rule_pass, scope, why); BEGIN;'; cat; echo 'COMMIT;'; } | sqlite3 "$db"
sqlite3 "$db" "select distinct json_extract(j, '\$.recording') from line" |
    while read -r path; do
        "$seqeval" run --suite seqeval --data "$data" --judge none -q \
            --model "replay:$data/$path" --db "$tmp/one.db" \
            >/dev/null 2>>"$tmp/runs.err"
        sqlite3 "$db" "ATTACH '$tmp/one.db' AS one;
            INSERT INTO found SELECT '$path', sample_id, step, rule_pass,
            scope, explanation FROM one.step_scores WHERE grader = ''"
        rm -f "$tmp"/one.db*
    done
sqlite3 "$db" "CREATE TABLE pair AS SELECT f.sample_id, f.step, f.rule_pass,
        f.scope, f.why, json_extract(e.value, '\$.label[0]') AS a,
        json_extract(e.value, '\$.label[1]') AS b
    FROM line l JOIN json_each(l.j, '\$.labels') e
    JOIN found f ON f.path = json_extract(l.j, '\$.recording')
        AND f.sample_id = json_extract(l.j, '\$.id') || ''
        AND f.step = json_extract(e.value, '\$.step')"
sqlite3 "$db" "select '# rules ' || iif(rule_pass, 'hold', 'broken') ||
        ', readers ' || iif(a = b, a, a || '/' || b) || ': ' || count(*)
    from pair where rule_pass is not null group by rule_pass, a, b;
    select '#   ' || sample_id || ' step ' || step || ', ' || a || '/' || b ||
        ': ' || replace(why, char(10), ' / ') from pair
    where rule_pass is not null and rule_pass <> (a = 'done' and b = 'done')"
is "every labelled step is there" "$(sqlite3 "$db" "select
    (select count(*) from pair) = (select sum(json_array_length(j, '\$.labels'))
    from line)")" 1
is "no step that both readers call done is broken" "$(sqlite3 "$db" \
    "select count(*) from pair where rule_pass = 0 and a = 'done'
    and b = 'done'")" 0
ok "readers and rules agree on four of five steps at least" [ "$(sqlite3 "$db" \
    "select avg(rule_pass = (a = 'done' and b = 'done')) >= 0.8 from pair
    where rule_pass is not null")" = 1 ]
finish
