"""The rows of the table, one function each: measure(sizes, folder) -> [Row]. bench/table.py prints them.

A row holds our figure, the floor's figure from the same run, and the number that is judged (most often their ratio).
"""
import dataclasses
import statistics
import subprocess
import time

import floors
import imports
import rig
from growth import Growth
from rig import Row

POST_PATH = "/api/sales/deals/api"
METRICS_PATH = "/api/sales/deals/metrics"
EVENT_S = 0.4  # an event and its broadcast are over by then
NAP_MS = 200  # 10,000 sends take a quarter of it
WATCHED_S = 4  # several times the second whose frames are counted


@dataclasses.dataclass
class Sizes:
    """How much is measured: the whole thing, or --quick."""
    quick: bool
    csv_rows: int = 100_000
    stored_most: int = 1_000_000
    probe_rows: int = 20_000
    posts: int = 4_000
    rounds: int = 3
    seconds: int = 5
    watchers: int = 10_000
    broadcasts: int = 5
    events: int = 10

    @classmethod
    def chosen(cls, quick):
        if not quick:
            return cls(quick=False)
        return cls(quick=True, csv_rows=20_000, stored_most=100_000, probe_rows=5_000, posts=1_000, rounds=1, seconds=2, watchers=2_000,
                   broadcasts=2)


def csv_import(sizes, folder):
    """(a) rows per CPU second of an upload and of `sqlite3 .import`, alternating."""
    ours, floor = [], []
    for n in range(sizes.rounds):
        csv = rig.write_csv(folder / "import.csv", sizes.csv_rows)
        with rig.Server(folder / f"import-{n}") as server:
            ours.append(sizes.csv_rows / server.upload(csv, sizes.csv_rows)[0])
        floor.append(sizes.csv_rows / floors.sqlite_import_cpu_s(folder, csv, sizes.csv_rows))
    mine, theirs = statistics.median(ours), statistics.median(floor)
    return [Row("a", f"CSV upload of {sizes.csv_rows:,} rows, rows per CPU second ÷ `sqlite3 .import`", f"{mine:,.0f}/CPU s", f"{theirs:,.0f}/CPU s",
                mine / theirs, 0.30, 0.6, more_is_better=True)]


def single_posts(sizes, folder):
    """(c) and (e): one connection, one durable deal after the other, beside one-row SQLite transactions."""
    p50, cpu, floor_p50, floor_cpu = [], [], [], []
    with rig.Server(folder / "single") as server:
        server.posts(deals="warm-", count=200)
        for n in range(sizes.rounds):
            floor = floors.sqlite_one_row(folder, sizes.posts)
            floor_p50.append(floor["p50_us"])
            floor_cpu.append(floor["cpu_us"])
            server.settle()
            before = server.cpu_s()
            outcome = server.posts(deals="single-", first=n * sizes.posts, count=sizes.posts)
            server.settle()
            cpu.append((server.cpu_s() - before) * 1e6 / sizes.posts)
            p50.append(outcome["p50_us"])
    ours, floor = statistics.median(p50), statistics.median(floor_p50)
    our_cpu, one_row_cpu = statistics.median(cpu), statistics.median(floor_cpu)
    return [
        Row("c", "durable POST /api, one connection: p50 ÷ one durable one-row SQLite transaction", f"{ours:.0f} µs", f"{floor:.0f} µs", ours / floor, 5, 2.5),
        Row("e", "CPU per POST /api ÷ CPU of one durable one-row SQLite transaction", f"{our_cpu:.0f} µs", f"{one_row_cpu:.0f} µs", our_cpu / one_row_cpu, 2.2,
            1.3),
    ]


def parallel_posts(sizes, folder):
    """(d) 16 connections against 16 pgbench clients."""
    ours, floor = [], []
    with rig.Server(folder / "parallel") as server:
        server.posts(deals="warm-", connections=16, count=500)
        for n in range(sizes.rounds):
            ours.append(server.posts(deals="many-", connections=16, first=n * 1_000_000, count=1_000_000, seconds=sizes.seconds)["per_second"])
    for _ in range(sizes.rounds):
        with rig.folder() as cluster: # a cluster of its own each time
            floor.append(floors.pgbench_per_second(cluster, 16, sizes.seconds))
    mine, theirs = statistics.median(ours), statistics.median(floor)
    return [Row("d", "durable POST /api, 16 connections: deals/s ÷ pgbench single-row inserts/s into 3 indexes", f"{mine:,.0f}/s", f"{theirs:,.0f}/s",
                mine / theirs, 0.4, 0.8, more_is_better=True)]


