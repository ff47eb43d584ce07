#!/bin/sh
# The report page: its figures are the database's, its policy names its scripts,
# and nothing that a model, a data set or a file's name holds is run. What needs
# a browser is skipped where there is no Chromium.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || skip_all "no python3"
db=$tmp/r.db
page=$tmp/page.html

# model NAME ERROR_RATE SEED: one run of chain
model() {
    "$BUILD/scripted_model" --suite-params steps=1-4,n=60 --error-rate "$2" \
        --seed "$3" --carry >"$tmp/$1.jsonl"
    "$seqeval" run --suite chain:steps=1-4,n=60 --db "$db" -q \
        --model "replay:$tmp/$1.jsonl" >/dev/null
}
model careful 0.05 1
model hasty 0.3 2

run "$seqeval" report --db "$db" --out "$page"
is "without a run it is refused" "$status" 2
run "$seqeval" report latest --db "$db"
is "and without a place to write to" "$status" 2
like "which says so" "$err" '^seqeval: report: --out FILE.html'
run "$seqeval" report latest latest:hasty --db "$db" --out "$page"
is "a run given twice is refused" "$status $(grep -c 'same run' "$err")" "2 1"
run "$seqeval" report latest:careful latest:hasty --db "$db" --out "$page"
is "two runs, one page" "$status $(grep -c '^<!DOCTYPE html>' "$page")" "0 1"
unlike "that loads nothing" "$page" '(src|href)="(https?:|//)'

# page.py PAGE VIEW.json: the figures and the policy of the page as it is written
cat >"$tmp/page.py" <<'PY'
import base64, hashlib, html.parser, json, re, sys
text = open(sys.argv[1], encoding="utf-8").read()

class Tables(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tables, self.into = {}, None
    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.caption, self.rows = "", []
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        self.into = tag if tag in ("td", "th", "caption") else self.into
    def handle_endtag(self, tag):
        if tag == "table":
            self.tables.setdefault(self.caption, []).extend(self.rows)
        self.into = None
    def handle_data(self, data):
        if self.into == "caption":
            self.caption += data
        elif self.into:
            self.rows[-1][-1] += data
page = Tables()
page.feed(text)
view = json.load(open(sys.argv[2]))
for overall in (True, False):
    want, found = set(), set()
    for r in view:
        if (r["slice"] == "") == overall:
            want.add((r["metric"], r["slice"], r["run_id"],
                      "%.4f" % r["value"], str(r["n"])))
    for caption, rows in page.tables.items():
        if overall and caption.startswith("Metrics over"):
            found |= {(r[0], "", r[-1], "%.4f" % float(r[3]), r[-2])
                      for r in rows if r[0] != "metric"}
        elif not overall and " by " in caption:
            found |= {(r[0], r[1], r[-1], "%.4f" % float(r[3]), r[-2])
                      for r in rows if r[0] != "metric"}
    assert found == want, (sorted(found ^ want)[:4], len(found), len(want))
print("figures", len(view))

policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text).group(1)
assert "default-src 'none'" in policy and "unsafe" not in policy, policy
def named(body):
    d = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
    return "'sha256-%s'" % d in policy
scripts = re.findall(r"<script>(.*?)</script>", text, re.S)
assert scripts and all(named(s) for s in scripts)
assert all(named(s) for s in re.findall(r"<style>(.*?)</style>", text, re.S))
print("policy", len(scripts))
data = re.search(r'id="data">(.*?)</script>', text, re.S).group(1)
assert "<" not in data
samples = [s for u in json.loads(data)["suites"] for s in u["samples"]]
assert all(len(s["answers"]) == 2 for s in samples)
print("samples", len(samples))
for s in samples:
    for step in s["steps"]:
        units = s["query"].encode("utf-16-le")[2 * step["start"]:2 * step["end"]]
        print("step", units.decode("utf-16-le"))
PY
sqlite3 -json "$db" "select * from leaderboard" >"$tmp/view.json"
run python3 "$tmp/page.py" "$page" "$tmp/view.json"
like "every figure of the database, overall and by slice" "$out" '^figures [1-9]'
like "the policy names the page's own scripts and style" "$out" '^policy [12]$'
like "every sample with both answers" "$out" '^samples 60$'
like "the spans of its steps" "$out" '^step Reverse it\.$'

# ---- the differences
"$seqeval" compare latest:careful latest:hasty --db "$db" --format json \
    >"$tmp/compare.json"
