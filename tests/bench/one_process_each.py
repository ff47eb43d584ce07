"""The rule of openai/human-eval's execution.py, written anew to compare with: a
manager and a process of its own for each program, output swallowed, an alarm
after 3 seconds, as many threads as cores that wait for them.

one_process_each.py PROGRAMS.jsonl: lines {"program": TEXT}; prints how many
passed and the seconds that it took.
"""
import contextlib
import io
import json
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

LIMIT = 3.0


def late(number, frame):
    raise TimeoutError


def execute(program, result):
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        signal.signal(signal.SIGALRM, late)
        sink = io.StringIO()
        try:
            with contextlib.redirect_stdout(sink), contextlib.redirect_stderr(sink):
                signal.setitimer(signal.ITIMER_REAL, LIMIT)
                try:
                    exec(program, {})
                finally:
                    signal.setitimer(signal.ITIMER_REAL, 0)
            result.append(True)
        except BaseException:
            result.append(False)
        os.chdir("/")


def check(program):
    result = multiprocessing.Manager().list()
    process = multiprocessing.Process(target=execute, args=(program, result))
    process.start()
    process.join(LIMIT + 1)
    if process.is_alive():
        process.kill()
    return bool(result and result[0])


def main():
    with open(sys.argv[1], encoding="utf-8") as lines:
        programs = [json.loads(line)["program"] for line in lines]
    begun = time.monotonic()
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        passed = sum(pool.map(check, programs))
    print(passed, round(time.monotonic() - begun, 2))


main()
