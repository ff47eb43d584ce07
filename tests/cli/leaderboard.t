#!/bin/sh
# The leaderboard: which runs are on it, which are ranked apart, ranks as
# ranges, suites as columns, and one set of numbers in all formats.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || skip_all "no python3"
db=$tmp/l.db

# model NAME ERROR_RATE SEED PARAMS [OPTION...]: one run of chain
model() {
    name=$1
    "$BUILD/scripted_model" --suite-params "$4" --error-rate "$2" --seed "$3" \
        --carry >"$tmp/$name.jsonl"
    params=$4
    shift 4
    "$seqeval" run --suite "chain:$params" --model "replay:$tmp/$name.jsonl" \
        --db "$db" -q "$@" >/dev/null
}
sql() { sqlite3 "$db" "$1"; }
board() { run "$seqeval" leaderboard --db "$db" "$@"; }
# The models of the csv on $out in its order, with the given column.
rows() { # COLUMN
    python3 -c '
import csv, sys
for r in csv.DictReader(open(sys.argv[1], newline="")):
    print(r["model"], r[sys.argv[2]])' "$out" "$1" | tr '\n' ';'
}

model careful 0.01 1 steps=1-4,n=150 --tag nightly --tag main
model middling 0.05 2 steps=1-4,n=150 --tag nightly
model hasty 0.3 3 steps=1-4,n=150 --tag pr-12

# ---- ranks and order
board --metric full_rate --slice '' --format csv
is "where intervals overlap a rank is a range" "$(rows rank_hi)" \
    "careful 2;middling 2;hasty 3;"
is "from the first that it may be" "$(rows rank_lo)" \
    "careful 1;middling 1;hasty 3;"
board --metric full_rate --sort model --slice '' --format csv
is "--sort model" "$(rows rank_lo)" "careful 1;hasty 3;middling 1;"
board --metric full_rate --sort date --slice '' --format csv
is "--sort date, the newest first" "$(rows rank_lo)" \
    "hasty 3;middling 1;careful 1;"
board --metric full_rate
like "people see the range" "$out" '^1-2  careful '
like "and the tags" "$out" ' main,nightly$'

# ---- which runs
board --where tag=nightly --metric full_rate --slice '' --format csv
is "--where tag" "$(rows rank_hi)" "careful 2;middling 2;"
board --where 'tag!=night*' --where 'model=ha*' --metric full_rate --slice '' \
    --format csv
is "conditions add up" "$(rows rank_hi)" "hasty 1;"
board --where 'date<2001' --metric full_rate
like "none that fits is said" "$out" '^no scores that fit$'
board --where 'date>=2001-01-01' --metric full_rate --slice '' --format csv
is "--where date" "$(rows rank_lo)" "careful 1;middling 1;hasty 3;"
for wrong in tag 'tag<x' 'colour=red' 'model==x' 'tag='; do
    board --where "$wrong"
    is "--where '$wrong' is refused" "$status" 2
done
like "and says what there is" "$err" 'model=, judge=, tag=, suite='
run "$seqeval" run --suite chain:n=3 --model "replay:$tmp/careful.jsonl" \
    --db "$db" --tag 'a,b'
is "a tag with a comma is refused" "$status $(sed -n 1p "$err" | cut -c 1-25)" \
    "2 seqeval: run: --tag: 'a,b"

# ---- not comparable
model middling 0.05 2 steps=1-4,n=150 --limit 10
board --metric full_rate --slice '' --format csv
is "a shorter run does not replace the whole one" "$(rows n)" \
    "careful 150;middling 150;hasty 150;middling 10;"
is "and is ranked apart" "$(rows group)" \
    "careful 1;middling 1;hasty 1;middling 2;"
board --metric full_rate
like "with the reason" "$out" \
    '^Ranked apart, .*: limit_first differs \(unset, 1\); limit_last'
is "once" "$(grep -c 'Ranked apart' "$out")" 1

# ---- suites as columns
model careful 0.01 1 steps=6,n=60
model hasty 0.3 3 steps=6,n=60
board --column all --format csv
is "a model that lacks a column has no average and no rank" "$(rows rank_lo)" \
    "careful 1;hasty 2;middling ;"
