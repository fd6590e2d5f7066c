"""One server filled from nothing to a million deals, measured at the sizes where figures are compared."""
import statistics

import rig

REPOSTS = 500


class Growth:
    """Figures by the number of deals stored: memory in MB, CPU in microseconds."""

    def __init__(self, sizes):
        self.sizes = sizes
        self.rss_mb = {}
        self.row_cpu_us = {}
        self.repost_cpu_us = {}
        self.metrics_cpu_us = {}
        self.upload_rows = 0
        self.upload_extra_mb = 0.0

    def grow(self, folder):
        """Fills the server and takes the figures; returns itself."""
        most = self.sizes.stored_most
        with rig.Server(folder / "grown") as server:
            server.settle()
            self.rss_mb[0] = server.rss_mb()
            server.posts(deals="known-", count=REPOSTS)
            stored = REPOSTS
            for size in sorted({1_000, 10_000, 100_000, most}):
                server.forget_peak()
                rows = size - stored
                csv = rig.write_csv(folder / "grow.csv", rows, first=stored)
                cpu, _ = server.upload(csv, rows)
                stored = size
                self.rss_mb[size] = server.rss_mb()
                if size == most:
                    self.upload_rows = rows
                    self.upload_extra_mb = server.peak_mb() - self.rss_mb[size]
                if size in (1_000, most):
                    self._take_requests(server, size)
                if size in (10_000, most):
                    stored += self._take_rows(server, folder, stored, size)
                print(f"  {size:,} deals stored: {self.rss_mb[size]:.0f} MB, {cpu * 1e6 / rows:.1f} µs CPU a row", flush=True)
        return self

    def _take_requests(self, server, size):
        """CPU of a metrics request, and of posting again what is stored already.

        Sixteen connections, so that the server works through what is waiting; with one it sleeps and wakes for every
        request, and that costs five times the request or nothing, as the scheduler likes.
        """
        self.metrics_cpu_us[size] = self._cpu_us_each(server, 10 * self.sizes.posts, get="/api/sales/deals/metrics")
        self.repost_cpu_us[size] = self._cpu_us_each(server, self.sizes.posts, deals="known-", ids=REPOSTS)

    @staticmethod
    def _cpu_us_each(server, count, **load):
        """The median of three runs of the same load, after one that warms up."""
        server.posts(count=count, connections=16, **load)
        taken = []
        for _ in range(3):
            server.settle()
            before = server.cpu_s()
            server.posts(count=count, connections=16, **load)
            taken.append((server.cpu_s() - before) * 1e6 / count)
        return statistics.median(taken)

    def _take_rows(self, server, folder, first, size):
        """CPU per row of a fixed number of new rows; how many were added."""
        rows = self.sizes.probe_rows
        cpu, _ = server.upload(rig.write_csv(folder / "probe.csv", rows, first=first), rows)
        self.row_cpu_us[size] = cpu * 1e6 / rows
        return rows
