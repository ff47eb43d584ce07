#include "report/gate_files.h"

#include <stdio.h>
#include <string.h>

#include "report/grid.h"
#include "report/moved.h"
#include "report/notes.h"

/* Worst samples that are named. */
#define WORST 5

void sq_xml_escape(sq_str s, struct sq_buf *out)
{
    for (size_t pos = 0; pos < s.n;) {
        uint32_t cp = sq_utf8_next(s, &pos);
        bool control = cp < 0x20 && cp != '\t' && cp != '\n' && cp != '\r';
        if (control || cp == 0x7f || cp == 0xfffe || cp == 0xffff)
            cp = 0xfffd;
        if (cp == '&')
            sq_buf_adds(out, "&amp;");
        else if (cp == '<')
            sq_buf_adds(out, "&lt;");
        else if (cp == '>')
            sq_buf_adds(out, "&gt;");
        else if (cp == '"')
            sq_buf_adds(out, "&quot;");
        else if (cp == '\'')
            sq_buf_adds(out, "&#39;");
        else if (cp == '\n' || cp == '\r' || cp == '\t')
            sq_buf_addf(out, "&#%u;", (unsigned)cp);
        else
            sq_buf_add_utf8(out, cp);
    }
}

/* The form of GitHub's workflow commands (actions/toolkit, core/command.ts). */
static void add_command_text(sq_str s, bool property, struct sq_buf *out)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '%' || c == '\r' || c == '\n' ||
            (property && (c == ':' || c == ',')))
            sq_buf_addf(out, "%%%02X", (unsigned)(unsigned char)c);
        else
            sq_buf_addc(out, c);
    }
}

void sq_gate_annotation(sq_str text, struct sq_buf *out)
{
    sq_buf_adds(out, "::error title=seqeval gate::");
    add_command_text(text, false, out);
    sq_buf_addc(out, '\n');
}

void sq_gate_annotations(const struct sq_gate_result *r, struct sq_buf *out)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct sq_gate_row *row = &r->rows[i];
        if (row->verdict == SQ_GATE_PASS)
            continue;
        sq_buf_adds(out, "::error title=seqeval gate ");
        add_command_text(row->group->metric, true, out);
        sq_buf_adds(out, "::");
        add_command_text(row->group->suite, false, out);
        sq_buf_addc(out, ' ');
        add_command_text(row->group->metric, false, out);
        sq_buf_adds(out, ": ");
        add_command_text(sq_str_from(row->why), false, out);
        sq_buf_addc(out, '\n');
    }
}

/* One of the samples that dropped most. */
struct worst {
    sq_str sample;
    char change[64];
    sq_str steps;
};

static enum sq_status find_worst(const struct sq_gate_row *row,
                                 const struct sq_gate_steps *how,
                                 struct sq_arena *arena,
                                 struct worst out[WORST], size_t *n,
                                 struct sq_err *err)
{
    size_t at[WORST];
    enum sq_status st = SQ_OK;
    *n = 0;
    if (row->verdict == SQ_GATE_PASS)
        return SQ_OK;
    size_t found = sq_moved_pick(row->group, true, WORST, at);
    for (; *n < found && st == SQ_OK; ++*n) {
        const struct sq_pair *p = &row->group->pairs[at[*n]];
        struct sq_buf steps;
        sq_buf_init(&steps, SQ_MAX_MESSAGE);
        st = sq_moved_steps(how->store, how->baseline, how->candidate,
                            row->group->suite, p->sample, &steps, err);
        struct worst *w = &out[*n];
        w->sample = p->sample;
        w->steps = sq_arena_str(arena, sq_buf_str(&steps));
        (void)snprintf(w->change, sizeof w->change, "%.4g > %.4g", p->a, p->b);
        sq_buf_release(&steps);
    }
    return st;
}

static void add_attribute(const char *name, sq_str value, struct sq_buf *out)
{
    sq_buf_addf(out, " %s=\"", name);
    sq_xml_escape(value, out);
    sq_buf_addc(out, '"');
}

static enum sq_status add_case(const struct sq_gate_row *row,
                               const struct sq_gate_steps *how,
                               struct sq_buf *out, struct sq_err *err)
{
    struct sq_arena arena = SQ_ARENA_INIT;
    struct worst worst[WORST];
    size_t n = 0;
    struct sq_buf name;
    sq_buf_init(&name, SQ_MAX_MESSAGE);
    enum sq_status st = find_worst(row, how, &arena, worst, &n, err);
    sq_gate_limit_name(&row->limit, &name);
    sq_buf_adds(out, "    <testcase");
    add_attribute("classname", row->group->suite, out);
    add_attribute("name", sq_buf_str(&name), out);
    if (row->verdict == SQ_GATE_PASS) {
        sq_buf_adds(out, "/>\n");
    } else {
        const char *tag = row->verdict == SQ_GATE_FAIL ? "failure" : "error";
        sq_buf_addf(out, ">\n      <%s", tag);
        add_attribute("type", sq_str_from(sq_gate_verdict_name(row->verdict)),
                      out);
        add_attribute("message", sq_str_from(row->why), out);
        sq_buf_adds(out, ">");
        for (size_t i = 0; i < n; i++) {
            sq_buf_adds(out, i ? "\n" : "");
            sq_xml_escape(worst[i].sample, out);
            sq_buf_adds(out, "  ");
            sq_xml_escape(sq_str_from(worst[i].change), out);
            sq_buf_adds(out, "  ");
            sq_xml_escape(worst[i].steps, out);
        }
        sq_buf_addf(out, "</%s>\n    </testcase>\n", tag);
    }
    sq_buf_release(&name);
    sq_arena_release(&arena);
    return st;
}