want=$(sql "select printf('%.10f', avg(value)) || ' ' ||
    printf('%.10f', sqrt(sum(stderr * stderr)) / 2)
    from leaderboard where model = 'hasty' and metric = 'step_rate'
    and slice = ''")
got=$(python3 -c '
import csv, sys
for r in csv.DictReader(open(sys.argv[1], newline="")):
    if r["model"] == "hasty":
        print("%.10f %.10f" % (float(r["macro"]), float(r["macro_se"])))' "$out")
is "the macro average and its error by plain SQL" "$got" "$want"
board --column 'full_rate@chain:n=60,steps=6' --column chain:n=150,steps=1-4
like "a metric of one's own choice" "$out" 'full_rate@chain:n=60,steps=6  step_'
like "what is left out is named" "$out" 'Left out, not comparable: .* of middling'
board --column gsm9k
is "a column that is not there" "$status" 2
like "says so" "$err" "no scores for 'gsm9k'"

# ---- the leaderboard of many runs goes through no steps
board --format json
cp "$out" "$tmp/with.json"
sqlite3 "$db" ".backup $tmp/no_steps.db"
sqlite3 "$tmp/no_steps.db" "drop table step_score; drop table finding;
    drop table verdict; drop table sample_score" 2>/dev/null
run "$seqeval" leaderboard --db "$tmp/no_steps.db" --format json
ok "it needs the results alone" cmp "$out" "$tmp/with.json"

# ---- one set of numbers
for f in table markdown html csv json; do
    board --metric all --slice all --format $f --out "$tmp/board.$f"
done
sqlite3 -json "$db" "select * from leaderboard" >"$tmp/view.json"
cat >"$tmp/same.py" <<'PY'
import csv, html.parser, json, re, sys
tmp = sys.argv[1]
view = {}
for r in json.load(open(tmp + "/view.json")):
    view[r["run_id"], r["suite"], r["slice"], r["metric"]] = r
table = json.load(open(tmp + "/board.json"))
rows = list(csv.DictReader(open(tmp + "/board.csv", newline="")))
assert len(table) == len(rows) == len(view) > 100, (len(table), len(view))
shown = []
for j, c in zip(table, rows):
    v = view[j["run_id"], j["suite"], j["slice"], j["metric"]]
    for k in ("value", "stderr", "lo", "hi", "n"):
        digits = v[k] if v[k] is None else float("%.15g" % v[k])
        assert digits == j[k], (k, v, j)  # as many as SQLite prints
        assert c[k] == "" if j[k] is None else float(c[k]) == j[k], (k, c, j)
    shown.append((j["model"], "%.4f" % j["value"], str(j["n"])))

class Cells(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.rows, self.cell = [], None
    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self.rows[-1].append("")
            self.cell = True
    def handle_endtag(self, tag):
        self.cell = None if tag == "td" else self.cell
    def handle_data(self, data):
        if self.cell:
            self.rows[-1][-1] += data
page = open(tmp + "/board.html").read()
assert "default-src 'none'" in page and "<script" not in page
cells = Cells()
cells.feed(page)
def same(found, name):
    norm = [(m, "%.4f" % float(v), n) for m, v, n in found]
    assert norm == shown, (name, len(norm), len(shown))
same([(r[1], r[2], r[5]) for r in cells.rows if r], "html")
lines = [l.split("|") for l in open(tmp + "/board.markdown")
         if re.match(r"\| [0-9]", l)]
same([(l[2].strip(), l[3].strip(), l[6].strip()) for l in lines], "markdown")
# The standard error and the interval are empty where n is 1.
lines = [re.match(r" *[0-9-]+  (\w+) +([0-9.]+) (?:.* )?([0-9]+)(  \S+)?$",
                  l.rstrip("\n")) for l in open(tmp + "/board.table")]
same([m.group(1, 2, 3) for m in lines if m], "table")
print("same", len(shown))
PY
run python3 "$tmp/same.py" "$tmp"
like "table, markdown, html, csv, json and the view agree" "$out" '^same [0-9]+'
finish
