#include "base/opt.h"

#include <string.h>

enum { WIDTH = 80, HELP_COLUMN = 28 };

/* Appends text from column `at` on, broken at blanks so that no line is longer
 * than WIDTH; the lines that follow begin at `indent`. Ends the last line. */
static void wrap(sq_str text, size_t at, size_t indent, struct sq_buf *out)
{
    bool line_empty = true;
    sq_str word;
    while (sq_str_split(&text, ' ', &word)) {
        size_t n = sq_utf8_count(word);
        if (n == 0)
            continue;
        if (!line_empty && at + 1 + n > WIDTH) {
            sq_buf_addf(out, "\n%*s", (int)indent, "");
            at = indent;
            line_empty = true;
        }
        if (!line_empty) {
            sq_buf_addc(out, ' ');
            at++;
        }
        sq_buf_add(out, word);
        at += n;
        line_empty = false;
    }
    sq_buf_addc(out, '\n');
}

/* Paragraphs are wrapped; a line that begins with a blank stays as it is. */
static void add_details(sq_str text, struct sq_buf *out)
{
    sq_str line;
    while (sq_str_line(&text, &line)) {
        if (sq_str_starts(line, SQ_STR(" "))) {
            sq_buf_add(out, line);
            sq_buf_addc(out, '\n');
        } else {
            wrap(line, 0, 0, out);
        }
    }
}

/* "  -j, --concurrency N    What it does, wrapped" */
static void add_row(char letter, const char *name, const char *arg,
                    const char *help, struct sq_buf *out)
{
    size_t from = out->n;
    if (letter)
        sq_buf_addf(out, "  -%c, --%s", letter, name);
    else
        sq_buf_addf(out, "      --%s", name);
    if (arg)
        sq_buf_addf(out, " %s", arg);
    size_t at = out->n - from;
    if (at + 2 > HELP_COLUMN) {
        sq_buf_addc(out, '\n');
        at = 0;
    }
    sq_buf_addf(out, "%*s", (int)(HELP_COLUMN - at), "");
    wrap(sq_str_from(help), HELP_COLUMN, HELP_COLUMN, out);
}

void sq_opt_help(const struct sq_opt_usage *usage, const struct sq_opt *table,
                 struct sq_buf *out)
{
    bool operands = usage->operands && usage->operands[0];
    sq_buf_addf(out, "usage: seqeval %s [OPTION]...%s%s\n\n", usage->name,
                operands ? " " : "", operands ? usage->operands : "");
    wrap(sq_str_from(usage->about), 0, 0, out);
    sq_buf_adds(out, "\nOptions:\n");
    for (const struct sq_opt *o = table; o->name; o++) {
        bool value = o->type != SQ_OPT_FLAG && o->type != SQ_OPT_COUNT;
        const char *arg = !value ? NULL : o->arg ? o->arg : "VALUE";
        add_row(o->letter, o->name, arg, o->help, out);
    }
    add_row('h', "help", NULL, "show this text", out);
    sq_buf_adds(out,
                "\nEach option --a-b is also read from SEQEVAL_A_B and, as "
                "\"a-b\", from a --config\nfile. --no-a takes back a flag "
                "--a.\n");
    if (usage->details) {
        sq_buf_addc(out, '\n');
        add_details(sq_str_from(usage->details), out);
    }
}
