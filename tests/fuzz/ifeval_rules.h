#ifndef SQ_FUZZ_IFEVAL_RULES_H
#define SQ_FUZZ_IFEVAL_RULES_H
/* One instruction of each of IFEval's kinds, for the fuzz target and the
 * benchmark: its id and its arguments. */
static const char *const ifeval_rules[][2] = {
    {"change_case:capital_word_frequency",
     "{\"capital_frequency\": 2, \"capital_relation\": \"at least\"}"},
    {"change_case:english_capital", "{}"},
    {"change_case:english_lowercase", "{}"},
    {"combination:repeat_prompt", "{\"prompt_to_repeat\": \"Say it.\"}"},
    {"combination:two_responses", "{}"},
    {"detectable_content:number_placeholders", "{\"num_placeholders\": 1}"},
    {"detectable_content:postscript", "{\"postscript_marker\": \"P.P.S\"}"},
    {"detectable_format:constrained_response", "{}"},
    {"detectable_format:json_format", "{}"},
    {"detectable_format:multiple_sections",
     "{\"section_spliter\": \"Day\", \"num_sections\": 2}"},
    {"detectable_format:number_bullet_lists", "{\"num_bullets\": 2}"},
    {"detectable_format:number_highlighted_sections",
     "{\"num_highlights\": 2}"},
    {"detectable_format:title", "{}"},
    {"keywords:existence", "{\"keywords\": [\"ab\", \"c\"]}"},
    {"keywords:forbidden_words", "{\"forbidden_words\": [\"ab\", \"d\"]}"},
    {"keywords:frequency",
     "{\"keyword\": \"a*\", \"frequency\": 3, \"relation\": \"less than\"}"},
    {"keywords:letter_frequency",
     "{\"letter\": \"i\", \"let_frequency\": 3, \"let_relation\": \"at "
     "least\"}"},
    {"language:response_language", "{\"language\": \"hi\"}"},
    {"length_constraints:nth_paragraph_first_word",
     "{\"num_paragraphs\": 2, \"nth_paragraph\": 2, \"first_word\": \"a\"}"},
    {"length_constraints:number_paragraphs", "{\"num_paragraphs\": 2}"},
    {"length_constraints:number_sentences",
     "{\"num_sentences\": 3, \"relation\": \"at least\"}"},
    {"length_constraints:number_words",
     "{\"num_words\": 3, \"relation\": \"at least\"}"},
    {"punctuation:no_comma", "{}"},
    {"startend:end_checker", "{\"end_phrase\": \"the end\"}"},
    {"startend:quotation", "{}"},
};
#define NIFEVAL_RULES (sizeof(ifeval_rules) / sizeof(*ifeval_rules))

#endif
