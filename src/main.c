/* The command table, and nothing else. */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "seqeval.h"

static const struct {
    const char *name;
    int (*fn)(int argc, char **argv);
    const char *about;
} commands[] = {
    {"run", sq_cmd_run, "ask a model a suite's queries and score every step"},
    {"score", sq_cmd_score, "score a run's responses again, asking no model"},
    {"leaderboard", sq_cmd_leaderboard, "rank the models in a database"},
    {"compare", sq_cmd_compare, "two runs, sample by sample"},
    {"gate", sq_cmd_gate, "fail when a candidate is worse than its baseline"},
    {"merge", sq_cmd_merge, "databases of several machines into one"},
    {"report", sq_cmd_report, "runs as one HTML page, with every sample"},
    {"show", sq_cmd_show, "one run, or one sample of it, step by step"},
    {"judge", sq_cmd_judge, "measure judges and rules against people's labels"},
    {"suites", sq_cmd_suites, "list the suites, or check one"},
    {"data", sq_cmd_data, "list, pull and verify the suites' data"},
    {"model", sq_cmd_model, "list, pull and verify models of local:NAME"},
    {"import", sq_cmd_import, "score outputs that another tool recorded"},
    {"export", sq_cmd_export, "a run as a gate's baseline, or for other tools"},
    {"doctor", sq_cmd_doctor, "what this machine can do, and what is missing"},
};
#define NCOMMANDS (sizeof commands / sizeof *commands)

static void print_help(FILE *out)
{
    fputs("usage: seqeval COMMAND [OPTIONS]\n\n"
          "Measures how well a language model follows sequences of "
          "instructions.\n\n",
          out);
    for (size_t i = 0; i < NCOMMANDS; i++)
        fprintf(out, "  %-12s %s\n", commands[i].name, commands[i].about);
    fputs("\nseqeval COMMAND --help says more; seqeval --version prints the "
          "version.\n"
          "Exit status: 0 done, 1 gate failed, 2 wrong usage or input, 3 gate\n"
          "inconclusive, 4 something is missing, 5 a fault of seqeval, 130 "
          "interrupted.\n",
          out);
}

/* The exit status for what was printed: a full disk is no success. */
static int flushed(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    perror("seqeval: standard output");
    return sq_status_exit(SQ_IO);
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--version") == 0) {
        puts("seqeval " SQ_VERSION);
        return flushed();
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 ||
        strcmp(name, "help") == 0) {
        print_help(stdout);
        return flushed();
    }
    for (size_t i = 0; i < NCOMMANDS; i++)
        if (strcmp(name, commands[i].name) == 0)
            return commands[i].fn(argc - 1, argv + 1);
    if (!*name) {
        print_help(stderr);
        return 2;
    }
    const char *names[NCOMMANDS + 1] = {NULL};
    for (size_t i = 0; i < NCOMMANDS; i++)
        names[i] = commands[i].name;
    const char *near = sq_opt_nearest(name, names);
    fprintf(stderr, "seqeval: '%s' is no command%s%s%s; see seqeval --help\n",
            name, near ? "; did you mean '" : "", near ? near : "",
            near ? "'?" : "");
    return 2;
}
