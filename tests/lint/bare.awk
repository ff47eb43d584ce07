# C without its comments and the insides of its strings, line by line as
# "FILE:LINE:code": what is left is what the compiler acts on.
FNR == 1 { comment = 0 }
{
    line = $0
    out = ""
    while (line != "") {
        if (comment) {
            at = index(line, "*/")
            if (!at) break
            line = substr(line, at + 2)
            comment = 0
        } else if (match(line, /\/\/|\/\*|"|'/)) {
            out = out substr(line, 1, RSTART - 1)
            mark = substr(line, RSTART, RLENGTH)
            line = substr(line, RSTART + RLENGTH)
            if (mark == "//") break
            if (mark == "/*") { comment = 1; continue }
            while (line != "" && substr(line, 1, 1) != mark)
                line = substr(line, substr(line, 1, 1) == "\\" ? 3 : 2)
            line = substr(line, 2)
            out = out mark mark
        } else {
            out = out line
            break
        }
    }
    print FILENAME ":" FNR ":" out
}
