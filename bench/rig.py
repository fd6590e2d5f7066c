"""The things a benchmark starts and stops: the server, its floors, and the clocks they are measured with.

Everything listens on 127.0.0.1 and keeps its files in one folder that is removed at the end.
"""
import contextlib
import dataclasses
import http.client
import json
import os
import pathlib
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "release"
PROGRAM = BUILD / "tributary"
START_S = 60
STOP_S = 30


@dataclasses.dataclass
class Row:
    """One line of the table. `judged` is compared with must and aim; more_is_better says in which direction."""
    letter: str
    what: str
    ours: str
    floor: str
    judged: float
    must: float
    aim: float
    unit: str = "×"
    more_is_better: bool = False

    def verdict(self):
        def holds(bound):
            return self.judged >= bound if self.more_is_better else self.judged <= bound
        return "aim" if holds(self.aim) else "must" if holds(self.must) else "MISSED"


def free_port():
    """A port nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_s(pid):
    """CPU seconds of all threads of a process so far, user and kernel, to the nanosecond (clock_getcpuclockid)."""
    return time.clock_gettime((~pid << 3) | 2)


def children_cpu_s():
    """CPU seconds of all finished child processes."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def status_mb(pid, field):
    """A kB field of /proc/PID/status (VmRSS, VmHWM) in MB."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    raise LookupError(field)


def program(name, **options):
    """Runs bench_<name> with --option value pairs; its JSON line."""
    arguments = [word for key, value in options.items() for word in (f"--{key}", str(value))]
    done = subprocess.run([BUILD / "bench" / f"bench_{name}", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"bench_{name} failed: {done.stderr.strip()}")
    return json.loads(done.stdout)


@contextlib.contextmanager
def folder():
    """A new folder on a disk (not in memory), removed afterwards."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="tributary-bench-", dir=os.environ.get("TRIBUTARY_BENCH_DIR", "/var/tmp")))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def write_csv(path, rows, first=0):
    """The specification's nine columns, rows first..first+rows-1; the same on every run."""
    with open(path, "wb") as file:
        subprocess.run([BUILD / "bench" / "bench_deals_csv", "--rows", str(rows), "--first", str(first)], stdout=file, check=True)
    return path


def end(process):
    """Asks a process to stop, then makes it."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Server:
    """The release binary on its own data folder, with an admin key."""

    def __init__(self, data, *arguments):
        self.data = data
        self.port = free_port()
        key = subprocess.run([PROGRAM, "key", "create", "--data", data, "--tenant", "bench", "--workspace", "main", "--role", "admin"],
                             capture_output=True, text=True, check=True)
        self.key = key.stdout.strip()
        self.log = open(f"{data}.log", "ab")
        self.process = subprocess.Popen([PROGRAM, "serve", "--listen", f"127.0.0.1:{self.port}", "--data", data, *arguments],
                                        stdout=self.log, stderr=self.log)
        self.pid = self.process.pid
        self._wait_until_ready()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        end(self.process)
        self.log.close()

    def _wait_until_ready(self):
        until = time.monotonic() + START_S
        while time.monotonic() < until and self.process.poll() is None:
            try:
                if self.get("/readyz")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        end(self.process)
        raise RuntimeError("the server did not become ready:\n" + pathlib.Path(f"{self.data}.log").read_text()[-2000:])

    def get(self, path):
        """(status, body) of one GET."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {self.key}"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def cpu_s(self):
        return cpu_s(self.pid)

    def rss_mb(self):
        return status_mb(self.pid, "VmRSS")

    def forget_peak(self):
        """Makes VmHWM start again from now (proc(5), clear_refs 5)."""
        pathlib.Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def peak_mb(self):
        return status_mb(self.pid, "VmHWM")

    def settle(self, longest_s=15):
        """Waits until the server is quiet, so that work left for later is counted where it belongs."""
        until = time.monotonic() + longest_s
        while time.monotonic() < until:
            before = self.cpu_s()
            time.sleep(0.4)
            if self.cpu_s() - before < 0.004:
                return

    def start_upload(self, csv, **options):
        """curl posting the file to /csv/upload, and waiting for its end; the answer goes to <csv>.answer."""
        fields = [word for name, value in options.items() for word in ("-F", f"{name}={value}")]
        return subprocess.Popen(["curl", "-sS", "-o", f"{csv}.answer", "-H", f"Authorization: Bearer {self.key}", "-H", "Prefer: wait", *fields,
                                 "-F", f"file=@{csv};type=text/csv", f"http://127.0.0.1:{self.port}/api/sales/deals/csv/upload"])

    def import_file(self, csv, rows, **options):
        """Uploads a file and returns the wall seconds until its answer. All rows must be created."""
        started = time.monotonic()
        if self.start_upload(csv, **options).wait() != 0:
            raise RuntimeError("the upload failed")
        seconds = time.monotonic() - started
        answer = json.loads(pathlib.Path(f"{csv}.answer").read_text())
        if answer.get("counts", {}).get("created") != rows:
            raise RuntimeError(f"expected {rows} created, got: {json.dumps(answer)[:500]}")
        return seconds

    def upload(self, csv, rows):
        """Uploads a file, waits for the work it leaves behind, and returns (CPU seconds, wall seconds). All rows must be created."""
        before = self.cpu_s()
        seconds = self.import_file(csv, rows)
        self.settle()
        return self.cpu_s() - before, seconds

    def posts(self, **options):
        """One run of bench_posts; every answer must be a success."""
        outcome = program("posts", port=self.port, key=self.key, **options)
        if outcome["refused"]:
            raise RuntimeError(f"{outcome['refused']} requests were refused, the last with {outcome['last_refusal']}")
        return outcome


class Watchers:
    """N live sockets in a process of their own; nap_ms as in bench/wire.hpp."""

    def __init__(self, server, count, nap_ms=0):
        self.process = subprocess.Popen([BUILD / "bench" / "bench_watchers", "--port", str(server.port), "--key", server.key, "--watchers", str(count),
                                         "--nap_ms", str(nap_ms)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if not self.process.stdout.readline():
            raise RuntimeError("the watchers could not connect")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def count(self):
        """What came since the last call."""
        self.process.stdin.write("count\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())
