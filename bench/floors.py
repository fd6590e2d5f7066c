"""What the server is measured against: the same work done by a program that does only that. Each returns plain figures."""
import contextlib
import os
import pathlib
import re
import subprocess
import time

import rig

# Three indexes, as every floor has: one unique on an outside id or name, one for look-ups, one for sorting.
IMPORT_SQL = """PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
CREATE TABLE deals("Deal Name","Company","Value","Stage","Probability","Expected Close Date","Contact Email","Contact Name","Description");
CREATE INDEX by_name ON deals("Deal Name","Company");
CREATE INDEX by_email ON deals("Contact Email");
CREATE INDEX by_stage ON deals("Stage","Value");
.mode csv
.import --skip 1 {csv} deals
SELECT count(*) FROM deals;
"""

INSERT_SQL = """\\set n random(1, 9000000000000000)
INSERT INTO deals(external_id, name, company, value, stage, probability, close_date, contact_email, contact_name, description)
VALUES ('ext-' || CAST(:n AS bigint), 'Enterprise License ' || CAST(:n AS bigint), 'Northern Logistics Inc ' || CAST(:n AS bigint) % 100000,
 CAST(:n AS bigint) % 250000, 'proposal', 40, '2027-06-01', 'ana.adams' || CAST(:n AS bigint) || '@firm.example', 'Ana Adams',
 'Budget approved; legal review, then sign');
"""
TABLE_SQL = """CREATE TABLE deals(id bigserial, external_id text, name text, company text, value bigint, stage text, probability int, close_date date,
 contact_email text, contact_name text, description text);
CREATE UNIQUE INDEX by_external ON deals(external_id);
CREATE INDEX by_name ON deals(name, company);
CREATE INDEX by_stage ON deals(stage, value);
"""


def sqlite_import_cpu_s(folder, csv, rows):
    """CPU seconds of `sqlite3 .import` of the file into one table with three indexes."""
    database = folder / f"import-{time.monotonic_ns()}.db"
    before = rig.children_cpu_s()
    done = subprocess.run(["sqlite3", "-batch", database], input=IMPORT_SQL.format(csv=csv), capture_output=True, text=True, check=True)
    spent = rig.children_cpu_s() - before
    if done.stdout.split()[-1] != str(rows):
        raise RuntimeError(f"sqlite3 imported {done.stdout.split()[-1]} of {rows} rows: {done.stderr}")
    return spent


def sqlite_one_row(folder, count):
    """p50_us, p99_us and cpu_us of one durable one-row transaction."""
    return rig.program("one_row", file=folder / f"one-{time.monotonic_ns()}.db", count=count)


@contextlib.contextmanager
def postgres(folder):
    """A PostgreSQL 15 cluster of its own with fsync on; gives a function that runs a client program of it."""
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    programs = pathlib.Path("/usr/lib/postgresql/15/bin")
    cluster = folder / "postgres"
    cluster.mkdir()
    if as_user:
        subprocess.run(["chown", "postgres:", cluster], check=True)
    port = str(rig.free_port())

    def client(name, *arguments, **more):
        done = subprocess.run([*as_user, programs / name, *arguments], cwd=cluster, capture_output=True, text=True, check=False, **more)
        if done.returncode != 0:
            raise RuntimeError(f"{name}: {done.stderr}")
        return done

    client("initdb", "-D", cluster / "data", "-A", "trust", "-U", "bench", "--no-locale", "-E", "UTF8")
    settings = f"-c listen_addresses=127.0.0.1 -p {port} -k {cluster} -c shared_buffers=256MB -c fsync=on -c synchronous_commit=on"
    client("pg_ctl", "-D", cluster / "data", "-w", "-l", cluster / "log", "-o", settings, "start")
    try:
        yield lambda name, *arguments, **more: client(name, "-h", "127.0.0.1", "-p", port, "-U", "bench", *arguments, **more)
    finally:
        client("pg_ctl", "-D", cluster / "data", "-m", "fast", "-w", "stop")


def pgbench_per_second(folder, clients, seconds):
    """Durable single-row inserts a second into three indexes."""
    with postgres(folder) as client:
        client("psql", "-q", "-d", "postgres", input=TABLE_SQL)
        script = folder / "insert.sql"
        script.write_text(INSERT_SQL)
        done = client("pgbench", "-n", "-f", script, "-c", str(clients), "-j", "1", "-T", str(seconds), "-M", "prepared", "postgres")
        return float(re.search(r"tps = ([\d.]+)", done.stdout).group(1))


NGINX = """daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.error;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    keepalive_requests 100000000;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
    server {{
        listen 127.0.0.1:{port};
        location = /livez {{ default_type application/json; return 200 '{{"status":"ok"}}'; }}
    }}
}}
"""


def wrk(port, seconds, connections=64):
    """Requests answered by GET /livez."""
    done = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", f"http://127.0.0.1:{port}/livez"], capture_output=True, text=True,
                          check=True)
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise RuntimeError(done.stdout)
    return int(re.search(r"(\d+) requests in", done.stdout).group(1))


def nginx_per_cpu_s(folder, seconds):
    """Trivial GETs per CPU second of one nginx worker."""
    port = rig.free_port()
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port))
    master = subprocess.Popen(["nginx", "-p", folder, "-c", config, "-e", folder / "nginx.error"])
    try:
        children = pathlib.Path(f"/proc/{master.pid}/task/{master.pid}/children")
        until = time.monotonic() + 10
        while time.monotonic() < until and not children.read_text().split():
            time.sleep(0.05)
        worker = int(children.read_text().split()[0])
        wrk(port, 1)
        before = rig.cpu_s(worker)
        return wrk(port, seconds) / (rig.cpu_s(worker) - before)
    finally:
        rig.end(master)


def raw_send_us(sockets, frame_bytes, rounds, pause_s, nap_ms):
    """CPU microseconds of one send() of so many bytes to one of so many loopback sockets, all of them once every pause_s."""
    return rig.program("raw_send", sockets=sockets, bytes=frame_bytes, rounds=rounds, pause_ms=round(pause_s * 1000), nap_ms=nap_ms)["cpu_us_per_send"]
