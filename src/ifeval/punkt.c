/*
 * What the sentence splitter of IFEval's reference, Punkt as NLTK ships it, was
 * seen to do with words: each was put to it by itself in a made-up sentence.
 */
#include "ifeval/punkt.h"
#include <stdlib.h>
#include <string.h>

/* Each list is in order. Without the final dot. Which of these count as
 * abbreviations is not what a reader would say: "etc." and "Gov." end a
 * sentence, and so do "B." and "J.", where "D." and "J.K." never do. */
static const char *const abbreviations[] = {
    "a.a",   "a.c",   "a.d",     "a.g",   "a.h",   "a.m",  "a.m.e", "a.s",
    "a.t",   "adm",   "ala",     "ariz",  "aug",   "ave",  "b.f",   "b.v",
    "bros",  "c",     "c.i.t",   "c.v",   "calif", "chg",  "cie",   "co",
    "col",   "colo",  "conn",    "corp",  "cos",   "ct",   "d",     "d.c",
    "d.h",   "d.w",   "dec",     "dr",    "e",     "e.f",  "e.h",   "e.l",
    "e.m",   "f",     "f.g",     "f.j",   "feb",   "fla",  "fri",   "ft",
    "g",     "g.d",   "g.f",     "g.k",   "ga",    "gen",  "h",     "h.c",
    "h.f",   "h.m",   "i.m.s",   "ill",   "inc",   "j.b",  "j.c",   "j.j",
    "j.k",   "j.p",   "j.r",     "jan",   "jr",    "k",    "kan",   "ky",
    "l",     "l.a",   "l.f",     "l.p",   "lt",    "ltd",  "m",     "m.b.a",
    "m.j",   "maj",   "messrs",  "mg",    "mich",  "minn", "mr",    "mrs",
    "ms",    "n",     "n.c",     "n.d",   "n.h",   "n.j",  "n.m",   "n.v",
    "n.y",   "nev",   "nov",     "oct",   "ok",    "okla", "ore",   "p",
    "p.a.m", "p.m",   "pa",      "ph.d",  "prof",  "r",    "r.a",   "r.h",
    "r.i",   "r.j",   "r.k",     "r.t",   "rep",   "reps", "s",     "s.a",
    "s.a.y", "s.c",   "s.g",     "s.p.a", "s.s",   "sen",  "sep",   "sept",
    "sr",    "st",    "t",       "t.j",   "tenn",  "tues", "u.k",   "u.n",
    "u.s",   "u.s.a", "u.s.s.r", "v",     "va",    "vs",   "vt",    "w",
    "w.c",   "w.r",   "w.va",    "w.w",   "wash",  "wed",  "wis",   "yr"};

/* Words that, capitalised, begin a sentence even behind an abbreviation. */
static const char *const starters[] = {
    "according",    "adding",       "address",  "analysis",  "ask",
    "begin",        "between",      "both",     "but",       "calculate",
    "check",        "choices",      "choose",   "chorus",    "completion",
    "consider",     "content",      "correct",  "cost",      "counting",
    "create",       "cultural",     "customer", "date",      "define",
    "describe",     "description",  "despite",  "determine", "develop",
    "different",    "discuss",      "does",     "enjoy",     "ensure",
    "enter",        "even",         "example",  "examples",  "experience",
    "explain",      "explanation",  "explore",  "final",     "finally",
    "follow",       "following",    "generate", "generator", "given",
    "he",           "her",          "here",     "hours",     "however",
    "if",           "imagine",      "in",       "include",   "ingredients",
    "input",        "instructions", "into",     "it",        "language",
    "length",       "list",         "many",     "most",      "need",
    "note",         "number",       "numbers",  "original",  "overall",
    "per",          "person",       "please",   "points",    "positive",
    "potential",    "practice",     "premise",  "problem",   "product",
    "programming",  "prompt",       "provide",  "question",  "questions",
    "remember",     "remove",       "response", "result",    "reward",
    "right",        "section",      "select",   "sentence",  "serve",
    "setting",      "since",        "skills",   "so",        "solution",
    "solving",      "some",         "specific", "step",      "string",
    "substituting", "subtracting",  "such",     "sum",       "suppose",
    "task",         "team",         "text",     "thank",     "the",
    "them",         "theory",       "there",    "therefore", "these",
    "they",         "think",        "this",     "through",   "thus",
    "title",        "together",     "true",     "try",       "turn",
    "type",         "understand",   "unique",   "user",      "using",
    "were",         "when",         "whether",  "which",     "while",
    "without",      "words",        "writing",  "yes",       "your"};