def beside_upload(sizes, folder):
    """(f) p99 of single requests at a fixed rate while a file is uploaded; the floor is the same without the upload."""
    busy = {"posts": [], "metrics": []}
    quiet = {}
    loads = {"posts": {"deals": "beside-", "rate": 200, "connections": 4}, "metrics": {"get": METRICS_PATH, "rate": 200, "connections": 4}}
    with rig.Server(folder / "beside") as server:
        server.posts(deals="warm-", count=500)
        first = 0
        for name, load in loads.items():
            quiet[name] = server.posts(count=400, first=first, **load)["p99_us"]
            first += 1_000_000
        for n in range(sizes.rounds):
            csv = rig.write_csv(folder / "beside.csv", 100_000, first=n * 100_000)
            upload = server.start_upload(csv)
            running = {}
            for name, load in loads.items():
                options = {"port": server.port, "key": server.key, "count": 1_000_000, "first": first, "until_gone": upload.pid, **load}
                words = [str(word) for key, value in options.items() for word in (f"--{key}", value)]
                running[name] = subprocess.Popen([rig.BUILD / "bench" / "bench_posts", *words], stdout=subprocess.PIPE, text=True)
                first += 1_000_000
            upload.wait()
            for name, process in running.items():
                outcome = rig.json.loads(process.communicate()[0])
                if outcome["refused"]:
                    raise RuntimeError(f"{name}: {outcome['refused']} refused, the last with {outcome['last_refusal']}")
                busy[name].append(outcome["p99_us"] / 1e3)
    p99 = {name: statistics.median(values) for name, values in busy.items()}
    return [
        Row("f", "p99 of POST /api while 100,000 rows are uploaded (floor: without the upload)", f"{p99['posts']:.1f} ms", f"{quiet['posts'] / 1e3:.1f} ms",
            p99["posts"], 50, 25, "ms"),
        Row("f", "p99 of GET metrics while 100,000 rows are uploaded (floor: without the upload)", f"{p99['metrics']:.1f} ms",
            f"{quiet['metrics'] / 1e3:.1f} ms", p99["metrics"], 20, 10, "ms"),
    ]


def event_cpu_us(server, crowd, count):
    """(CPU microseconds per frame of an event, bytes of a frame): medians of `count` events, each beside as long a time without one."""
    idle, busy = [], []
    server.posts(deals="warm-", count=1)
    server.settle()
    crowd.count()
    for n in range(count):
        before = server.cpu_s()
        time.sleep(EVENT_S)
        between = server.cpu_s()
        server.posts(deals="event-", first=n, count=1)
        time.sleep(EVENT_S)
        idle.append(between - before)
        busy.append(server.cpu_s() - between)
    seen = crowd.count()
    if seen["frames_least"] != count or seen["frames_most"] != count or seen["closed"]:
        raise RuntimeError(f"watchers lost something: {seen}")
    watchers = seen["frames"] / count
    return (statistics.median(busy) - statistics.median(idle)) * 1e6 / watchers, seen["frame_bytes_max"] + 4


def broadcasts(sizes, folder):
    """(i) what one event costs with many watchers, and as many plain sends, alternating."""
    ours, floor = [], []
    for n in range(sizes.broadcasts):
        with rig.Server(folder / f"watched-{n}") as server, rig.Watchers(server, sizes.watchers, NAP_MS) as crowd:
            each, frame_bytes = event_cpu_us(server, crowd, sizes.events)
        ours.append(each)
        floor.append(floors.raw_send_us(sizes.watchers, frame_bytes, sizes.events, 2 * EVENT_S, NAP_MS))
    mine, theirs = statistics.median(ours), statistics.median(floor)
    return [Row("i", f"{sizes.watchers:,} watchers, one event: CPU per frame ÷ a raw send loop", f"{mine:.2f} µs", f"{theirs:.2f} µs", mine / theirs, 1.5, 1.15)]


def watched_imports(sizes, folder):
    """(i) what watchers see of imports, one after the other for several seconds, so that a second's frames can be counted."""
    with rig.Server(folder / "imports") as server, rig.Watchers(server, sizes.watchers) as crowd:
        server.posts(deals="warm-", count=1)
        server.settle()
        crowd.count()
        imports, started = 0, time.monotonic()
        while time.monotonic() - started < WATCHED_S:
            server.import_file(rig.write_csv(folder / "watched.csv", sizes.csv_rows, first=imports * sizes.csv_rows), sizes.csv_rows)
            imports += 1
        seconds = time.monotonic() - started
        time.sleep(1)
        seen = crowd.count()
    if seen["closed"] or seen["seq_least"] != seen["seq_most"] or seen["seq_least"] < imports * sizes.csv_rows:
        raise RuntimeError(f"watchers lost something: {seen}")
    return [Row("i", f"most frames within any second for any watcher while {sizes.csv_rows:,} rows are imported (all end at the same seq)",
                f"{seen['frames_most']} frames, {imports} imports in {seconds:.1f} s", "—", seen["frames_in_a_second"], 10, 4, "/s")]


