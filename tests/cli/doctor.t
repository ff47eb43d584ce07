# What `seqeval doctor` says of this machine, and of one that gives less.
. "$(dirname "$0")/lib.sh"

run "$seqeval" doctor --data "$tmp/none"
like "says the machine" "$out" '^machine +yes +.* cores, .* GiB memory'
like "finds its module" "$out" '^http +yes '
like "names the data folder" "$out" "^data +yes +$tmp/none"
like "names the interpreter, or its absence" "$out" '^python +(yes +/|no  )'
like "says whether programs are limited as a whole" "$out" \
    '^sandbox: control groups +(yes +/|no +[a-z/])|^python +no |^sandbox: .* +no '
grep -v '^sandbox: control groups' "$out" >"$tmp/needed"
case $status in
0) unlike "exit 0: nothing is missing but what may be" "$tmp/needed" \
    '^(http|suites|data|python|sandbox: .*[^ ]) +no ' ;;
4) like "exit 4: something is missing" "$tmp/needed" \
    '^(http|suites|data|python|sandbox: .*[^ ]) +no ' ;;
*) fail "exit status" "$status" ;;
esac

run "$seqeval" doctor --format json
ok "JSON can be read" sqlite3 :memory: \
    "SELECT json_array_length(readfile('$out')) > 5 OR 1 / 0"
like "and has a part a line" "$out" '"part":"machine","here":"yes","detail":"'

run "$seqeval" doctor --python no-such-python
is "no interpreter: exit 4" "$status" 4
like "and it says which" "$out" '^python +no +.*no-such-python'

run "$seqeval" doctor --format xml
is "an unknown format: exit 2" "$status" 2
run "$seqeval" doctor now
is "an operand: exit 2" "$status" 2

# In a user namespace that allows no further ones.
if unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces' 2>/dev/null
then
    run unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces
        exec "$0" doctor' "$seqeval"
    is "no namespaces: exit 4" "$status" 4
    like "and why" "$out" '^sandbox: user namespace +no +[A-Z]'
else
    skip "no namespaces: exit 4" "this machine makes none"
    skip "and why" "this machine makes none"
fi
finish
