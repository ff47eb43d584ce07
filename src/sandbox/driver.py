"""The inside of the sandbox: an interpreter that stays warm and forks once for
each program. sandbox.h says what holds for a program; this is how.

Started by jail.c as the first process of fresh user, pid, mount, network, ipc
and uts namespaces, with the capabilities of these alone. It builds a root that
holds the standard library and nothing else, moves into it, and then reads
requests from descriptor 0 and writes replies to descriptor 1:

    "run LIMIT_MS PATIENCE_MS BYTES\n" program  ->
    "WORD WALL_MS CPU_MS BYTES\n" message

No program runs in this process. Each runs in a child which is the first process
of a pid namespace of its own, so that all its descendants end with it, and which
cannot see, signal or trace this one, has none of its descriptors and none of its
capabilities. What became of it is read off its registers and its wait status.
"""
import os
import sys


def serve(tmp_bytes, memory, processes, files, file_bytes, pivot_root, own_percent,
          grouped):
    import ctypes
    import gc
    import importlib
    import resource
    import select
    import shutil
    import signal
    import socket
    import tempfile
    import time
    import types

    CLONE_NEWPID = 0x20000000
    MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
    MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
    MNT_DETACH = 2
    PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 22, 38
    PTRACE_SEIZE, PTRACE_INTERRUPT, PTRACE_DETACH = 0x4206, 0x4207, 17
    PTRACE_GETREGSET, NT_PRSTATUS, CPUCLOCK_SCHED = 0x4204, 1, 2
    PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, SECCOMP_MODE_FILTER = 47, 4, 2
    NOBODY = 65534
    own_cpu = own_percent / 100
    MESSAGE = 500  # bytes of a program's last words that are kept
    libc = ctypes.CDLL(None, use_errno=True)
    # Of a thread that waits in read: registers that say so, then those that hold its
    # places in the code and on the stack, by their numbers in NT_PRSTATUS.
    waiting, places = {
        "x86_64": (((15, 0), (10, 2**64 - 512)), (16, 19)),
        "aarch64": (((8, 63),), (32, 31)),
    }.get(os.uname().machine, ((), ()))
    untouched = 0  # when the /tmp that is there was made

    class Filter(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_char_p)]

    class Slice(ctypes.Structure):
        _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]

    def check(what, result):
        if result < 0:
            number = ctypes.get_errno()
            raise OSError(f"{what}: {os.strerror(number)}")
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
        if not filtered:  # else its namespace ends it
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
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
                ours = resource.getrlimit(what)[1]  # may be less already
                if ours != resource.RLIM_INFINITY:
                    most = min(most, ours)
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
            text = f"{type(e).__name__}: {e}"
        except:
            text = "an exception that cannot be told"
        return text.encode("utf-8", "replace")[:MESSAGE]

    def watch_over(event, args):
        """A tracer could send a frame of ours to another of its lines."""
        if event == "sys.settrace" or (
                event == "object.__setattr__" and args[1] == "__code__"):
            raise PermissionError(event)

    def program(source, seconds, folder, line):
        """In the child, which ends in here. What is needed after the program has run
        is taken before, so that nothing counts that the program put elsewhere."""
        me, getpid, leave = os.getpid(), os.getpid, os._exit
        execute, say, hear, words = exec, os.write, os.read, last_words
        last = sys.exc_info
        try:
            os.chdir(folder)
            if grouped:
                say(group, b"0")
            confine(seconds) if filtered else restrain(seconds)
            text, names = source.decode("utf-8", "surrogateescape"), {}
        except BaseException as e:
            say(line, b"sandbox " + last_words(e))
            leave(125)
        if group >= 0:
            os.close(group)
        sys.modules["__main__"] = types.ModuleType("__main__")
        sys.addaudithook(watch_over)
        try:
            try:
                for over in False, True:
                    if over:
                        execute(text, names)
                    if getpid() == me:  # not a process that the program made
                        say(line, b"here")
                        hear(line, 1)
                        continue
                    leave(0)
            except:
                said = b"failed " + words(last()[1])
            if getpid() == me:
                say(line, said)
        finally:
            leave(1)

    def place(pid, sure):
        """Where the child's first thread waits to be heard: its places in the machine
        code and on the stack. None when it is not there yet, or not sure to live and
        on its way out."""
        if libc.ptrace(PTRACE_SEIZE, pid, None, None) < 0:
            if sure:
                check("ptrace", -1)
            return None
        libc.ptrace(PTRACE_INTERRUPT, pid, None, None)
        until = time.monotonic() + 5
        while not os.waitid(os.P_PID, pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT
                            | os.WNOHANG):
            os.sched_yield()
            if time.monotonic() > until:  # it waits for a child in vfork, say
                return None
        held = (ctypes.c_uint64 * 128)()
        whole = Slice(ctypes.addressof(held), ctypes.sizeof(held))
        got = libc.ptrace(PTRACE_GETREGSET, pid, ctypes.c_void_p(NT_PRSTATUS),
                          ctypes.byref(whole))
        libc.ptrace(PTRACE_DETACH, pid, None, None)
        waits = got == 0 and all(held[i] == value for i, value in waiting)
        return [held[i] for i in places] if waits else None

    def place_soon(pid, sure):
        """It has said that it is about to wait."""
        for _ in range(50):
            where = place(pid, sure)
            if where:
                return where
            os.sched_yield()

    def try_to_see():
        """A child's registers can be read, or it is said why not."""
        ready, go = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(go)  # so that it ends with its parent
            os.read(ready, 1)
            os._exit(0)
        try:
            where, until = None, time.monotonic() + 30
            while not where and time.monotonic() < until:
                where = place_soon(pid, True)
            if not where:
                raise OSError("ptrace: a child's registers cannot be read")
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            os.close(ready)
            os.close(go)

    def may_join():
        """Kernels before 5.17 may not let a process of other namespaces in."""
        pid = os.fork()
        if pid == 0:
            try:
                os.write(group, b"0")
                os._exit(0)
            finally:
                os._exit(1)
        return os.waitpid(pid, 0)[1] == 0

    def hear(line):
        try:
            return os.read(line, 4096)
        except OSError:  # closed, with something unread
            return b""

    def attend(pid, watch, line, seconds, patience):
        """Until the child has ended, is over, or its time is. True: the program ran to
        its end. The child says when it begins and when that end is there; the second
        is believed only when it waits at the same place as at the first, with nothing
        on its stack that could be the program's. Code of the program, and whatever it
        calls, is deeper.

        One that is late but could not have a core for long enough goes on, so that
        it need not be run again; it is late all the same."""
        ended = select.poll()
        for fd, events in (watch, select.POLLIN), (line, select.POLLIN), (requests, 0):
            ended.register(fd, events)  # of requests the hang-up alone
        begun, start, claims, late = time.monotonic(), None, 0, False
        until = begun + 60
        while True:
            left = until - time.monotonic()
            asked = claims > (start is not None)
            pause = min(left, 0.001) if asked else left
            news = [fd for fd, _ in ended.poll(max(pause, 0) * 1000)]
            said = hear(line) if line in news else None
            if said == b"":  # its end is closed
                ended.unregister(line)
            claims += said == b"here"
            if start and said and said.startswith(b"failed "):
                return ("timeout", b"") if late else ("failed", said[7:])
            if not start and said and said.startswith(b"sandbox "):
                raise OSError(said.decode("utf-8", "replace"))
            asked = claims > (start is not None)
            where = place_soon(pid, not start) if asked else None
            if where and not start:
                start, begun = where, time.monotonic()
                until = begun + seconds
                os.write(line, b".")
            elif where and where == start:
                return ("timeout", b"") if late else ("passed", b"")
            elif left <= 0:
                late, now = True, time.monotonic() - begun
                used, needed = cpu_time(pid), own_cpu * seconds
                if (not start or used >= needed or now >= patience
                        or used / now * patience < needed):
                    return "timeout", b""
                until += max(needed - used, 0.05)
            elif requests in news or (watch in news and not said):
                return ("timeout", b"") if late else (None, b"")

    def cpu_time(pid):
        try:
            return time.clock_gettime(~pid << 3 | CPUCLOCK_SCHED)
        except OSError:
            return 0

    def run(source, seconds, patience):
        if filtered:
            empty_tmp()
        folder = "/tmp" if filtered else tempfile.mkdtemp()
        mine, its = (s.detach() for s in
                     socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET))
        os.set_blocking(mine, False)
        begun = time.monotonic()
        if filtered:
            check("pid namespace", libc.unshare(CLONE_NEWPID))
        pid = os.fork()
        if pid == 0:
            for fd in (requests, replies, here, mine):
                os.close(fd)
            program(source, seconds, folder, its)
        os.close(its)
        if filtered:
            check("pid namespace", libc.setns(here, CLONE_NEWPID))
        watch = os.pidfd_open(pid)
        word, said = attend(pid, watch, mine, seconds, patience)
        os.kill(pid, signal.SIGKILL)
        if not filtered:
            try:
                os.killpg(pid, signal.SIGKILL)
            except OSError:
                pass
        status = 0x7f
        while os.WIFSTOPPED(status):  # one that was traced to the end may be seen so
            _, status, used = os.wait4(pid, 0)  # the last of its namespace is gone
        wall = time.monotonic() - begun
        os.close(watch)
        os.close(mine)
        if not filtered:
            shutil.rmtree(folder, ignore_errors=True)
        if word is None and os.WIFSIGNALED(status):
            word, said = "killed", b"signal %d" % os.WTERMSIG(status)
        elif word is None:
            word, said = "exited", b"status %d" % os.WEXITSTATUS(status)
        return word, wall, used.ru_utime + used.ru_stime, said

    def try_it():
        """What a program needs beyond what was asked for so far is had, too."""
        word, _, _, said = run(b"", 30, 30)
        if word != "passed":
            raise OSError(f"an empty program: {word} {said.decode()}")

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
        if not waiting:
            raise OSError(f"processor: {os.uname().machine}: its registers are unknown")
        filtered = os.read(3, 1 << 16)  # empty: there is no sandbox
        null = os.open("/dev/null", os.O_RDWR)
        group = os.dup(4) if grouped else -1
        for fd in range(4):
            os.dup2(null, fd)
        if grouped:
            os.close(4)
        os.close(null)
        grouped = grouped and may_join()
        preload()
        try_to_see()
        if filtered:
            leave_the_root()
        gc.collect()
        gc.freeze()
        try_it()
    except Exception as e:
        reply(f"no {e}\n".encode())
        return
    reply(f"ready {sys.version.split()[0]}{' cgroup' * grouped}\n".encode())
    while True:
        line = b""
        while not line.endswith(b"\n"):
            line += read(1)
        _, limit, patience, size = line.split()
        word, wall, cpu, said = run(read(int(size)), int(limit) / 1000,
                                    int(patience) / 1000)
        reply(b"%s %d %d %d\n" % (word.encode(), round(wall * 1000),
                                  round(cpu * 1000), len(said)) + said)


try:
    serve(*map(int, sys.argv[1:9]))
except ImportError as e:
    os.write(1, f"no part of python3: {e}\n".encode())
