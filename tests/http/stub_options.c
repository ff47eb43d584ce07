#include "stub.h"
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "base/mem.h"
#include "base/records.h"

static const char usage[] =
    "usage: stub [--latency-ms N] [--reply TEXT] [--reply-file FILE] [--echo]\n"
    "  [--fault NAME=RATE,...] [--seed N] [--retry-after VALUE] [--once-fail]\n"
    "  [--capacity N] [--choices N] [--header LINE]...\n"
    "  [--root DIR [--no-range] [--cut-after BYTES]] [--log FILE]\n"
    "  [--max-seconds N] [--judges HOME [--babble RATE]]\n"
    "Prints its port, then serves 127.0.0.1 for N seconds (300) or until a\n"
    "SIGTERM, then prints its counts. Every POST is a chat completion; GET "
    "/_stats tells its counts; all below "
    "/_fault/NAME\n"
    "has that fault; /_to/URL redirects.\n"
    "HOME of --judges has judges/: the models perfect, always-yes, always-no,\n"
    "random, first, echo and gullible judge; babble is no verdict.\n"
    "--choices: at most N choices, 0 refuses n > 1; {choice} in a content is "
    "its\nnumber. "
    "FILE of --reply-file: {\"match\", \"content\", \"finish_reason\"} or\n"
    "{\"match\", \"status\", \"body\"} a line; the first that fits.\n";

/* The inside of the JSON literal of s. */
static char *literal(sq_str s)
{
    struct sq_buf b;
    sq_buf_init(&b, SQ_MAX_RECORD);
    sq_json_quote(s, &b);
    char *inside = sq_str_dup(sq_str_sub(sq_buf_str(&b), 1, b.n - 1));
    sq_buf_release(&b);
    return inside;
}

static bool read_rules(struct stub_options *o, const char *path)
{
    struct sq_err err = {0};
    struct sq_records *records = NULL;
    struct sq_json *j = NULL;
    if (sq_records_open(&records, path, &err) != SQ_OK)
        goto out;
    while (sq_records_next(records, &j, &err) == SQ_OK && j) {
        o->rules = sq_xrealloc(o->rules, o->nrules + 1, sizeof(o->rules[0]));
        struct stub_rule *r = &o->rules[o->nrules++];
        sq_str finish = sq_json_str(sq_json_get(j, "finish_reason"));
        r->match = literal(sq_json_str(sq_json_get(j, "match")));
        r->content = literal(sq_json_str(sq_json_get(j, "content")));
        r->finish = literal(finish.n > 0 ? finish : SQ_STR("stop"));
        sq_str body = sq_json_str(sq_json_get(j, "body"));
        r->body = body.n > 0 ? sq_str_dup(body) : NULL;
        long long status = 200;
        (void)sq_json_int(sq_json_get(j, "status"), &status);
        r->status = (int)status;
        sq_json_free(j);
    }
out:
    sq_records_close(records);
    if (err.status != SQ_OK)
        fprintf(stderr, "stub: %s\n", err.msg);
    return err.status == SQ_OK;
}

static bool read_faults(struct stub_options *o, const char *text)
{
    sq_str rest = sq_str_from(text);
    sq_str piece;
    while (sq_str_split(&rest, ',', &piece)) {
        size_t eq = sq_str_find(piece, SQ_STR("="), 0);
        struct stub_fault *f = &o->faults[o->nfaults];
        if (eq == SIZE_MAX || eq >= sizeof(f->name) ||
            o->nfaults == STUB_FAULTS ||
            !sq_str_to_num(sq_str_sub(piece, eq + 1, piece.n), &f->rate))
            return false;
        memcpy(f->name, piece.p, eq);
        o->nfaults++;
    }
    return true;
}

static bool to_number(const char *text, long long *out)
{
    return sq_str_to_int(sq_str_from(text), out) && *out >= 0;
}

/* An option with a value; false when it is none or the value is wrong. */
static bool take_value(struct stub_options *o, const char *name,
                       const char *value)
{
    long long n = 0;
    if (strcmp(name, "--latency-ms") == 0 && to_number(value, &n)) {
        o->latency_us = n * 1000;
    } else if (strcmp(name, "--reply") == 0) {
        free(o->reply);
        o->reply = literal(sq_str_from(value));
    } else if (strcmp(name, "--reply-file") == 0) {
        return read_rules(o, value);
    } else if (strcmp(name, "--fault") == 0) {
        return read_faults(o, value);
    } else if (strcmp(name, "--seed") == 0 && to_number(value, &n)) {
        o->seed = (uint64_t)n;
    } else if (strcmp(name, "--retry-after") == 0) {
        o->retry_after = value;
    } else if (strcmp(name, "--capacity") == 0) {
        o->capacity = to_number(value, &n) ? (unsigned long long)n : 0;
        return o->capacity > 0;
    } else if (strcmp(name, "--choices") == 0) {
        return to_number(value, &o->choices);
    } else if (strcmp(name, "--header") == 0) {
        sq_buf_addf(&o->headers, "%s\r\n", value);
    } else if (strcmp(name, "--root") == 0) {
        o->root = value;
    } else if (strcmp(name, "--cut-after") == 0) {
        return to_number(value, &o->cut_after);
    } else if (strcmp(name, "--max-seconds") == 0) {
        return to_number(value, &o->max_seconds);
    } else if (strcmp(name, "--judges") == 0) {
        o->bench = stub_bench_open(value);
        return o->bench != NULL;
    } else if (strcmp(name, "--babble") == 0) {
        return sq_str_to_num(sq_str_from(value), &o->babble);
    } else if (strcmp(name, "--log") == 0) {
        o->log = fopen(value, "w");
        return o->log != NULL;
    } else {
        return false;
    }
    return true;
}

static bool take_flag(struct stub_options *o, const char *name)
{
    bool *flag = strcmp(name, "--echo") == 0        ? &o->echo
                 : strcmp(name, "--once-fail") == 0 ? &o->once_fail
                 : strcmp(name, "--no-range") == 0  ? &o->no_range
                                                    : NULL;
    if (flag)
        *flag = true;
    return flag != NULL;
}

bool stub_options_parse(struct stub_options *o, int argc, char **argv)
{
    *o = (struct stub_options){
        .cut_after = -1, .choices = -1, .max_seconds = 300};
    o->reply = literal(SQ_STR("ok"));
    sq_buf_init(&o->headers, SQ_MAX_MESSAGE);
    for (int i = 1; i < argc; i++) {
        if (take_flag(o, argv[i]))
            continue;
        if (i + 1 < argc && take_value(o, argv[i], argv[i + 1])) {
            i++;
            continue;
        }
        fprintf(stderr, "stub: %s: no such option, or a wrong value\n%s",
                argv[i], usage);
        return false;
    }
    return true;
}

void stub_options_release(struct stub_options *o)
{
    for (size_t i = 0; i < o->nrules; i++) {
        free(o->rules[i].match);
        free(o->rules[i].content);
        free(o->rules[i].finish);
        free(o->rules[i].body);
    }
    free(o->rules);
    free(o->reply);
    sq_buf_release(&o->headers);
    stub_bench_close(o->bench);
    if (o->log)
        fclose(o->log);
}
