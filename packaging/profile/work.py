"""A server's ordinary day in a minute, for packaging/profile/train: work.py BUILD_DIRECTORY."""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "bench"))
import rig  # noqa: E402

METRICS = "/api/sales/deals/metrics"
DEALS = "/api/sales/deals?limit=50"


def main():
    rig.BUILD = ROOT / sys.argv[1]
    rig.PROGRAM = rig.BUILD / "tributary"
    with rig.folder() as folder, rig.Server(folder / "day") as server:
        server.posts(deals="lone-", count=4_000)
        server.posts(deals="many-", connections=16, count=20_000)
        server.posts(deals="many-", connections=16, count=5_000)  # known ones
        for path in (METRICS, DEALS):
            server.posts(get=path, connections=4, count=2_000)
        csv = rig.write_csv(folder / "day.csv", 30_000)
        server.import_file(csv, 30_000, dry_run="true")
        server.import_file(csv, 30_000)
        server.settle()


main()
