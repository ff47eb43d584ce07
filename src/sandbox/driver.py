"""The inside of the sandbox: an interpreter that stays warm and forks once for
each program. sandbox.h says what holds for a program; this is how.

Started by jail.c as the first process of fresh user, pid, mount, network, ipc
and uts namespaces, with the capabilities of these alone. It builds a root that
holds the standard library and nothing else, moves into it, and then reads
requests from descriptor 0 and writes replies to descriptor 1:

    "run LIMIT_MS BYTES\n" program  ->  "WORD WALL_MS CPU_MS BYTES\n" message

No program runs in this process. Each runs in a child which is the first process
of a pid namespace of its own, so that all its descendants end with it, and which
cannot see, signal or trace this one, has none of its descriptors and none of its
capabilities. What became of it is read off its wait status and a pipe of its own.
"""
import os
import sys


def serve(tmp_bytes, memory, processes, files, file_bytes, pivot_root):
    import ctypes
    import gc
    import importlib
    import resource
    import select
    import shutil
    import signal
    import tempfile
    import time
    import types

    CLONE_NEWPID = 0x20000000
    MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
    MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
    MNT_DETACH = 2
    PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 22, 38
    PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, SECCOMP_MODE_FILTER = 47, 4, 2
    NOBODY = 65534
    MESSAGE = 500  # bytes of a program's last words that are kept
    libc = ctypes.CDLL(None, use_errno=True)
    untouched = 0  # when the /tmp that is there was made

    class Filter(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_char_p)]

    def check(what, result):
        if result < 0:
            number = ctypes.get_errno()
            raise OSError(number, f"{what}: {os.strerror(number)}")
        return result

    def mount(what, source, target, kind, flags, data=""):
        text = [x.encode() if x is not None else None for x in (source, target, kind)]
        check(what, libc.mount(*text, ctypes.c_ulong(flags), data.encode()))

    def tmpfs(target, size, more=0):
        flags = MS_NOSUID | MS_NODEV | MS_NOEXEC | more
        mount("tmpfs", "tmpfs", target, "tmpfs", flags,
              f"size={size},nr_inodes=4096,mode=0777")

    def bind_read_only(source, path):
        """What the source's mount forbids stays forbidden, or the kernel refuses."""
        os.makedirs(path, exist_ok=True)
        mount("bind", source, path, None, MS_BIND)
        held, flags = os.statvfs(path).f_flag, MS_RDONLY | MS_NOSUID | MS_NODEV
        for bit, flag in ((8, MS_NOEXEC), (1024, 1024), (2048, 2048), (4096, 1 << 21)):
            flags |= flag if held & bit else 0
        mount("bind", None, path, None, MS_REMOUNT | MS_BIND | flags)

    def preload():
        """What programs use most, and all compiled parts: their libraries are not
        to be had once the root is left."""
        names = """abc array ast base64 bisect calendar cmath collections
            collections.abc contextlib copy csv dataclasses datetime decimal enum
            fractions functools hashlib heapq inspect io itertools json keyword
            linecache math numbers operator pprint queue random re secrets
            statistics string struct sys tempfile textwrap threading time timeit
            traceback typing unicodedata unittest uuid warnings zlib""".split()
        for path in sys.path:
            if os.path.basename(path) == "lib-dynload":
                names += sorted(x.split(".")[0] for x in os.listdir(path))
        unwanted = ("_test", "_ctypes_test", "_xx", "xx", "_tkinter", "readline",
                    "_curses", "_dbm", "_gdbm", "_ssl", "_sqlite3")
        for name in names:
            if not name.startswith(unwanted):
                try:
                    importlib.import_module(name)
                except ImportError:
                    pass
        ctypes.CDLL("libgcc_s.so.1")  # ending a thread loads it

    def leave_the_root():
        mount("private mounts", None, "/", None, MS_REC | MS_PRIVATE)
        root = "/tmp"  # any folder will do: what is mounted on it is seen here alone
        library = [p for p in sys.path if os.path.isdir(p)]
        tops = [p for p in library
                if not any(p != q and p.startswith(q + "/") for q in library)]
        kept = [(p, os.open(p, os.O_PATH)) for p in tops]
        tmpfs(root, 1 << 20)
        for path, fd in kept:
            bind_read_only(f"/proc/self/fd/{fd}", root + path)
            os.close(fd)
            for more in ("site-packages", "dist-packages"):
                if os.path.isdir(f"{root}{path}/{more}"):
                    tmpfs(f"{root}{path}/{more}", 4096, MS_RDONLY)
        os.mkdir(root + "/tmp")
        os.chdir(root)
        check("pivot_root", libc.syscall(ctypes.c_long(pivot_root), b".", b"."))
        check("umount", libc.umount2(b".", MNT_DETACH))
        os.chdir("/")
        empty_tmp()
        mount("read-only root", None, "/", None,
              MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)

    def empty_tmp():
        """A new one, unless nothing was ever made in the old one. Whoever could hold
        a file of it is dead."""
        nonlocal untouched
        if untouched != os.stat("/tmp").st_ctime_ns:
            if untouched:
                check("umount", libc.umount2(b"/tmp", MNT_DETACH))
            tmpfs("/tmp", tmp_bytes)
            untouched = os.stat("/tmp").st_ctime_ns

    def restrain(seconds):
        """All that there is without a sandbox."""
        os.setpgid(0, 0)  # what it sends to its group must not come here
        for what, most in ((resource.RLIMIT_CPU, int(seconds) + 2),
                           (resource.RLIMIT_AS, memory),
                           (resource.RLIMIT_NPROC, processes),
                           (resource.RLIMIT_NOFILE, files),
                           (resource.RLIMIT_FSIZE, file_bytes),
                           (resource.RLIMIT_CORE, 0),
                           (resource.RLIMIT_MEMLOCK, 0),
                           (resource.RLIMIT_MSGQUEUE, 0),
                           (resource.RLIMIT_SIGPENDING, 64)):
            if filtered or what != resource.RLIMIT_NPROC:  # else all the user's
                resource.setrlimit(what, (most, most))

    def confine(seconds):
        """What a child gives up before it becomes the program."""
        restrain(seconds)
        check("ambient capabilities",
              libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0))
        if os.getuid() != NOBODY:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
        header = (ctypes.c_uint32 * 2)(0x20080522, 0)
        check("capset", libc.capset(header, (ctypes.c_uint32 * 6)()))
        check("no_new_privs", libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        code = Filter(len(filtered) // 8, filtered)
        check("seccomp", libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER,
                                    ctypes.byref(code), 0, 0))

    def last_words(e):
        try:
            return f"{type(e).__name__}: {e}"
        except BaseException:
            return type(e).__name__

    def program(source, seconds, folder, out, token):
        """In the child. Passed is what ran to its end without an exception."""
        try:
            os.chdir(folder)
            confine(seconds) if filtered else restrain(seconds)
        except BaseException as e:
            os.write(out, b"sandbox " + last_words(e).encode()[:MESSAGE])
            os._exit(125)
        sys.modules["__main__"] = types.ModuleType("__main__")
        me, said, status = os.getpid(), token, 0
        try:
            exec(source.decode("utf-8", "surrogateescape"), {})
        except BaseException as e:
            words = last_words(e).encode("utf-8", "replace")[:MESSAGE]
            said, status = b"failed " + words, 1
        if os.getpid() == me:  # not a process that the program made
            os.write(out, said)
        os._exit(status)

    def run(source, seconds):
        if filtered:
            empty_tmp()
        folder = "/tmp" if filtered else tempfile.mkdtemp()
        token = b"passed " + os.urandom(16)
        mine, its = os.pipe()
        begun = time.monotonic()
        if filtered:
            check("pid namespace", libc.unshare(CLONE_NEWPID))
        pid = os.fork()
        if pid == 0:
            for fd in (requests, replies, here, mine):
                os.close(fd)
            program(source, seconds, folder, its, token)
        os.close(its)
        if filtered:
            check("pid namespace", libc.setns(here, CLONE_NEWPID))
        watch = os.pidfd_open(pid)
        ended = select.poll()
        ended.register(watch, select.POLLIN)
        ended.register(requests, 0)  # its hang-up alone: nobody waits any more
        left = begun + seconds - time.monotonic()
        late = not ended.poll(max(left, 0) * 1000)
        os.kill(pid, signal.SIGKILL)
        if not filtered:
            try:
                os.killpg(pid, signal.SIGKILL)
            except OSError:
                pass
        _, status, used = os.wait4(pid, 0)  # the last of its namespace is gone
        wall = time.monotonic() - begun
        os.close(watch)
        if not filtered:
            shutil.rmtree(folder, ignore_errors=True)
        os.set_blocking(mine, False)
        try:
            said = os.read(mine, 4096)
        except BlockingIOError:
            said = b""
        os.close(mine)
        cpu = used.ru_utime + used.ru_stime
        if late:
            word, said = "timeout", b""
        elif os.WIFSIGNALED(status):
            word, said = "killed", b"signal %d" % os.WTERMSIG(status)
        elif said == token and os.WEXITSTATUS(status) == 0:
            word, said = "passed", b""
        elif said.startswith((b"failed ", b"sandbox ")):
            word, said = said.split(b" ", 1)
            word = word.decode()
        else:
            word, said = "exited", b"status %d" % os.WEXITSTATUS(status)
        return word, wall, cpu, said

    def read(n):
        got = bytearray()
        while len(got) < n:
            part = os.read(requests, min(n - len(got), 1 << 20))
            if not part:
                os._exit(0)
            got += part
        return bytes(got)

    def reply(data):
        while data:
            data = data[os.write(replies, data):]

    check("death signal", libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))
    requests = os.dup(0)
    replies = os.dup(1)
    here = os.open("/proc/self/ns/pid", os.O_RDONLY)
    os.environ.clear()
    try:
        filtered = os.read(3, 1 << 16)  # empty: there is no sandbox
        null = os.open("/dev/null", os.O_RDWR)
        for fd in range(4):
            os.dup2(null, fd)
        os.close(null)
        preload()
        if filtered:
            leave_the_root()
        gc.collect()
        gc.freeze()
    except Exception as e:
        reply(f"no {e}\n".encode())
        return
    reply(f"ready {sys.version.split()[0]}\n".encode())
    while True:
        line = b""
        while not line.endswith(b"\n"):
            line += read(1)
        _, limit, size = line.split()
        word, wall, cpu, said = run(read(int(size)), int(limit) / 1000)
        reply(b"%s %d %d %d\n" % (word.encode(), round(wall * 1000),
                                  round(cpu * 1000), len(said)) + said)


serve(*map(int, sys.argv[1:7]))
