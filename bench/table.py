"""Runs the chosen rows and prints the table: table.py [--quick] [--publish] [LETTER...]. Started by bench/run."""
import argparse
import datetime
import pathlib
import platform
import subprocess
import sys
import time
import traceback

import rig
import rows

PAGE = rig.ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- table: written by bench/run --publish -->", "<!-- end of table -->"
HEAD = ["row", "what", "ours", "floor", "judged", "must", "aim", "verdict"]


def cells(row):
    """A row as the table shows it."""
    sign = "≥" if row.more_is_better else "≤"
    number = f"{row.judged:.2f}" if abs(row.judged) < 100 else f"{row.judged:.0f}"
    unit = "" if row.unit == "×" else f" {row.unit}"
    return [row.letter, row.what, row.ours, row.floor, number + unit, f"{sign} {row.must:g}{unit}", f"{sign} {row.aim:g}{unit}", row.verdict()]


def as_markdown(found):
    lines = [HEAD, ["---"] * len(HEAD)] + [cells(row) for row in found]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def machine():
    """One line: processor, cores, memory, kernel, compiler."""
    processor = next((line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")),
                     platform.machine())
    cores = len([line for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("processor")])
    memory = int(pathlib.Path("/proc/meminfo").read_text().split()[1]) / 1024 / 1024
    compiler = subprocess.run(["clang++-19", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    return f"{processor}, {cores} cores, {memory:.0f} GiB, Linux {platform.release()}, {compiler}"


def commit():
    """The commit measured, marked when the tree had changes."""
    done = subprocess.run(["git", "-C", rig.ROOT, "describe", "--always", "--dirty", "--abbrev=12"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def publish(found, command):
    """Writes the table between the marks of docs/performance.md."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    stamp = f"`{command}` at commit {commit()}, {datetime.date.today().isoformat()}.\nMachine: {machine()}."
    PAGE.write_text(f"{before}{BEGIN}\n{stamp}\n\n{as_markdown(found)}\n{END}{after}", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--publish", action="store_true")
    parser.add_argument("letters", nargs="*", metavar="LETTER")
    chosen = parser.parse_args()
    letters = set("".join(chosen.letters).lower())
    sizes = rows.Sizes.chosen(chosen.quick)
    found, broken = [], []
    for names, measure in rows.MEASUREMENTS:
        if letters and not letters & set(names):
            continue
        print(f"Measuring {', '.join(names)}: {measure.__doc__.splitlines()[0].split(': ', 1)[-1]}", flush=True)
        started = time.monotonic()
        try:
            with rig.folder() as folder:
                taken = measure(sizes, folder)
        except (RuntimeError, subprocess.CalledProcessError, OSError, LookupError):
            broken.append(names)
            traceback.print_exc()
            continue
        for row in taken:
            if letters and row.letter not in letters:
                continue
            found.append(row)
            print("  " + " | ".join(cells(row)), flush=True)
        print(f"  {time.monotonic() - started:.0f} s", flush=True)
    found.sort(key=lambda row: row.letter)
    print(f"\n{machine()}\n\n{as_markdown(found)}")
    if chosen.publish and not broken:
        publish(found, "bench/run " + " ".join(sys.argv[1:]))
    if broken:
        print(f"\nNot measured: {', '.join(broken)} (see above).")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
