"""Measures what a case and a step cost on this machine. Called by bench.sh.

Usage: bench_steps.py TOOL BARE

TOOL is the release binary; BARE prints the nanoseconds that one of the same calls takes
in a bare loop.
"""

import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

CASES = 500
ROUNDS = 100
PAIRS = 7

# Each of these is a step; `{n}` makes its names unique.
STEPS = """\
shmget(key: IPC_PRIVATE, size: Pages(1), flags: [IPC_CREAT], mode: 0o600, as: "s{n}", expect: Ok),
shmat(seg: "s{n}", as: "m{n}", expect: Ok),
store(map: "m{n}", data: Text("Hello, Shared Memory!"), expect: Ok),
shmctl(seg: "s{n}", cmd: IPC_STAT, expect: Stat(nattch: 1)),
shmdt(map: "m{n}", expect: Ok),
shmctl(seg: "s{n}", cmd: IPC_RMID, expect: Ok),
"""


def scenario(steps, axes=""):
    return f'Scenario(summary: "s", {axes} actors: [(name: "a")], script: [By("a", [{steps}])])'


def run(tool, path):
    """Seconds of the whole run, and the report."""
    start = time.monotonic()
    done = subprocess.run(
        [tool, "run", "--scenarios", path, "--format", "json"], check=True, capture_output=True, text=True
    )
    return time.monotonic() - start, json.loads(done.stdout)


def cases_a_second(tool, directory):
    sizes = ", ".join(str(n) for n in range(64, CASES + 64))
    axes = f'for_each: [Axis("size", [{sizes}])],'
    path = directory / "cases.ron"
    path.write_text(scenario(STEPS.format(n=1).replace("Pages(1)", 'Each("size")'), axes))
    return CASES / min(run(tool, path)[0] for _ in range(PAIRS))


def microseconds(tool, directory, rounds):
    path = directory / f"steps{rounds}.ron"
    path.write_text(scenario("".join(STEPS.format(n=n) for n in range(rounds))))
    return [run(tool, path)[1]["scenarios"][0]["cases"][0]["us"] for _ in range(PAIRS)]


def main():
    tool, bare = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        print(f"cases of 6 steps, all in all   {cases_a_second(tool, directory):7.0f} a second")
        few, many = (min(microseconds(tool, directory, n)) for n in (1, ROUNDS + 1))
        step = (many - few) / (ROUNDS * 6)
        plain = statistics.median(int(subprocess.check_output([bare])) for _ in range(PAIRS)) / 1000
        print(f"a case of 6 steps              {few:7.0f} us")
        print(f"a step in a long turn          {step:7.2f} us")
        print(f"the same call in a bare loop   {plain:7.2f} us")
        print(f"ratio                          {step / plain:7.2f}")


main()
