#include "check/languages.h"

/* Patterns are anchored at line starts where they can be and span no line, so
 * that a search stays linear. One telling construct is enough. */
static const struct sq_language table[] = {
    {"any", NULL,
     "(?m)^[ \\t]*(?:.*(?:\\)|\\w|\"|'|\\]);[ ]*(?://.*)?$|.*\\)[ ]*\\{[ ]*$"
     "|(?:def|class) \\w+.*:[ ]*$|#include[ ]*[<\"]|import [\\w.]+[ ]*$"
     "|from [\\w.]+ import |(?:const|let|var) \\w+ = |print\\(.*\\)[ ]*$"
     "|\\w+ = .*[\\w\\])][(\\[].*|\\$ \\w.*|=[A-Z]+\\(.*\\)[ ]*$"
     "|(?:SELECT|INSERT INTO|CREATE TABLE|UPDATE|DELETE FROM)\\b"
     "|<!DOCTYPE|</?[a-z]\\w*(?: [^<>\\n]{0,200})?>|\\\\begin\\{\\w+)"},
    {"python", "py py3 python3 python2 ipython pycon jupyter",
     "(?m)^[ \\t]*(?:def \\w+[ ]?\\(.*\\).*:|class \\w+(?:\\(.*\\))?:"
     "|import \\w+(?: as \\w+)?[ ]*$|from [\\w.]+ import [\\w*(]"
     "|(?:for .+ in .+|while .+|if .+|elif .+):[ ]*(?:#.*)?$"
     "|print[ ]?\\(.*\\)|\\w+ = (?:input|int|lambda|\\[|\\{).*"
     "|@\\w+[ ]*$|>>> .+)"},
    {"c++", "cpp cxx cc hpp h++ c",
     "(?m)^[ \\t]*(?:#include[ ]*<(?:iostream|vector|string|map|algorithm"
     "|memory|cmath|queue|set|bits/stdc\\+\\+\\.h|\\w+)>|using namespace \\w+;"
     "|template[ ]?<|(?:std::)?c(?:out|in)[ ]?(?:<<|>>)|class \\w+[ ]*\\{"
     "|(?:int|void|auto|bool|double)[ ]+(?:\\w+::)?\\w+\\(.*\\)[ ]*\\{?$)"
     "|\\bstd::\\w+"},
    {"c", "h",
     "(?m)^[ \\t]*(?:#include[ ]*[<\"][\\w/]+\\.h[>\"]|#define \\w+"
     "|(?:static |unsigned )*(?:int|void|char|float|double|long|size_t)[ *]+"
     "\\w+[ ]?\\(.*\\)[ ]*\\{?$|(?:printf|scanf)[ ]?\\(\".*\\);"
     "|struct \\w+[ ]*\\{)"},
    {"c#", "csharp cs",
     "(?m)^[ \\t]*(?:using [\\w.]+;|namespace [\\w.]+"
     "|(?:public|private|internal|protected) .*[\\w)][ ]*\\{?$"
     "|Console\\.\\w+\\()"},
    {"java", NULL,
     "(?m)^[ \\t]*(?:import (?:static )?[\\w.]+(?:\\.\\*)?;|package [\\w.]+;"
     "|(?:public|private|protected)[ ]+(?:static |final |abstract |class |void "
     "|[A-Za-z<>\\[\\]]+ ?)+.*[;{]$|System\\.out\\.print\\w*\\(.*"
     "|@Override[ ]*$)"},
    {"javascript", "js jsx node nodejs es6 mjs typescript ts tsx",
     "(?m)^[ \\t]*(?:(?:export )?(?:async )?function[ *]*\\w*[ ]?\\(.*\\)[ "
     "]?\\{"
     "|(?:const|let|var) [\\w{\\[].*=.*|console\\.\\w+\\(.*"
     "|import .* from ['\"]|module\\.exports\\b"
     "|document\\.\\w+.*|.*=> ?\\{)|<script\\b"},
    {"typescript", "ts tsx",
     "(?m)^[ \\t]*(?:(?:export )?(?:interface|enum) \\w+.*\\{"
     "|(?:export )?type \\w+.*=.*"
     "|(?:const|let|var|private|public|readonly) \\w+[?!]?: ?[\\w<\\[{].*"
     "|.*\\(.*\\w+\\??: "
     "?(?:string|number|boolean|any|void|\\w+\\[\\]).*\\).*)"},
    {"html", "html5 htm xhtml",
     "(?i)<!doctype html|<(?:html|head|body|div|span|p|a|ul|ol|li|table|form"
     "|input|button|img|h[1-6]|script|style|section|header|footer|nav|br|select"
     "|label)\\b[^<>\\n]{0,300}>"},
    {"css", "scss sass less css3",
     "(?m)^[ \\t]*[.#@:*\\w][^{}\\n;]{0,200}\\{[ \\t]*$"
     "|[\\w-]+[ ]*:[ ]*[^;{}\\n]{1,100};[ ]*\\}|<style\\b"},
    {"sql", "mysql postgresql postgres psql plsql tsql sqlite",
     "(?im)^[ \\t(]*(?:select\\b.*\\bfrom\\b|select\\b[^.]*$|insert into "
     "|update \\w+ set\\b|delete from |create (?:table|view|database|index) "
     "|alter table |drop table )"},
    {"yaml", "yml",
     "(?m)^[ ]*(?:- )?[A-Za-z_][\\w.-]*:(?: \\S.*)?\\n[ ]*(?:- )?"
     "[A-Za-z_][\\w.-]*:(?: |$)|^---[ ]*$"},
    {"json", "json5 jsonc",
     "(?m)^[ \\t]*[{\\[][ \\t]*$|\"\\w+\"[ ]*:[ ]*[\"\\[{\\d]"},
    {"xml", "svg", "<\\?xml |</\\w+(?::\\w+)?>"},
    {"lua", "luau",
     "(?m)^[ \\t]*(?:local (?:function )?\\w+.*|function [\\w.:]+\\(.*\\)[ ]*$"
     "|end\\)?[ ]*$|if .* then[ ]*$|for .* do[ ]*$)"},
    {"lean", "lean4 lean3",
     "(?m)^[ \\t]*(?:theorem|lemma|example|def|inductive|structure|instance) "
     ".*(?::=|:|where)|^[ \\t]*(?:by|#eval|#check|import Mathlib)\\b"},
    {"bash", "sh shell zsh console terminal shell-session",
     "(?m)^[ \\t]*(?:\\$ \\w.*|#!/.*sh\\b|sudo \\w+.*|(?:cd|ls|mkdir|echo|grep"
     "|curl|git|npm|pip|docker|apt|chmod|export) [\\w./~\"'$-].*)"},
    {"go", "golang",
     "(?m)^[ \\t]*(?:package \\w+[ ]*$|func (?:\\(.*\\) )?\\w+\\(.*"
     "|import \\(|fmt\\.\\w+\\(.*|\\w+ := .*)"},
    {"rust", "rs",
     "(?m)^[ \\t]*(?:(?:pub )?fn \\w+.*\\(|let (?:mut )?\\w+.*=|use \\w+::"
     "|println!\\(|impl\\b.*\\{)"},
    {"ruby", "rb irb",
     "(?m)^[ \\t]*(?:def [\\w.?!]+(?:\\(.*\\))?[ ]*$|end[ ]*$|puts .+"
     "|require ['\"]|.* do \\|.*\\|[ ]*$)"},
    {"php", NULL, "<\\?php|(?m)^[ \\t]*(?:\\$\\w+ = .*;|echo .*;)"},
    {"swift", NULL,
     "(?m)^[ \\t]*(?:import (?:Foundation|UIKit|SwiftUI)"
     "|func \\w+\\(.*\\).*\\{|(?:let|var) \\w+(?:: \\w+)? = .*)"},
    {"kotlin", "kt kts",
     "(?m)^[ \\t]*(?:fun \\w+\\(.*|val \\w+.*=.*|println\\(.*)"},
    {"r", "rscript",
     "(?m)^[ \\t]*(?:library\\(\\w+\\)|[\\w.]+ <- .+|ggplot\\(.*)"},
    {"matlab", "octave",
     "(?m)^[ \\t]*(?:function .*=.*\\(|disp\\(.*|end;?[ ]*$)"},
    {"latex", "tex", "\\\\(?:begin|documentclass|section|frac|usepackage)\\b"},
    {"powershell", "ps1 pwsh", "\\b(?:Get|Set|New|Write|Remove)-[A-Z]\\w+"},
    {"dockerfile", "docker", "(?m)^(?:FROM|RUN|COPY|CMD|ENTRYPOINT) \\S"},
    {"makefile", "make", "(?m)^[\\w.$()%-]+:[^=\\n]*\\n\\t\\S"},
    {"haskell", "hs", "(?m)^[a-z]\\w*'? :: .+|^import (?:qualified )?[A-Z]"},
    {"scala", NULL, "(?m)^[ \\t]*(?:object \\w+.*\\{|def \\w+.*=|val \\w+.*=)"},
    {"perl", "pl", "(?m)^[ \\t]*(?:use strict;|my [$@%]\\w+.*;|sub \\w+ \\{)"},
    {"gdscript", "gd", "(?m)^[ \\t]*(?:extends \\w+|func \\w+\\(.*\\).*:)"},
    {"vba", "vb vbnet visualbasic",
     "(?m)^[ \\t]*(?:(?:Private |Public )?(?:Sub|Function) \\w+|Dim \\w+|End "
     "Sub)"},
    {"assembly", "asm nasm x86asm",
     "(?m)^[ \\t]*(?:mov|push|pop|call|jmp|section|global)[ ]+\\S"},
    {NULL, NULL, NULL},
};

/* word is one of the words of list. */
static bool in_list(const char *list, sq_str word)
{
    sq_str rest = sq_str_from(list);
    sq_str piece;

    while (list && sq_str_split(&rest, ' ', &piece)) {
        if (piece.n && sq_str_eq_nocase(piece, word))
            return true;
    }
    return false;
}

bool sq_language_is(const struct sq_language *l, sq_str label)
{
    return sq_str_eq_nocase(sq_str_from(l->name), label) ||
           in_list(l->aliases, label);
}

const struct sq_language *sq_language_find(sq_str name)
{
    for (size_t i = 0; table[i].name; i++) {
        if (sq_str_eq_nocase(sq_str_from(table[i].name), name))
            return &table[i];
    }
    for (size_t i = 0; table[i].name; i++) {
        if (in_list(table[i].aliases, name))
            return &table[i];
    }
    return NULL;
}
