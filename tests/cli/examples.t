#!/bin/sh
# The files of examples/: they are what they say they are, and the commands in
# them are seqeval's own. examples/slurm.sh is run in slurm.t.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || skip_all "no python3"
cat >"$tmp/check.py" <<'PY'
import re, shlex, subprocess, sys
try:
    import yaml
except ImportError:
    sys.exit(77)
seqeval, out = sys.argv[1:]

def load(name):
    with open("examples/" + name) as f:
        return yaml.safe_load(f)

def flags(line):
    """The options in a command of ours, each of which must be one."""
    words = [w for w in shlex.split(line)]
    at = words.index("seqeval")
    text = subprocess.run([seqeval, words[at + 1], "--help"], capture_output=True,
                          text=True, check=True).stdout
    for word in words[at + 2:]:
        if word.startswith("--"):
            assert re.search(r"(?m)^ .*%s\b" % re.escape(word), text), (word, line)
    return words[at + 1:]

# GitHub
job = load("github-gate.yml")["jobs"]["gate"]
steps = {s.get("name", s.get("uses")): s for s in job["steps"]}
assert flags(steps["Ask the model"]["run"])[0] == "run"
gate = steps["Gate"]["run"]
assert flags(gate)[0] == "gate" and "--junit" in gate
used = set(re.findall(r"(?:vars|secrets)\.(\w+)", open("examples/github-gate.yml").read()))
head = open("examples/github-gate.yml").read().split("name: seqeval")[0]
assert all(u in head for u in used), used
open(out + "/github-run", "w").write(steps["Ask the model"]["run"])
open(out + "/github-gate", "w").write(gate)

# GitLab
job = load("gitlab-gate.yml")["seqeval-gate"]
for line in job["script"]:
    flags(line)
assert job["artifacts"]["reports"]["junit"] in job["script"][-1]
assert job["script"][-1].split("gate", 1)[1].split() == gate.split("gate", 1)[1].split()

# Kubernetes, by the API's reference of batch/v1 Job
job = load("kubernetes.yml")
assert (job["apiVersion"], job["kind"]) == ("batch/v1", "Job")
spec = job["spec"]
assert spec["completionMode"] == "Indexed"
assert spec["parallelism"] <= spec["completions"]
pod = spec["template"]["spec"]
assert pod["restartPolicy"] in ("OnFailure", "Never")
(c,) = pod["containers"]
assert {m["name"] for m in c["volumeMounts"]} == {v["name"] for v in pod["volumes"]}
(line,) = c["args"]
flags(line)
assert "/%d\"" % spec["completions"] in line
open(out + "/pod", "w").write(line)
print("examples")
PY
run python3 "$tmp/check.py" "$seqeval" "$tmp"
[ $status -ne 77 ] || skip_all "no PyYAML"
like "the workflow files and the Job are whole" "$out" '^examples$'

# The commands themselves, with a scripted model in place of a server's.
mkdir "$tmp/bin" "$tmp/ci" "$tmp/shards"
cat >"$tmp/bin/seqeval" <<END
#!/bin/sh
exec "$seqeval" "\$@"
END
chmod +x "$tmp/bin/seqeval"
params=n=60,steps=1-3
"$BUILD/scripted_model" --suite-params $params --error-rate 0.02 --seed 1 \
    >"$tmp/model.jsonl"
cd "$tmp/ci" || exit 1
PATH=$tmp/bin:$PATH
export PATH MODEL="replay:$tmp/model.jsonl" SUITE=chain:$params
run sh -e "$tmp/github-run"
is "the workflow's run" "$status" 0
run seqeval export --baseline latest --db seqeval.db --out seqeval-baseline.json
run sh -e "$tmp/github-gate"
is "and its gate: too few samples to see two points" "$status" 3
ok "which leaves its JUnit file" test -s seqeval-gate.xml
# A pod of the Job for each index, shards on its volume.
for index in 0 1 2 3 4 5 6 7; do
    sed "s|/shards|$tmp/shards|g; s|--suite seqeval|--suite $SUITE|
        s|my-model|$MODEL|" "$tmp/pod" >"$tmp/pod.sh"
    JOB_COMPLETION_INDEX=$index sh "$tmp/pod.sh" >/dev/null 2>&1
done
seqeval merge "$tmp/all.db" "$tmp"/shards/part-*.db >/dev/null
is "eight pods make one run" "$(sqlite3 "$tmp/all.db" "select count(*), status
    from runs"; sqlite3 "$tmp/all.db" "select count(*) from samples")" "1|complete
60"
finish