enum sq_status sq_gate_notes(const struct sq_gate_steps *steps,
                             struct sq_buf *out, struct sq_err *err)
{
    const char *const runs[] = {steps->candidate, steps->baseline};
    enum sq_status st = SQ_OK;
    for (size_t i = 0; i < 2 && st == SQ_OK; i++)
        if (runs[i])
            st = sq_notes_line(steps->store, runs[i], out, err);
    return st;
}

enum sq_status sq_gate_junit(const struct sq_gate_result *r,
                             const struct sq_gate_steps *steps,
                             struct sq_buf *out, struct sq_err *err)
{
    size_t count[3] = {0};
    struct sq_buf notes;
    sq_buf_init(&notes, SQ_MAX_MESSAGE);
    enum sq_status st = sq_gate_notes(steps, &notes, err);
    for (size_t i = 0; i < r->n; i++)
        count[r->rows[i].verdict]++;
    sq_buf_addf(out,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                "<testsuites>\n  <testsuite name=\"seqeval gate\" "
                "tests=\"%zu\" failures=\"%zu\" errors=\"%zu\">\n"
                "    <properties>\n",
                r->n, count[SQ_GATE_FAIL], count[SQ_GATE_INCONCLUSIVE]);
    const struct {
        const char *name;
        sq_str value;
    } facts[] = {{"candidate run", r->candidate_run},
                 {"candidate model", r->candidate_model},
                 {"baseline run", r->baseline_run},
                 {"baseline model", r->baseline_model},
                 {"notes", sq_str_trim(sq_buf_str(&notes))}};
    size_t nfacts = sizeof facts / sizeof *facts - (notes.n == 0);
    for (size_t i = 0; i < nfacts; i++) {
        sq_buf_addf(out, "      <property name=\"%s\"", facts[i].name);
        add_attribute("value", facts[i].value, out);
        sq_buf_adds(out, "/>\n");
    }
    sq_buf_adds(out, "    </properties>\n");
    for (size_t i = 0; i < r->n && st == SQ_OK; i++)
        st = add_case(&r->rows[i], steps, out, err);
    sq_buf_adds(out, "  </testsuite>\n</testsuites>\n");
    sq_buf_release(&notes);
    return st;
}

enum sq_status sq_gate_summary(struct sq_gate_result *r,
                               const struct sq_gate_steps *steps,
                               struct sq_buf *out, struct sq_err *err)
{
    static const struct sq_grid_column who_columns[] = {
        {"", false}, {"model", false}, {"run", false}};
    static const struct sq_grid_column columns[] = {{"suite", false},
                                                    {"metric", false},
                                                    {"sample", false},
                                                    {"change", false},
                                                    {"steps", false}};
    struct sq_grid who = {.columns = who_columns, .ncolumns = 3};
    struct sq_grid g = {.columns = columns, .ncolumns = 5};
    const sq_str rows[2][3] = {
        {SQ_STR("candidate"), r->candidate_model, r->candidate_run},
        {SQ_STR("baseline"), r->baseline_model, r->baseline_run}};
    struct sq_buf notes;
    sq_buf_init(&notes, SQ_MAX_MESSAGE);
    enum sq_status st = sq_gate_notes(steps, &notes, err);
    sq_buf_adds(out, "### seqeval ");
    sq_gate_headline(r, out);
    sq_buf_adds(out, "\n\n");
    sq_grid_add(&who, rows[0]);
    sq_grid_add(&who, rows[1]);
    sq_grid_markdown(&who, out);
    sq_buf_addc(out, '\n');
    sq_str rest = sq_buf_str(&notes), line;
    while (sq_str_line(&rest, &line)) {
        sq_grid_markdown_text(line, out);
        sq_buf_adds(out, "\n\n");
    }
    sq_buf_release(&notes);
    sq_gate_render(r, "markdown", out);
    for (size_t i = 0; i < r->n && st == SQ_OK; i++) {
        struct worst worst[WORST];
        size_t n = 0;
        st = find_worst(&r->rows[i], steps, &r->arena, worst, &n, err);
        for (size_t k = 0; k < n; k++) {
            sq_str change =
                sq_str_from(sq_arena_printf(&r->arena, "%s", worst[k].change));
            sq_str cells[5] = {r->rows[i].group->suite,
                               r->rows[i].group->metric, worst[k].sample,
                               change, worst[k].steps};
            sq_grid_add(&g, cells);
        }
    }
    if (g.nrows) {
        sq_buf_adds(out, "\nSamples that dropped most:\n\n");
        sq_grid_markdown(&g, out);
    }
    sq_grid_release(&g);
    sq_grid_release(&who);
    return st;
}
