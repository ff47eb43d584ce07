/*
 * The program `sandbox`, one for each worker: makes the namespaces and starts
 * the interpreter with driver.py in them. Linux alone. sandbox.c starts it with
 * an empty environment as: sandbox confined|unsafe PYTHON [CGROUP], and speaks
 * with the driver over descriptors 0 and 1. CGROUP is the folder of the control
 * group that programs are to be in. What is refused comes back as a line
 * "no PART: why". `sandbox probe` prints what there
 * is of what it needs, a line for each part. "unsafe" starts the driver with
 * nothing around it.
 *
 * It stays as the driver's parent, dies with its own parent, and the driver
 * with it; with the driver, the first process of its pid namespace, ends
 * everything that ever ran in there.
 */
#define _GNU_SOURCE // NOLINT(bugprone-reserved-identifier): pipe2, CLONE_NEW*
#include "sandbox/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/filter.h"

#define NOBODY 65534
#define NUMBERS 8 /* that the driver is told */
#define NAMESPACES                                                             \
    (CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET |               \
     CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP)

extern const char driver_start[] __asm__("_binary_src_sandbox_driver_py_start");
extern const char driver_end[] __asm__("_binary_src_sandbox_driver_py_end");

static int refuse(const char *part, const char *why)
{
    dprintf(STDOUT_FILENO, "no %s: %s\n", part, why);
    return 1;
}

static bool write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    int why = errno;
    if (fd >= 0)
        close(fd);
    errno = why;
    return ok;
}

static bool write_proc(pid_t pid, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static bool write_proc(pid_t pid, const char *name, const char *fmt, ...)
{
    char path[64], text[128];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, name);
    return write_file(path, text);
}

/* Root becomes root of the namespace, for as long as the driver sets up, and
 * programs become nobody, here as outside; without the right to map two users
 * the caller becomes nobody in there. */
static bool map_users(pid_t pid)
{
    if (getuid() == 0 &&
        write_proc(pid, "uid_map", "0 0 1\n%d %d 1\n", NOBODY, NOBODY) &&
        write_proc(pid, "gid_map", "0 0 1\n%d %d 1\n", NOBODY, NOBODY))
        return true;
    return write_proc(pid, "setgroups", "deny") &&
           write_proc(pid, "gid_map", "%d %ld 1\n", NOBODY, (long)getgid()) &&
           write_proc(pid, "uid_map", "%d %ld 1\n", NOBODY, (long)getuid());
}

/* Has the capabilities outlive exec for a user who is not root in there. They
 * are those of the namespace. */
static bool keep_capabilities(void)
{
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    static const int kept[] = {CAP_SYS_ADMIN, CAP_SETUID, CAP_SETGID,
                               CAP_SYS_PTRACE};
    if (syscall(SYS_capget, &head, data) != 0)
        return false;
    data[0].inheritable = data[0].permitted;
    data[1].inheritable = data[1].permitted;
    if (syscall(SYS_capset, &head, data) != 0)
        return false;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, kept[i], 0, 0) != 0)
            return false;
    return true;
}

/* filter: what the driver reads its filter from, to be its descriptor 3; group:
 * what its children write to, to be in their control group, to be 4; or -1. */
static int start_driver(char *python, int filter, int group)
{
    char *number[NUMBERS];
    const long long given[NUMBERS] = {SQ_SANDBOX_TMP,        SQ_SANDBOX_MEMORY,
                                      SQ_SANDBOX_PROCESSES,  SQ_SANDBOX_FILES,
                                      SQ_SANDBOX_FILE_BYTES, SYS_pivot_root,
                                      SQ_SANDBOX_OWN_CPU,    group >= 0};
    char text[NUMBERS][24], driver[1 << 16];
    /* cppcheck-suppress comparePointers ; the linker puts both on one object */
    size_t n = (size_t)(driver_end - driver_start);
    if (group >= 0 && (dup2(group, 4) != 4 || fcntl(4, F_SETFD, 0) != 0))
        return refuse("control group", strerror(errno));
    if (n >= sizeof driver || dup2(filter, 3) != 3 || fcntl(3, F_SETFD, 0) != 0)
        return refuse("driver", "too large");
    memcpy(driver, driver_start, n);
    driver[n] = '\0';
    for (int i = 0; i < NUMBERS; i++) {
        snprintf(text[i], sizeof text[i], "%lld", given[i]);
        number[i] = text[i];
    }
    char *const argv[] = {python,    (char[]){"-ISBc"}, driver,    number[0],
                          number[1], number[2],         number[3], number[4],
                          number[5], number[6],         number[7], NULL};
    char *const environment[] = {(char[]){"LC_ALL=C.UTF-8"}, NULL};
    execve(python, argv, environment);
    return refuse(python, strerror(errno));
}

