#!/bin/sh
# The judges of a run are audited by canaries, repeats and rules: bad ones are
# named in every report, a perfect one is not, and no metric counts any of it.
. "$(dirname "$0")/lib.sh"
db=$tmp/audit.db
sql() { sqlite3 -readonly "$db" "$1"; }
start_stub --judges "$root" --echo --log "$tmp/requests.jsonl" || exit 1
url=http://127.0.0.1:$port/v1
# ask JUDGE TEMPLATES [OPTION...]
ask() {
    judge=$1 templates=$2
    shift 2
    run "$seqeval" run --suite chain:steps=3,n=10 --model m --db "$db" \
        --base-url "$url" --judge-base-url "$url" --judge "$judge" \
        --judge-template "$templates" "$@"
}
last="run_id = (select run_id from run order by id desc limit 1)"
passed() {
    sql "select template, value from judge_audit where $last and
        measure = 'passed' order by 1"
}

ask perfect following,quality,steps --require-judge-audit
is "a perfect judge: exit status" "$status" 0
is "passes by every template" "$(passed)" "following|1.0
quality|1.0
steps|1.0"
is "16 canaries a template" "$(sql "select template, count(distinct name)
    from judge_probes where $last and kind = 'canary' group by 1 order by 1")" \
    "following|16
quality|16
steps|16"
is "8 samples judged twice, the same each time" "$(sql "select value, n
    from judge_audit where $last and measure = 'consistency'
    and template = 'following'")" "1.0|8"
is "intervals are there" "$(sql "select measure, printf('%.3f', lo), hi, n
    from judge_audit where $last and template = 'following'
    and measure in ('sensitivity', 'specificity') order by 1")" \
    "sensitivity|0.510|1.0|4
specificity|0.758|1.0|12"
is "rules and judge are compared" "$(sql "select count(*) from judge_audit
    where $last and measure = 'rule_agreement' and template = 'steps'
    and n = (select count(*) from step_scores s where s.$last
      and rule_pass is not null and judge_pass is not null)")" 1
unlike "nobody is named" "$out" 'AUDIT'
is "no metric counts a canary" "$(sql "select n from leaderboard where $last
    and metric = 'following_rate' and slice = ''")" 10
is "and no state" "$(sql "select count(*) from samples where $last")" 10
is "usage counts them" "$(sql "select requests from judge_usage where $last")" \
    $((3 * (10 + 16 + 8)))
before=$(wc -l <"$tmp/requests.jsonl")
ask perfect following,quality,steps
is "nothing is asked twice, but for what was asked twice" \
    "$(wc -l <"$tmp/requests.jsonl")" "$before"
run "$seqeval" show latest --db "$db"
like "show has the audit" "$out" '^perfect +steps +specificity +1\.0000'

for j in always-yes always-no random first echo; do
    for t in following quality steps paper; do
        [ $j != random ] || [ $t = steps ] || continue # a coin may be lucky
        ask $j $t
        is "$j, $t: exit status" "$status" 0
        is "$j, $t: fails" "$(passed)" "$t|0.0"
    done
    like "$j: is named by the run" "$out" "^note: m .*judge $j FAILS ITS AUDIT"
done
ask always-yes steps --require-judge-audit
is "--require-judge-audit: exit status" "$status" 4
like "says so" "$err" '--require-judge-audit: 0 of 1 audits passed'
run "$seqeval" leaderboard --db "$db" --format markdown
like "the leaderboard names it" "$out" 'judge always-no FAILS ITS AUDIT'
run "$seqeval" leaderboard --db "$db" --format json
like "in JSON, too" "$out" '"notes":"judge echo FAILS ITS AUDIT'
run "$seqeval" show latest --db "$db"
like "and show" "$out" '^notes +judge always-yes FAILS ITS AUDIT by template'

ask perfect following --no-judge-audit --no-cache
is "--no-judge-audit: no canary is asked" "$(sql "select requests
    from judge_usage where $last")" 10
ask perfect following --no-judge-audit --no-cache --require-judge-audit
is "which is no audit" "$status" 4
ask perfect following --dry-run
like "a dry run counts the audit" "$out" '^judge: 34 requests'
ask perfect following --no-cache --max-requests 15 -j 1
is "an audit that the budget cuts off: exit status" "$status" 4
like "is said to be incomplete" "$out" 'judge perfect is not fully audited'
run "$seqeval" run --suite chain:steps=3,n=10 --model m --db "$db" \
    --base-url "$url" --judge-base-url "$url" --judge perfect --judge random \
    --judge-template following,quality
is "two judges: exit status" "$status" 0
is "are compared" "$(sql "select judge, measure, n from judge_audit
    where $last and judge not in ('perfect', 'random') and
    template = 'following' order by 1, 2")" \
    "|following_alpha|10
perfect + random|following_agreement|10
perfect + random|following_kappa|10"
run "$seqeval" report latest --db "$db" --out "$tmp/audit.html"
like "the page has the audit" "$tmp/audit.html" \
    '<td>m</td><td>[^<]*</td><td>[a-z]*</td><td>sensitivity</td>'

finish
