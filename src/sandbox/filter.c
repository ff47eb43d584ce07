#include "sandbox/filter.h"
#ifdef SQ_SECCOMP
#include <errno.h>
#include <seccomp.h>
#include <string.h>

#define NEW_NAMESPACES 0x7e020080 /* CLONE_NEW* of clone(2), all of them */
#define IOCTL_TCGETS 0x5401       /* is it a terminal? */
#define IOCTL_FIONREAD 0x541b
#define IOCTL_FIONBIO 0x5421
#define IOCTL_FIONCLEX 0x5450
#define IOCTL_FIOCLEX 0x5451
#define UNIX_SOCKETS 1 /* AF_UNIX */

/* Names, so that one list serves every machine; what a machine does not have is
 * passed over. */
static const char *const allowed[] = {
    /* memory */
    "brk", "mmap", "mmap2", "mprotect", "mremap", "munmap", "madvise",
    "membarrier",
    /* files */
    "open", "openat", "openat2", "creat", "close", "close_range", "read",
    "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev",
    "preadv2", "pwritev2", "lseek", "_llseek", "stat", "fstat", "lstat",
    "stat64", "fstat64", "lstat64", "fstatat64", "newfstatat", "statx",
    "statfs", "fstatfs", "statfs64", "fstatfs64", "access", "faccessat",
    "faccessat2", "getdents", "getdents64", "getcwd", "chdir", "fchdir",
    "mkdir", "mkdirat", "rmdir", "rename", "renameat", "renameat2", "link",
    "linkat", "unlink", "unlinkat", "symlink", "symlinkat", "readlink",
    "readlinkat", "chmod", "fchmod", "fchmodat", "umask", "truncate",
    "ftruncate", "truncate64", "ftruncate64", "fallocate", "fsync", "fdatasync",
    "flock", "utime", "utimes", "utimensat", "futimesat", "dup", "dup2", "dup3",
    "fcntl", "fcntl64", "fadvise64", "sendfile", "sendfile64",
    "copy_file_range",
    /* pipes, pairs, waiting */
    "pipe", "pipe2", "select", "_newselect", "pselect6", "poll", "ppoll",
    "epoll_create", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait",
    "epoll_pwait2", "eventfd", "eventfd2", "sendmsg", "sendto", "recvmsg",
    "recvfrom", "shutdown", "getsockname", "getpeername", "getsockopt",
    /* processes and threads, which are all its own */
    "fork", "vfork", "exit", "exit_group", "wait4", "waitid", "waitpid",
    "futex", "futex_waitv", "set_robust_list", "get_robust_list",
    "set_tid_address", "set_thread_area", "arch_prctl", "rseq", "getpid",
    "getppid", "gettid", "getpgid", "getpgrp", "getsid", "setsid", "setpgid",
    "getuid", "geteuid", "getgid", "getegid", "getuid32", "geteuid32",
    "getgid32", "getegid32", "getresuid", "getresgid", "getresuid32",
    "getresgid32", "getgroups", "getgroups32", "capget", "getrlimit",
    "ugetrlimit", "setrlimit", "getrusage", "getpriority", "sched_yield",
    "sched_getaffinity", "sched_getparam", "sched_getscheduler",
    "sched_get_priority_max", "sched_get_priority_min", "getcpu", "uname",
    "sysinfo", "getrandom",
    /* signals */
    "kill", "tkill", "tgkill", "pause", "rt_sigaction", "rt_sigprocmask",
    "rt_sigreturn", "rt_sigpending", "rt_sigsuspend", "rt_sigtimedwait",
    "sigaction", "sigprocmask", "sigreturn", "sigaltstack", "signalfd",
    "signalfd4", "restart_syscall",
    /* time */
    "time", "times", "gettimeofday", "clock_gettime", "clock_gettime64",
    "clock_getres", "nanosleep", "clock_nanosleep", "clock_nanosleep_time64",
    "alarm", "getitimer", "setitimer", "timer_create", "timer_settime",
    "timer_gettime", "timer_getoverrun", "timer_delete", "timerfd_create",
    "timerfd_settime", "timerfd_gettime"};

/* Calls that are allowed for some arguments alone. */
static const struct {
    const char *name;
    struct scmp_arg_cmp when;
} sometimes[] = {
    {"clone", {0, SCMP_CMP_MASKED_EQ, NEW_NAMESPACES, 0}},
    {"prlimit64", {0, SCMP_CMP_EQ, 0, 0}}, /* itself */
    {"socketpair", {0, SCMP_CMP_EQ, UNIX_SOCKETS, 0}},
    {"prctl", {0, SCMP_CMP_EQ, 15, 0}}, /* PR_SET_NAME */
    {"prctl", {0, SCMP_CMP_EQ, 16, 0}}, /* PR_GET_NAME */
    {"ioctl", {1, SCMP_CMP_EQ, IOCTL_TCGETS, 0}},
    {"ioctl", {1, SCMP_CMP_EQ, IOCTL_FIONREAD, 0}},
    {"ioctl", {1, SCMP_CMP_EQ, IOCTL_FIONBIO, 0}},
    {"ioctl", {1, SCMP_CMP_EQ, IOCTL_FIONCLEX, 0}},
    {"ioctl", {1, SCMP_CMP_EQ, IOCTL_FIOCLEX, 0}},
};

static int add_rules(scmp_filter_ctx filter)
{
    int rc = 0;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed && rc == 0; i++) {
        int call = seccomp_syscall_resolve_name(allowed[i]);
        if (call != __NR_SCMP_ERROR)
            rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
    }
    for (size_t i = 0; i < sizeof sometimes / sizeof *sometimes && rc == 0;
         i++) {
        int call = seccomp_syscall_resolve_name(sometimes[i].name);
        if (call != __NR_SCMP_ERROR)
            rc = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1,
                                        &sometimes[i].when);
    }
    /* Its flags lie in memory, where no filter sees them; the C library falls
     * back on clone. */
    int clone3 = seccomp_syscall_resolve_name("clone3");
    if (rc == 0 && clone3 != __NR_SCMP_ERROR)
        rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), clone3, 0);
    return rc;
}

enum sq_status sq_sandbox_filter_write(int fd, struct sq_err *err)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!filter)
        return sq_err_set(err, SQ_UNAVAILABLE, "seccomp_init failed");
    int rc = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH,
                              SCMP_ACT_KILL_PROCESS);
    /* A tree of comparisons; without it a long list is slow. */
    if (rc == 0)
        (void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    if (rc == 0)
        rc = add_rules(filter);
    if (rc == 0)
        rc = seccomp_export_bpf(filter, fd);
    seccomp_release(filter);
    if (rc != 0)
        return sq_err_set(err, SQ_UNAVAILABLE, "system call filter: %s",
                          strerror(-rc));
    return SQ_OK;
}
#else
enum sq_status sq_sandbox_filter_write(int fd, struct sq_err *err)
{
    (void)fd;
    return sq_err_set(err, SQ_UNAVAILABLE, "built without libseccomp");
}
#endif