/* The filter, in a pipe that holds all of it. */
static int filter_pipe(struct sq_err *err)
{
    int fd[2];
    if (pipe2(fd, O_CLOEXEC) != 0)
        return -1;
    enum sq_status st = sq_sandbox_filter_write(fd[1], err);
    close(fd[1]);
    if (st == SQ_OK)
        return fd[0];
    close(fd[0]);
    return -1;
}

/* In the new namespaces, once the users are mapped. */
static int enter(char *python, int mapped, int filter, int group)
{
    char go;
    if (read(mapped, &go, 1) != 1)
        return 1;
    if (!keep_capabilities())
        return refuse("capabilities", strerror(errno));
    return start_driver(python, filter, group);
}

/* Opened by us, whose right it is to move processes there. */
static int open_group(const char *folder)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/cgroup.procs", folder);
    if (n < 0 || (size_t)n >= sizeof path)
        return -1;
    /* high, so that it is none of those that the driver is given */
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int high = fcntl(fd, F_DUPFD_CLOEXEC, 10);
    close(fd);
    return high;
}

static int confine(char *python, const char *folder)
{
    struct sq_err err = {0};
    int mapped[2], status = 0, group = folder ? open_group(folder) : -1;
    int filter = filter_pipe(&err);
    if (folder && group < 0)
        return refuse("control group", strerror(errno));
    if (filter < 0)
        return refuse("seccomp", err.msg);
    if (pipe2(mapped, O_CLOEXEC) != 0)
        return refuse("pipe", strerror(errno));
    pid_t pid =
        (pid_t)syscall(SYS_clone, NAMESPACES | SIGCHLD, NULL, NULL, NULL, NULL);
    if (pid < 0)
        return refuse("namespaces", strerror(errno));
    if (pid == 0) {
        close(mapped[1]);
        return enter(python, mapped[0], filter, group);
    }
    if (!map_users(pid)) {
        int why = errno;
        kill(pid, SIGKILL);
        return refuse("user namespace", strerror(why));
    }
    /* Their ends must be the driver's alone, so that its end is seen. */
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    if (write(mapped[1], "g", 1) != 1)
        return 1;
    close(mapped[1]);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static void tell(const char *part, const char *why)
{
    if (*why)
        (void)refuse(part, why);
    else
        dprintf(STDOUT_FILENO, "yes %s\n", part);
}

/* Why namespaces of these kinds cannot be made; 0 = they can. */
static int try_namespaces(int kinds)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0)
        _exit(unshare(kinds) == 0 ? 0 : errno);
    if (pid < 0)
        return errno;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
}

static int probe(void)
{
    static const struct {
        const char *name;
        int kind;
    } kinds[] = {
        {"user namespace", 0},
        {"pid namespace", CLONE_NEWPID},
        {"mount namespace", CLONE_NEWNS},
        {"network namespace", CLONE_NEWNET},
        {"ipc namespace", CLONE_NEWIPC},
        {"uts namespace", CLONE_NEWUTS},
        {"cgroup namespace", CLONE_NEWCGROUP},
    };
    struct sq_err err = {0};
    int filter = filter_pipe(&err);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        int why = try_namespaces(CLONE_NEWUSER | kinds[i].kind);
        tell(kinds[i].name, why ? strerror(why) : "");
    }
    tell("system call filter", filter < 0 ? err.msg : "");
    return 0;
}

int main(int argc, char **argv)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if ((argc == 3 || argc == 4) && strcmp(argv[1], "confined") == 0)
        return confine(argv[2], argv[3]);
    if (argc == 3 && strcmp(argv[1], "unsafe") == 0)
        return start_driver(argv[2], open("/dev/null", O_RDONLY), -1);
    if (argc == 2 && strcmp(argv[1], "probe") == 0)
        return probe();
    return refuse("sandbox", "is started by seqeval, not by hand");
}
