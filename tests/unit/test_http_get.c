/* Downloads: redirects, ranges, files, certificates. */
#include "http_fixture.h"
#include <fcntl.h>

static void get_follows_redirects(void **state)
{
    struct fixture *f = *state;
    const char *const headers[] = {"Authorization: Bearer geheim",
                                   "X-Mine: geheim", NULL};
    char url[600];
    struct got g;
    struct sq_http_request r = request_of(url_of(f, "/_to//data"), &g);
    r.headers = headers;
    perform(f, &r);
    assert_int_equal(g.status, 200);
    assert_int_equal(g.n, 3000);
    char *line = last_logged(f); /* the same host may know */
    assert_non_null(strstr(line, "\"X-Mine\":\"geheim\""));
    free(line);

    snprintf(url, sizeof(url), "%s/_to/http://localhost:%s/data", f->stub.base,
             strrchr(f->stub.base, ':') + 1);
    r = request_of(url, &g);
    r.headers = headers;
    perform(f, &r);
    assert_int_equal(g.status, 200);
    line = last_logged(f);
    assert_non_null(strstr(line, "\"Host\":\"localhost"));
    assert_null(strstr(line, "geheim"));
    free(line);
}

static void redirects_end(void **state)
{
    struct fixture *f = *state;
    struct got g;
    struct sq_http_request r =
        request_of(url_of(f, "/_to//_to//_to//_to//_to//data"), &g);
    perform(f, &r);
    assert_int_equal(g.status, 200);
    r = request_of(url_of(f, "/_to//_to//_to//_to//_to//_to//data"), &g);
    perform(f, &r);
    assert_int_equal(g.fault, SQ_HTTP_OTHER);
    r = request_of(url_of(f, "/_to/file:///etc/hostname"), &g);
    perform(f, &r);
    assert_int_equal(g.fault, SQ_HTTP_OTHER);
    assert_int_equal(g.status, 302);
    assert_string_equal(g.body, "elsewhere"); /* the redirect's own */
    r = request_of(url_of(f, "/_to//data"), &g);
    r.body = SQ_STR(QUESTION);
    perform(f, &r);
    assert_int_equal(g.fault, SQ_HTTP_OK);
    assert_int_equal(g.status, 302);
}

static void pulls_and_resumes(void **state)
{
    struct fixture *f = *state;
    char file_url[200];
    struct got g;
    snprintf(file_url, sizeof(file_url), "file://%s", f->data);
    const char *urls[] = {url_of(f, "/data"), file_url};
    for (size_t i = 0; i < 2; i++) {
        struct sq_http_request r = request_of(urls[i], &g);
        r.sink = on_bytes;
        perform(f, &r);
        assert_int_equal(g.fault, SQ_HTTP_OK);
        assert_int_equal(g.status, 200);
        assert_int_equal(g.sink_status, 200);
        assert_int_equal(g.n, 3000);
        assert_int_equal(g.total, 3000);
        r = request_of(urls[i], &g);
        r.sink = on_bytes;
        r.resume_from = 2990;
        perform(f, &r);
        assert_int_equal(g.fault, SQ_HTTP_OK);
        assert_int_equal(g.status, 206);
        assert_int_equal(g.sink_status, 206);
        assert_int_equal(g.n, 10);
        assert_int_equal(g.total, 3000);
        assert_int_equal(g.body[0], 'a' + 2990 % 23);
    }
    struct sq_http_request r = request_of(url_of(f, "/data"), &g);
    r.sink = on_bytes;
    r.resume_from = 3000;
    perform(f, &r);
    assert_int_equal(g.status, 416);
    assert_int_equal(g.sink_status, 0); /* no 2xx, no bytes */
    r = request_of("file:///no/such/file", &g);
    perform(f, &r);
    assert_int_equal(g.fault, SQ_HTTP_OTHER);
    assert_int_equal(g.status, 0);
}

static void resumes_a_cut_transfer(void **state)
{
    struct fixture f = *(struct fixture *)*state;
    const char *args[] = {"--root", f.dir, "--cut-after", "1000", NULL};
    struct stub_child stub;
    struct got g;
    assert_true(stub_start(&stub, args));
    f.stub = stub;
    struct sq_http_request r = request_of(url_of(&f, "/data"), &g);
    r.sink = on_bytes;
    perform(&f, &r);
    assert_int_equal(g.fault, SQ_HTTP_CUT);
    assert_int_equal(g.n, 1000);
    r = request_of(url_of(&f, "/data"), &g);
    r.sink = on_bytes;
    r.resume_from = 1000;
    perform(&f, &r);
    stub_stop(&stub);
    assert_int_equal(g.fault, SQ_HTTP_OK);
    assert_int_equal(g.sink_status, 206);
    assert_int_equal(g.n, 2000);
}

