#ifndef SQ_FUZZ_CHECK_RULES_H
#define SQ_FUZZ_CHECK_RULES_H
/* One rule at least of every check, for the fuzz target and the benchmark:
 * what stands behind {"check": and before the role. */
static const char *const check_rules[] = {
    "\"bullet_list\"",
    ("\"choice\",\"options\":[\"offensive\",\"not "
     "offensive\",\"\xc3\xa9t\xc3\xa9\"]"),
    "\"code\",\"lang\":\"any\"",
    "\"code\",\"lang\":\"python\"",
    "\"code\",\"lang\":\"css\"",
    "\"contains\",\"all\":[\"cat\",\"\xc3\xa9t\xc3\xa9\"]",
    "\"contains\",\"any\":[\"cat\",\"dog\"]",
    "\"language\",\"code\":\"fr\"",
    "\"latex\"",
    "\"lines\",\"op\":\"==\",\"n\":3",
    "\"list_items\",\"op\":\"==\",\"n\":3",
    "\"list_items\",\"op\":\">=\",\"n\":3",
    "\"number\",\"value\":1200,\"tolerance\":1",
    "\"numbered_list\"",
    "\"paragraphs\",\"op\":\"<=\",\"n\":2",
    ("\"regex\",\"pattern\":\"(?is)\\\\bcat\\\\b.{0,20}?(?:dog|"
     "\xc3\xa9t\xc3\xa9)+$\""),
    "\"sentences\",\"op\":\"==\",\"n\":2",
    "\"step_result\",\"step\":2,\"value\":\"a, b\"",
    "\"table\"",
    "\"url\"",
    "\"words\",\"op\":\">=\",\"n\":5",
    "\"all\",\"of\":[{\"check\":\"words\",\"op\":\"<=\",\"n\":9},"
    "{\"check\":\"not\",\"of\":{\"check\":\"table\"}}]",
    "\"any\",\"of\":[{\"check\":\"json\"},{\"check\":\"xml\"},"
    "{\"check\":\"title\"}]",
    "\"at_least\",\"n\":2,\"of\":[{\"check\":\"url\"},{\"check\":\"latex\"},"
    "{\"check\":\"language\",\"code\":\"de\"}]",
    "\"characters\",\"op\":\"<=\",\"n\":20",
    "\"code\",\"lang\":\"any\",\"fenced\":false",
    "\"contains\",\"none\":[\"cat\",\"a\"]",
    "\"ends_with\",\"any\":[\"the end\",\"\xc3\xa9t\xc3\xa9\",\".\"]",
    "\"exact\",\"any\":[\"cat\",\"a\"]",
    "\"forbidden\",\"words\":[\"cat\",\"a b\",\"\xc3\xa9t\xc3\xa9\"]",
    "\"headings\",\"op\":\"==\",\"n\":2,\"level\":2",
    "\"json\",\"whole\":false,\"type\":\"object\"",
    "\"json_schema\",\"whole\":false,\"schema\":{\"type\":[\"object\","
    "\"array\"]"
    ",\"properties\":{\"a\":{\"pattern\":\"^a+b\"},\"b\":{\"uniqueItems\":true"
    "}},\"required\":[\"a\"],\"items\":{\"anyOf\":[{\"type\":\"integer\"},"
    "{\"maxLength\":3},{\"not\":{\"minItems\":1}}]}}",
    "\"keywords\",\"words\":[\"cat\",\"a b\",\"a a a\"],\"op\":\">=\",\"n\":2",
    "\"letters\",\"letter\":\"\xc3\xa9\",\"op\":\"<=\",\"n\":3",
    "\"list_items\",\"op\":\"==\",\"n\":3,\"nested\":true",
    "\"normalised\",\"any\":[\"the cat\",\"a\",\"x-y z\"]",
    "\"not\",\"of\":{\"check\":\"any\",\"of\":[{\"check\":\"bullet_list\"},"
    "{\"check\":\"contains\",\"any\":[\"cat\"]}]}",
    "\"number\",\"value\":5,\"relative\":0.1,\"units\":[\"kg\",\"$\",\"%\"]",
    "\"quotation\",\"words\":3",
    "\"quotation\",\"whole\":true",
    "\"regex\",\"pattern\":\"(?is)(?=.*\\\\bcat)(?=.*dog)\"",
    "\"sections\",\"titles\":[\"Intro\",\"a\"]",
    "\"starts_with\",\"any\":[\"cat\",\"\xc3\xa9t\xc3\xa9\",\"* a\"]",
    "\"title\"",
    "\"xml\",\"whole\":false,\"root\":\"a\"",
};
#define NCHECK_RULES (sizeof(check_rules) / sizeof(*check_rules))

#endif
