"""The rows about imports: (l) to (q). A million rows planned, run and undone on one server, the reader alone, and the first sign of an import."""
import json
import threading
import time

import floors
import rig

POLL_S = 0.02
UNDO_LONGEST_S = 600


def _get(server, path):
    status, body = server.get(path)
    if status != 200:
        raise RuntimeError(f"GET {path} answered {status}")
    return json.loads(body)


def _post(server, path):
    connection = rig.http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    try:
        connection.request("POST", path, headers={"Authorization": f"Bearer {server.key}"})
        answer = connection.getresponse()
        return json.loads(answer.read())
    finally:
        connection.close()


class Measured:
    """CPU seconds, wall seconds and the memory at the peak of one thing done to a server. What it leaves in store is not counted when
    `leaves`, everything above the memory before it when not: memory that was freed but not given back is no excuse."""

    def __init__(self, server, work, leaves=True):
        server.settle()
        server.forget_peak()
        rss, cpu, started = server.rss_mb(), server.cpu_s(), time.monotonic()
        work()
        self.wall_s = time.monotonic() - started
        peak = server.peak_mb()
        server.settle()
        self.cpu_s = server.cpu_s() - cpu
        self.extra_mb = peak - (max(rss, server.rss_mb()) if leaves else rss)


def _undo(server, rows):
    (unit,) = [each for each in _get(server, "/api/sales/imports?limit=10")["imports"] if each["state"] == "done"]
    undo = _post(server, f"/api/sales/imports/{unit['import_id']}/undo")["undo_id"]
    until = time.monotonic() + UNDO_LONGEST_S
    while time.monotonic() < until:
        found = _get(server, f"/api/sales/imports/{undo}")["import"]
        if found["state"] != "running":
            if found["options"]["counts"]["removed"] != rows:
                raise RuntimeError(f"the undo ended with {found['options']['counts']}")
            return
        time.sleep(POLL_S)
    raise RuntimeError("the undo did not end")


def whole_imports(sizes, folder):
    """(l), (m), (n), (o): a dry run, the run and the undo of a million rows."""
    rows = sizes.stored_most
    csv = rig.write_csv(folder / "whole.csv", rows)
    floor_cpu_s = floors.sqlite_import_cpu_s(folder, csv, rows)
    with rig.Server(folder / "whole") as server:
        planned = Measured(server, lambda: server.import_file(csv, rows, dry_run="true"), leaves=False)
        run = Measured(server, lambda: server.import_file(csv, rows))
        undone = Measured(server, lambda: _undo(server, rows))
    ours, floor = rows / run.cpu_s, rows / floor_cpu_s
    return [
        rig.Row("l", f"CSV upload of {rows:,} rows, rows per CPU second ÷ `sqlite3 .import`", f"{ours:,.0f}/CPU s", f"{floor:,.0f}/CPU s", ours / floor,
                0.30, 0.6, more_is_better=True),
        rig.Row("m", f"dry run of {rows:,} rows: its speed ÷ the run's, by CPU (wall {planned.wall_s:.1f} and {run.wall_s:.1f} s)",
                f"{planned.cpu_s * 1e6 / rows:.1f} µs", f"{run.cpu_s * 1e6 / rows:.1f} µs", run.cpu_s / planned.cpu_s, 1.2, 1.5, more_is_better=True),
        rig.Row("n", f"undo of an import of {rows:,} rows ÷ the import, by CPU", f"{undone.cpu_s * 1e6 / rows:.1f} µs", f"{run.cpu_s * 1e6 / rows:.1f} µs",
                undone.cpu_s / run.cpu_s, 1.5, 1.0),
        rig.Row("n", "the same by the clock", f"{undone.wall_s:.1f} s", f"{run.wall_s:.1f} s", undone.wall_s / run.wall_s, 1.5, 1.0),
    ] + [rig.Row("o", f"more memory at the peak of {what} than before and after it", f"{each.extra_mb:.0f} MB", "—", each.extra_mb, 200, 64, "MB")
         for what, each in ((f"a dry run of {rows:,} rows", planned), ("the run", run), ("its undo", undone))]


def reader_alone(sizes, _):
    """(p) the CSV reader on one core, beside libcsv and Python's csv."""
    taken = rig.program("csv_reader", mb=32 if sizes.quick else 128)
    found = []
    for kind, must, aim, what in (("plain", 1000, 2000, "without a quote"), ("quoted", 300, 1000, "with a quote in every row")):
        row = taken[kind]
        found.append(rig.Row("p", f"the CSV reader alone, {what} (Python's csv: {row['python_mb_s']:.0f} MB/s)", f"{row['ours_mb_s']:,.0f} MB/s",
                             f"{row['libcsv_mb_s']:,.0f} MB/s (libcsv)", row["ours_mb_s"], must, aim, "MB/s", more_is_better=True))
    return found


def first_sign(sizes, folder):
    """(q) from the first byte of a large upload to the first answer that shows the import."""
    taken = []
    for n in range(sizes.rounds):
        csv = rig.write_csv(folder / "sign.csv", sizes.csv_rows)
        with rig.Server(folder / f"sign-{n}") as server:
            server.posts(deals="warm-", count=1)
            started = time.monotonic()
            upload = threading.Thread(target=server.import_file, args=(csv, sizes.csv_rows))
            upload.start()
            while not _get(server, "/api/sales/imports?limit=1")["imports"]:
                time.sleep(POLL_S / 10)
            taken.append((time.monotonic() - started) * 1e3)
            upload.join()
    worst = max(taken)
    return [rig.Row("q", f"from the start of an upload of {sizes.csv_rows:,} rows until the import is seen, the slowest of {sizes.rounds}", f"{worst:.0f} ms", "—",
                    worst, 300, 100, "ms")]