def trivial_get(sizes, folder):
    """(k) GET /livez on one thread beside one nginx worker."""
    ours, floor = [], []
    with rig.Server(folder / "trivial", "--threads", "1") as server:
        for _ in range(sizes.rounds):
            floors.wrk(server.port, 1)
            before = server.cpu_s()
            answered = floors.wrk(server.port, sizes.seconds)
            ours.append(answered / (server.cpu_s() - before))
            floor.append(floors.nginx_per_cpu_s(folder, sizes.seconds))
    mine, theirs = statistics.median(ours), statistics.median(floor)
    return [Row("k", "trivial GET /livez, one thread: requests per CPU second ÷ nginx", f"{mine:,.0f}", f"{theirs:,.0f}", mine / theirs, 0.5, 0.8,
                more_is_better=True)]


def stored_rows(sizes, folder):
    """(b), (g), (h), (j): one server that grows; what is slow when much is stored shows here."""
    grown = Growth(sizes).grow(folder)
    few, many = 1_000, sizes.stored_most
    per_row_few, per_row_many = grown.row_cpu_us[10_000], grown.row_cpu_us[many]
    rows = [
        Row("b", f"CPU per CSV row with {many:,} deals stored ÷ with 10,000", f"{per_row_many:.1f} µs", f"{per_row_few:.1f} µs", per_row_many / per_row_few, 3, 1.5),
        Row("g", f"CPU of posting a known external id again with {many:,} deals stored ÷ with {few:,}", f"{grown.repost_cpu_us[many]:.1f} µs",
            f"{grown.repost_cpu_us[few]:.1f} µs", grown.repost_cpu_us[many] / grown.repost_cpu_us[few], 2, 1.2),
        Row("h", f"GET metrics: CPU with {many:,} deals stored ÷ with {few:,}", f"{grown.metrics_cpu_us[many]:.1f} µs", f"{grown.metrics_cpu_us[few]:.1f} µs",
            grown.metrics_cpu_us[many] / grown.metrics_cpu_us[few], 1.5, 1.1),
        Row("j", "memory, idle", f"{grown.rss_mb[0]:.0f} MB", "—", grown.rss_mb[0], 40, 20, "MB"),
        Row("j", "memory with 100,000 deals", f"{grown.rss_mb[100_000]:.0f} MB", "—", grown.rss_mb[100_000], 150, 100, "MB"),
    ]
    if many > 100_000:
        rows.append(Row("j", f"memory with {many:,} deals", f"{grown.rss_mb[many]:.0f} MB", "—", grown.rss_mb[many], 600, 400, "MB"))
    rows.append(Row("j", f"more memory at the peak of uploading {grown.upload_rows:,} rows than afterwards", f"{grown.upload_extra_mb:.0f} MB", "—",
                    grown.upload_extra_mb, 64, 16, "MB"))
    return rows


def lookups(sizes, folder):
    """(g) the writer's exact duplicate look-ups in a small and a large store, without HTTP, a slice of rows at a time as the pipeline asks."""
    few, many = 1_000, sizes.stored_most
    small = rig.program("lookups", data=folder / "few", deals=few)
    large = rig.program("lookups", data=folder / "many", deals=many)
    return [Row("g", f"exact duplicate look-up by {what}: CPU with {many:,} deals stored ÷ with {few:,} (asked one by one: {large[f'{key}_us']:.2f} and "
                f"{small[f'{key}_us']:.2f} µs)", f"{large[f'{key}_slice_us']:.2f} µs", f"{small[f'{key}_slice_us']:.2f} µs",
                large[f"{key}_slice_us"] / small[f"{key}_slice_us"], 2, 1.2) for what, key in (("external id", "external"), ("name and company", "named"))]


def rank_update(sizes, _):
    """(h) what one deal costs the order statistics when many are counted."""
    del sizes  # a million either way: it takes two seconds
    taken = rig.program("ranks", deals=1_000_000)
    both = taken["update_us"] + taken["standing_us"]
    return [Row("h", "rank and percentile update per deal with 1,000,000 deals counted", f"{taken['update_us']:.2f} + {taken['standing_us']:.2f} µs", "—", both, 5, 1,
                "µs")]


MEASUREMENTS = [
    ("a", csv_import),
    ("bghj", stored_rows),
    ("g", lookups),
    ("h", rank_update),
    ("ce", single_posts),
    ("d", parallel_posts),
    ("f", beside_upload),
    ("i", broadcasts),
    ("i", watched_imports),
    ("k", trivial_get),
    ("lmno", imports.whole_imports),
    ("p", imports.reader_alone),
    ("q", imports.first_sign),
]