static void sink_stops_a_transfer(void **state)
{
    struct fixture *f = *state;
    struct got g;
    struct sq_http_request r = request_of(url_of(f, "/_fault/big"), &g);
    r.max_body = SIZE_MAX;
    r.sink = on_bytes;
    g.stop_after = 100000;
    perform(f, &r);
    assert_int_equal(g.fault, SQ_HTTP_OTHER);
    assert_string_equal(g.error, "stopped");
}

static void wants_its_certificates(void **state)
{
    struct fixture *f = *state;
    struct sq_http_config config = {.cacert = "/no/such/file.pem"};
    struct sq_err err = {0};
    struct sq_http *other = NULL;
    assert_int_equal(f->api->open(&other, &config, &err), SQ_INPUT);
    assert_non_null(strstr(err.msg, "/no/such/file.pem"));
    assert_null(other);
}

/* Runs a program to its end, silently; its exit status. */
static int run(const char *const *argv)
{
    pid_t pid;
    int status = -1;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    extern char **environ;
    if (posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)argv,
                     environ) == 0)
        waitpid(pid, &status, 0);
    posix_spawn_file_actions_destroy(&actions);
    return status;
}

/* A TLS server with a certificate for localhost; its port, 0 = none. */
static int start_tls(const char *cert, const char *key, pid_t *pid)
{
    const char *argv[] = {"openssl", "s_server", "-accept", "127.0.0.1:0",
                          "-cert",   cert,       "-key",    key,
                          "-www",    NULL};
    int out[2];
    char text[512] = "";
    size_t n = 0;
    char *accept = NULL;
    posix_spawn_file_actions_t actions;
    if (pipe(out) != 0)
        return 0;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    extern char **environ;
    int rc = posix_spawnp(pid, argv[0], &actions, NULL, (char *const *)argv,
                          environ);
    posix_spawn_file_actions_destroy(&actions);
    close(out[1]);
    while (rc == 0 && n < sizeof(text) - 1) {
        ssize_t got = read(out[0], text + n, sizeof(text) - 1 - n);
        if (got <= 0)
            break;
        n += (size_t)got;
        accept = strstr(text, "ACCEPT 127.0.0.1:");
        if (accept && strchr(accept, '\n'))
            break;
    }
    close(out[0]);
    return accept ? (int)strtol(accept + 17, NULL, 10) : 0;
}

static void get_over_tls(struct fixture *f, const char *cacert, const char *url,
                         struct got *g)
{
    struct sq_http_config config = {.cacert = cacert};
    struct sq_err err = {0};
    struct sq_http *whole = f->h;
    assert_int_equal(f->api->open(&f->h, &config, &err), SQ_OK);
    struct sq_http_request r = request_of(url, g);
    perform(f, &r);
    f->api->close(f->h);
    f->h = whole;
}

static void believes_no_stranger(void **state)
{
    struct fixture *f = *state;
    struct got g;
    char cert[100];
    char key[100];
    char url[100];
    pid_t pid;
    snprintf(cert, sizeof(cert), "%s/cert.pem", f->dir);
    snprintf(key, sizeof(key), "%s/key.pem", f->dir);
    const char *make[] = {"openssl",
                          "req",
                          "-x509",
                          "-newkey",
                          "ec",
                          "-pkeyopt",
                          "ec_paramgen_curve:prime256v1",
                          "-nodes",
                          "-days",
                          "2",
                          "-subj",
                          "/CN=localhost",
                          "-addext",
                          "subjectAltName=DNS:localhost",
                          "-keyout",
                          key,
                          "-out",
                          cert,
                          NULL};
    int port = run(make) == 0 ? start_tls(cert, key, &pid) : 0;
    if (port == 0) {
        unlink(cert);
        unlink(key);
        print_message("skipped: no openssl program\n");
        skip();
    }
    snprintf(url, sizeof(url), "https://localhost:%d/", port);
    get_over_tls(f, NULL, url, &g);
    assert_int_equal(g.fault, SQ_HTTP_TLS);
    get_over_tls(f, cert, url, &g);
    assert_int_equal(g.fault, SQ_HTTP_OK);
    assert_int_equal(g.status, 200);
    /* The right certificate for another name. */
    snprintf(url, sizeof(url), "https://127.0.0.1:%d/", port);
    get_over_tls(f, cert, url, &g);
    assert_int_equal(g.fault, SQ_HTTP_TLS);
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
    unlink(cert);
    unlink(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(get_follows_redirects),
        cmocka_unit_test(redirects_end),
        cmocka_unit_test(pulls_and_resumes),
        cmocka_unit_test(resumes_a_cut_transfer),
        cmocka_unit_test(sink_stops_a_transfer),
        cmocka_unit_test(wants_its_certificates),
        cmocka_unit_test(believes_no_stranger),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