cat >"$tmp/differences.py" <<'PY'
import html, json, re, sys
page = open(sys.argv[1], encoding="utf-8").read()
section = re.search(r'<section id="differences">(.*?)</section>', page, re.S).group(1)
assert "<caption>hasty against careful, chain:" in section
rows = [[html.unescape(c) for c in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", r, re.S)]
        for r in re.findall(r"<tr>(.*?)</tr>", section, re.S)]
head, rows = rows[0], rows[1:]
want = {r["metric"]: r for r in json.load(open(sys.argv[2]))}
assert rows[0][0] == "step_rate" and len(rows) >= 3, rows
for r in rows:
    r = dict(zip(head, r))
    w = want[r["metric"]]
    for column, key in (("difference", "diff"), ("from", "lo"), ("to", "hi"),
                        ("the first run", "a"), ("this run", "b")):
        assert abs(float(r[column]) - w[key]) < 6e-5, (r, w)
    assert r["samples"] == str(w["n"]), (r, w)
    assert r["is"] == "worse", r
print("differences", len(rows))
PY
run python3 "$tmp/differences.py" "$page" "$tmp/compare.json"
like "the differences are those of compare" "$out" '^differences [3-9]$'
run "$seqeval" report latest:careful --db "$db" --out "$tmp/alone.html"
is "one run alone has none" "$(grep -c 'id="differences"\|#differences' \
    "$tmp/alone.html")" 0
"$seqeval" run --suite chain:steps=1-4,n=60 --db "$db" -q --limit 30 \
    --model "replay:$tmp/hasty.jsonl" --model-name short >/dev/null
run "$seqeval" report latest:careful latest:short --db "$db" --out "$tmp/apart.html"
like "what may not be compared is said" "$tmp/apart.html" \
    'No other run may be compared with the first'
sqlite3 "$db" "pragma foreign_keys = on; delete from run where model = 'short'"

# ---- in a browser
for chromium in chromium chromium-browser google-chrome none; do
    if command -v $chromium >/dev/null; then break; fi
done
# dom PAGE [OPTION...]: what it is after its scripts; the window is as large as a phone's
dom() {
    url=file://$1
    shift
    timeout 60 "$chromium" --headless --no-sandbox --disable-gpu \
        --disable-dev-shm-usage --disable-background-networking \
        --disable-component-update --disable-sync --no-first-run \
        --user-data-dir="$tmp/profile" --virtual-time-budget=8000 \
        "$@" --dump-dom "$url" 2>"$tmp/.chromium"
}
if [ "$chromium" = none ]; then
    skip "a browser lists every sample" "no chromium"
    skip "and filters them" "no chromium"
    skip "charts are drawn" "no chromium"
    skip "and printed" "no chromium"
    skip "nothing hostile is run" "no chromium"
    skip "it is there as text" "no chromium"
    finish
fi
dom "$page" >"$tmp/dom.html"
like "a browser lists every sample" "$tmp/dom.html" 'data-shown="60"'
failed=$(sqlite3 "$db" "select count(distinct sample_id) from step_scores
    where state = 'fail'")
dom "$page#state=fail&open=1" >"$tmp/dom.html"
like "and filters them" "$tmp/dom.html" "data-shown=\"$failed\""
if grep -q 'Chart.js v' "$page"; then
    like "charts are drawn" "$tmp/dom.html" '<canvas role="img"'
else
    skip "charts are drawn" "built without Chart.js"
fi

# Paper shows charts that nobody has scrolled to: as many images as charts.
if [ "$(grep -c 'Chart.js v' "$page")" = 0 ]; then
    skip "and printed" "built without Chart.js"
else
    sed 's|^charts();|charts(); dispatchEvent(new Event("beforeprint"));|' \
        "$page" >"$tmp/print.html"
    sed -i.old 's|Content-Security-Policy|X-None|' "$tmp/print.html"
    dom "$tmp/print.html" --window-size=600,400 >"$tmp/dom.html"
    n=$(grep -o '<figure' "$tmp/dom.html" | wc -l | tr -d ' ')
    is "and printed" "$((n > 9)) $(grep -o '<canvas' "$tmp/dom.html" | wc -l |
        tr -d ' ')" "1 $n"
fi

# Every text that is not ours tries to run a script.
cat >"$tmp/evil.sql" <<'SQL'
CREATE TEMP TABLE e(x);
INSERT INTO e VALUES ('</script><script>document.title="pwned"</script>' ||
  '<img src=x onerror="document.title=''pwned''"><svg onload=document.title=1>' ||
  '<!--<script>"''&quot;]]>{{1}}${1}' || char(8232) || char(0xd7ff));
UPDATE run SET model = id || (SELECT x FROM e), judge = (SELECT x FROM e),
  settings_json = json_object((SELECT x FROM e), (SELECT x FROM e)),
  provenance_json = json_object('host', (SELECT x FROM e));
UPDATE suite SET label = (SELECT x FROM e), name = (SELECT x FROM e);
UPDATE sample SET query = (SELECT x FROM e), sample_id = id || (SELECT x FROM e);
UPDATE sample_facet SET value = value || (SELECT x FROM e);
UPDATE step SET kind = (SELECT x FROM e), rules = (SELECT x FROM e),
  start_byte = 0, end_byte = 9;
UPDATE step_score SET evidence = (SELECT x FROM e), explanation = (SELECT x FROM e);
UPDATE response SET text = text || (SELECT x FROM e);
UPDATE job SET error = (SELECT x FROM e);
UPDATE result SET slice = slice || (SELECT x FROM e) WHERE slice <> '';
SQL
sqlite3 "$db" <"$tmp/evil.sql"
ids=$(sqlite3 "$db" "select run_id from runs order by run_id")
# shellcheck disable=SC2086 # two ids
run "$seqeval" report $ids --db "$db" --out "$page"
is "hostile texts make a page too" "$status" 0
dom "$page#open=5" >"$tmp/dom.html"
is "nothing hostile is run" \
    "$(grep -c '<title>seqeval report</title>' "$tmp/dom.html") $(grep -c \
        -e '<img' -e '<svg' "$tmp/dom.html")" "1 0"
like "it is there as text" "$tmp/dom.html" '&lt;img src=x onerror='
like "and its samples are listed" "$tmp/dom.html" 'data-shown="60"'
finish
