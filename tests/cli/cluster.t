#!/bin/sh
# Errors over samples that are not independent: one question in several
# languages, languages of one family. Every figure is made again from the
# samples' scores by another program.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || skip_all "no python3"
db=$tmp/c.db
mkdir -p "$tmp/home/benchmarks/ask" "$tmp/data/ask"
SEQEVAL_HOME=$tmp/home
export SEQEVAL_HOME

# 40 questions in four languages of three families; how hard one is is the same
# in all. Two epochs, of which one may go wrong by itself.
cat >"$tmp/make.py" <<'PY'
import hashlib, json, random, sys
tmp = sys.argv[1]
rng = random.Random(5)
files, answers = [], []
langs = ["en", "de", "sw", "te"]
hard = [rng.random() < 0.4 for _ in range(40)]
for lang in langs:
    lines = ""
    for i in range(40):
        lines += json.dumps({"question": "%s %d?" % (lang, i), "gold": str(i)}) + "\n"
        for epoch in range(2):
            right = rng.random() < (0.15 if hard[i] else 0.9)
            answers.append({"id": "%s-%d" % (lang, i), "output": str(i if right else 999)})
    open(tmp + "/data/ask/%s.jsonl" % lang, "w").write(lines)
    files.append({"file": "ask/%s.jsonl" % lang, "url": "https://example.org/" + lang,
                  "sha256": hashlib.sha256(lines.encode()).hexdigest(),
                  "bytes": len(lines), "licence": "CC0-1.0", "fields": {"lang": lang}})
groups = {"Indo-European": ["en", "de"], "Atlantic-Congo": ["sw"], "Dravidian": ["te"]}
suite = {"name": "ask", "title": "questions", "version": 1, "data": files,
         "sample": {"id": "{lang}-{index}", "cluster": "{index}",
                    "facets": {"lang": "lang", "family": {
                        "of": "lang", "groups": groups, "source": "a test"}}},
         "prompt": "{question}", "params": {"lang": {"field": "lang"}},
         "steps": [{"kind": "answer", "graders": [
             {"name": "authors", "check": "last_number", "reference": "{gold}"}]}]}
json.dump(suite, open(tmp + "/home/benchmarks/ask/suite.json", "w"))
with open(tmp + "/model.jsonl", "w") as f:
    for a in answers:
        f.write(json.dumps(a) + "\n")
PY
python3 "$tmp/make.py" "$tmp" || exit 1
ask() {
    run "$seqeval" run -q --suite "ask$1" --data "$tmp/data" \
        --model "replay:$tmp/model.jsonl" --epochs 2 --db "$2"
}
ask "" "$db"
is "a suite with clusters is scored" "$status" 0

# By another way than src/stat: Student's t by Simpson's rule.
cat >"$tmp/check.py" <<'PY'
import json, math, sys
rows, scores, clusters = [json.load(open(a)) for a in sys.argv[1:4]]
def t_quantile(df):
    c = math.exp(math.lgamma((df + 1) / 2) - math.lgamma(df / 2)) / math.sqrt(df * math.pi)
    def below(t, n=4000):
        f = lambda x: c * (1 + x * x / df) ** (-(df + 1) / 2)
        h = t / n
        return 0.5 + h / 3 * sum((1 if i in (0, n) else 4 if i % 2 else 2) * f(i * h)
                                 for i in range(n + 1))
    lo, hi = 0.0, 60.0
    for _ in range(60):
        mid = (lo + hi) / 2
        lo, hi = (mid, hi) if below(mid) < 0.975 else (lo, mid)
    return lo
of, facets = {}, {}
for c in clusters:
    of[c["sample_id"], c["name"]] = c["value"]
value = {}
for s in scores:
    value.setdefault(s["sample_id"], []).append(s["value"])
value = {k: sum(v) / len(v) for k, v in value.items()}
seen = set()
for r in rows:
    name, _, want = r["slice"].partition("=")
    if name == "lang":
        ids = [k for k in value if k.startswith(want + "-")]
    elif name == "family":
        ids = [k for k in value if of[k, "family"] == want]
    else:
        ids = list(value)
    by = want if name == "clustered" else ""
    n, mean = len(ids), sum(value[k] for k in ids) / len(ids)
    sums = {}
    for k in ids:
        sums[of[k, by]] = sums.get(of[k, by], 0) + value[k] - mean
    g = len(sums)
    se = math.sqrt(g / (g - 1) * sum(v * v for v in sums.values())) / n
    half = (1.959963984540054 if g == n else t_quantile(g - 1)) * se
    for have, wanted in ((r["value"], mean), (r["stderr"], se), (r["n"], n),
                         (r["lo"], max(0, mean - half)), (r["hi"], min(1, mean + half))):
        assert abs(have - wanted) < 1e-6, (r, have, wanted)
    seen.add((name, g))
print(sorted(seen))
PY
sqlite3 -json "$db" "select slice, value, stderr, lo, hi, n from leaderboard
    where metric = 'acc_authors'" >"$tmp/rows.json"
sqlite3 -json "$db" "select sample_id, value from sample_scores
    where metric = 'acc_authors'" >"$tmp/scores.json"
sqlite3 -json "$db" "select s.sample_id, c.name, c.value from sample_cluster c
    join sample s on s.id = c.sample" >"$tmp/clusters.json"
run python3 "$tmp/check.py" "$tmp/rows.json" "$tmp/scores.json" "$tmp/clusters.json"
is "every error and interval, made again: by question, by family" "$(cat "$out")" \
    "[('', 40), ('clustered', 3), ('family', 40), ('lang', 40)]"
is "question by question the error is larger than sample by sample" "$(sqlite3 \
    "$db" "select stderr > 1.3 * (select sqrt((avg(v * v) - avg(v) * avg(v)) /
    (count(*) - 1)) from (select avg(value) v from sample_scores
    where metric = 'acc_authors' group by sample_id))
    from leaderboard where slice = '' and metric = 'acc_authors'")" 1

ask :lang=sw "$tmp/one.db"
is "one family tells nothing of others" "$(sqlite3 "$tmp/one.db" "select
    count(*) filter (where slice like 'clustered%'), count(*) from leaderboard
    where metric = 'acc_authors'")" "0|3"

for i in 1 2; do
    "$seqeval" run -q --suite ask --data "$tmp/data" \
        --model "replay:$tmp/model.jsonl" --epochs 2 --db "$tmp/$i.db" \
        --shard $i/2 >/dev/null 2>&1
done
"$seqeval" merge "$tmp/m.db" "$tmp/1.db" "$tmp/2.db" >/dev/null
for d in "$db" "$tmp/m.db"; do
    sqlite3 "$d" "select slice, metric, value, stderr, lo, hi, n
        from leaderboard order by 1, 2" >"$d.txt"
done
is "merged shards have the same errors" "$(cat "$tmp/m.db.txt")" "$(cat "$db.txt")"

sed 's/"Dravidian": \["te"\]/"Dravidian": ["ta"]/' \
    "$tmp/home/benchmarks/ask/suite.json" >"$tmp/s.json"
mv "$tmp/s.json" "$tmp/home/benchmarks/ask/suite.json"
ask "" "$tmp/none.db"
is "a language of no family is a mistake in the definition" "$status" 2
like "which is named" "$err" "facet family: 'te' is in none of its groups"
finish