/* More words that are no names: behind "A." they begin a sentence. */
static const char *const common[] = {"about",         "act",
                                     "activities",    "activity",
                                     "add",           "after",
                                     "age",           "all",
                                     "also",          "and",
                                     "another",       "answer",
                                     "any",           "are",
                                     "area",          "art",
                                     "assessment",    "assistant",
                                     "average",       "avoid",
                                     "back",          "background",
                                     "based",         "because",
                                     "before",        "benefits",
                                     "best",          "bill",
                                     "black",         "brief",
                                     "building",      "business",
                                     "can",           "case",
                                     "causes",        "challenges",
                                     "change",        "city",
                                     "code",          "coffee",
                                     "come",          "common",
                                     "company",       "computer",
                                     "conclusion",    "could",
                                     "count",         "critical",
                                     "data",          "day",
                                     "days",          "decrease",
                                     "design",        "development",
                                     "did",           "difficult",
                                     "digital",       "discussion",
                                     "dog",           "don",
                                     "during",        "each",
                                     "early",         "earth",
                                     "effects",       "end",
                                     "engine",        "error",
                                     "evaluation",    "every",
                                     "exploration",   "express",
                                     "factors",       "false",
                                     "find",          "first",
                                     "five",          "focus",
                                     "food",          "for",
                                     "form",          "four",
                                     "from",          "full",
                                     "function",      "game",
                                     "get",           "give",
                                     "gold",          "good",
                                     "great",         "green",
                                     "had",           "half",
                                     "has",           "have",
                                     "health",        "heat",
                                     "help",          "hey",
                                     "high",          "his",
                                     "history",       "home",
                                     "how",           "human",
                                     "ice",           "identify",
                                     "impact",        "importance",
                                     "incorrect",     "increase",
                                     "information",   "intermediate",
                                     "introduction",  "its",
                                     "job",           "join",
                                     "just",          "keep",
                                     "key",           "king",
                                     "know",          "large",
                                     "last",          "late",
                                     "learning",      "left",
                                     "let",           "level",
                                     "life",          "light",
                                     "like",          "long",
                                     "look",          "loud",
                                     "love",          "low",
                                     "machine",       "made",
                                     "main",          "make",
                                     "making",        "management",
                                     "mark",          "market",
                                     "materials",     "may",
                                     "media",         "method",
                                     "methods",       "minutes",
                                     "model",         "more",
                                     "movie",         "much",
                                     "museum",        "music",
                                     "name",          "national",
                                     "natural",       "new",
                                     "next",          "none",
                                     "not",           "now",
                                     "objectives",    "offer",
                                     "office",        "old",
                                     "once",          "one",
                                     "only",          "open",
                                     "opportunities", "option",
                                     "options",       "other",
                                     "our",           "out",
                                     "output",        "over",
                                     "park",          "part",
                                     "people",        "perhaps",
                                     "personal",      "place",
                                     "plan",          "planning",
                                     "point",         "possible",
                                     "power",         "preparation",
                                     "president",     "price",
                                     "prime",         "project",
                                     "purpose",       "quality",
                                     "read",          "recommendations",
                                     "red",           "research",
                                     "results",       "return",
                                     "returns",       "review",
                                     "road",          "role",
                                     "say",           "school",
                                     "science",       "second",
                                     "security",      "set",
                                     "several",       "share",
                                     "she",           "should",
                                     "significance",  "slide",
                                     "small",         "snake",
                                     "social",        "software",
                                     "south",         "space",
                                     "square",        "start",
                                     "state",         "states",
                                     "stay",          "steps",
                                     "story",         "street",
                                     "strengths",     "strong",
                                     "students",      "subject",
                                     "summary",       "sun",
                                     "sure",          "system",
                                     "take",          "technology",
                                     "tell",          "test",
                                     "than",          "that",
                                     "their",         "then",
                                     "threats",       "three",
                                     "time",          "times",
                                     "today",         "tools",
                                     "topic",         "total",
                                     "training",      "two",
                                     "types",         "understanding",
                                     "united",        "university",
                                     "use",           "used",
                                     "value",         "visit",
                                     "war",           "was",
                                     "water",         "way",
                                     "weak",          "weaknesses",
                                     "week",          "well",
                                     "what",          "where",
                                     "white",         "who",
                                     "why",           "will",
                                     "windows",       "with",
                                     "word",          "work",
                                     "world",         "would",
                                     "write",         "year",
                                     "years",         "you"};

/* Words that do not begin one behind a number with a dot. */
static const char *const after_number[] = {
    "business", "credit", "international", "letters",
    "notable",  "pepper", "review",        "who"};

static int by_word(const void *key, const void *item)
{
    const sq_str *word = key;
    const char *other = *(const char *const *)item;

    for (size_t i = 0; i < word->n; i++) {
        if (other[i] == 0)
            return 1;
        if (word->p[i] != other[i])
            return word->p[i] - other[i];
    }
    return other[word->n] ? -1 : 0;
}

static bool in_list(const char *const *list, size_t n, sq_str word)
{
    /* All begin with a letter. */
    return word.n > 0 && word.p[0] >= 'a' && word.p[0] <= 'z' &&
           bsearch(&word, list, n, sizeof(*list), by_word);
}
#define IN(list, word) in_list(list, sizeof(list) / sizeof(*(list)), word)

bool sq_punkt_abbreviation(sq_str word)
{
    return IN(abbreviations, word);
}

bool sq_punkt_starts(sq_str word)
{
    return IN(starters, word);
}

bool sq_punkt_common(sq_str word)
{
    return IN(common, word) || IN(starters, word);
}

bool sq_punkt_follows_number(sq_str word)
{
    return IN(after_number, word);
}
