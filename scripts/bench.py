"""Measures our run against an init that ends at once. Called by bench.sh.

Reads lines `GUEST KERNEL FIRMWARE` from standard input.
"""

import json
import os
import pathlib
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
PAIRS = int(os.environ.get("PAIRS", "7"))
# A guest that has not said a word by then never will.
PATIENCE = 30
MIB = range(8, 257)


class Guest:
    """A guest, and the two images that it is booted with."""

    def __init__(self, tool, directory, line):
        self.tool = tool
        self.name, self.kernel, self.firmware = line.split()
        self.tiny = directory / f"{self.name}.cpio.gz"
        self.report = directory / f"{self.name}.json"
        init = directory / f"{self.name}.init"
        arch = {"arm-on-arm64": "aarch64", "arm": "arm", "arm64": "aarch64", "x86_64": "x86_64"}
        with open(init, "wb") as out:
            arch = arch.get(self.name, "i686" if self.name == "i686" else "x86_64")
            subprocess.run([sys.executable, HERE / "tiny_init.py", arch], stdout=out, check=True)
        subprocess.run(
            [tool, "image", "--firmware", init, "--out", self.tiny], check=True, stderr=subprocess.DEVNULL
        )

    def command(self, memory, *more):
        what = ["--guest", self.name, "--kernel", self.kernel, "--memory", str(memory)]
        return [self.tool, "boot", *what, *more]

    def nothing(self, memory=256):
        """Seconds to the init that ends at once, and to the end of QEMU; None if it never ran."""
        line = self.command(memory, "--image", self.tiny, "--dry-run")
        qemu = shlex.split(subprocess.run(line, check=True, capture_output=True, text=True).stdout)
        start = time.monotonic()
        guest = subprocess.Popen(
            ["timeout", str(PATIENCE), *qemu],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        seen = None
        for line in guest.stdout:
            if b"@end" in line:
                seen = time.monotonic() - start
                break
        guest.stdout.close()
        guest.wait()
        return seen and (seen, time.monotonic() - start)

    def ours(self, memory=256):
        """Seconds to the verdict, and how many cases were skipped; None if it was no pass."""
        line = self.command(
            memory, "--firmware", self.firmware, "--format", "json", "--out", self.report,
            "--timeout-factor", "0.25",
        )
        done = subprocess.run(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if done.returncode != 0:
            return None
        report = json.loads(self.report.read_text())
        return report["host"]["seconds"], report["cases"]["skip"]


def boot(guest):
    """The ratio of our verdict to nothing at all."""
    pairs = [(guest.nothing(), guest.ours()) for _ in range(PAIRS)]
    if any(nothing is None or ours is None for nothing, ours in pairs):
        return f"{guest.name:<14} a run failed; see scripts/boot.sh {guest.name}"
    ratio = statistics.median(ours[0] / nothing[1] for nothing, ours in pairs)
    strict = statistics.median(ours[0] / nothing[0] for nothing, ours in pairs)
    nothing = statistics.median(nothing[1] for nothing, _ in pairs)
    ours = statistics.median(ours[0] for _, ours in pairs)
    return (
        f"{guest.name:<14} {ratio:5.2f}  ({ours:.2f} s to the verdict, {nothing:.2f} s until the empty "
        f"guest is down; {strict:.2f} to where its init begins; median of {PAIRS})"
    )


def least(works):
    """The least memory in MiB with which it works, by bisection; None if it never does."""
    low, high = MIB.start, MIB.stop - 1
    if not works(high):
        return None
    while low < high:
        middle = (low + high) // 2
        if works(middle):
            high = middle
        else:
            low = middle + 1
    return high


def memory(guest):
    """The least memory of the kernel and of our run."""
    bare = least(lambda mib: guest.nothing(mib))
    ours = least(lambda mib: guest.ours(mib))
    # Once more, for the skips, and because a boot at the edge may succeed by luck.
    again = ours and guest.ours(ours)
    skipped = again[1] if again else "unsteady: how many"
    ratio = f"{ours / bare:5.2f}" if ours and bare else "    ?"
    return f"{guest.name:<14} {ratio}  (kernel {bare} MiB, our run {ours} MiB, {skipped} cases skipped there)"


def main():
    what, tool = sys.argv[1:]
    with tempfile.TemporaryDirectory() as directory:
        for line in sys.stdin.read().splitlines():
            guest = Guest(tool, pathlib.Path(directory), line)
            print({"boot": boot, "memory": memory}[what](guest), flush=True)


main()
