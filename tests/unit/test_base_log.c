#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/stop.h"

/* What was written since the last call; yours. */
static char *written(FILE *f)
{
    struct sq_buf b;
    int c;
    sq_buf_init(&b, 1 << 16);
    rewind(f);
    while ((c = fgetc(f)) != EOF && c != '\0')
        sq_buf_addc(&b, (char)c);
    rewind(f);
    for (size_t i = 0; i < b.n; i++)
        (void)fputc('\0', f);
    rewind(f);
    return b.p;
}

static void expect(struct sq_log *log, const char *want)
{
    char *got = written(log->out);
    assert_string_equal(got, want);
    free(got);
}

static void test_log(void **state)
{
    (void)state;
    struct sq_log log = {tmpfile(), SQ_LOG_INFO, false, 0};
    sq_log(NULL, SQ_LOG_ERROR, "nobody hears");
    sq_log(&log, SQ_LOG_DEBUG, "too fine");
    expect(&log, "");
    sq_log(&log, SQ_LOG_INFO, "%d\x1B[2J\nnext", 7);
    expect(&log, "seqeval: 7 [2J next\n");
    char *text = test_malloc(SQ_MAX_MESSAGE + 2);
    memset(text, 'x', SQ_MAX_MESSAGE + 1);
    text[SQ_MAX_MESSAGE + 1] = '\0';
    sq_log(&log, SQ_LOG_WARN, "%s", text);
    test_free(text);
    expect(&log, "seqeval: (a message too long to print)\n");
    sq_log_progress(&log, "1/2");
    sq_log_progress_end(&log);
    expect(&log, "seqeval: 1/2\n");
    log.level = SQ_LOG_WARN;
    sq_log_progress(&log, "1/2");
    sq_log_progress(NULL, "1/2");
    sq_log_progress_end(NULL);
    expect(&log, "");
    (void)fclose(log.out);
}

static void test_progress(void **state)
{
    (void)state;
    struct sq_log log = {tmpfile(), SQ_LOG_INFO, true, 0};
    char text[200];
    char want[100];
    sq_log_progress(&log, "9/10 \xC3\xA9");
    expect(&log, "\r9/10 \xC3\xA9");
    sq_log_progress(&log, "10/10"); /* wipes the character beyond */
    expect(&log, "\r10/10 ");
    sq_log(&log, SQ_LOG_WARN, "w");
    expect(&log, "\r     \rseqeval: w\n");
    sq_log_progress_end(&log);
    expect(&log, "");
    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    sq_log_progress(&log, text);
    (void)snprintf(want, sizeof(want), "\r%.79s", text);
    expect(&log, want);
    sq_log_progress_end(&log);
    expect(&log, "\n");
    (void)fclose(log.out);
}

static void test_clock(void **state)
{
    (void)state;
    static const char shape[] = "dddd-dd-ddTdd:dd:dd.dddZ";
    char utc[SQ_TIME_SIZE];
    sq_clock_utc(utc);
    assert_int_equal(strlen(utc), SQ_TIME_SIZE - 1);
    for (size_t i = 0; i < SQ_TIME_SIZE - 1; i++) {
        bool digit = utc[i] >= '0' && utc[i] <= '9';
        assert_int_equal(digit ? 'd' : utc[i], shape[i]);
    }
    int64_t from = sq_clock_us();
    sq_clock_sleep_ms(20);
    sq_clock_sleep_ms(0);
    sq_clock_sleep_ms(-5);
    int64_t took = sq_clock_us() - from;
    assert_true(took >= 20000);
    assert_true(sq_clock_ms() >= from / 1000 + 20);
}

static void test_stop(void **state)
{
    (void)state;
    sq_stop_install();
    assert_int_equal(sq_stop, 0);
    (void)raise(SIGPIPE);
    (void)raise(SIGXFSZ);
    assert_int_equal(sq_stop, 0);
    (void)raise(SIGINT);
    assert_int_equal(sq_stop, 1);
    (void)raise(SIGTERM);
    assert_int_equal(sq_stop, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_progress),
        cmocka_unit_test(test_clock),
        cmocka_unit_test(test_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
