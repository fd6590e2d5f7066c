"""Adds up what ./test ran and prints the closing line. Called by ./test with the folder of the reports.

Unit tests: GoogleTest's XML per binary, and ctest's own list, so that a binary that crashed before writing its report
counts as a failure. Black-box and web tests: the totals of `node --test`, or lines "N passed, N failed, N skipped" when the
log has them; a non-zero exit with no failure counted is a failure, and so is a log without any total.
Exits with 1 when anything failed or nothing ran.
"""
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

NODE_TOTAL = re.compile(r"^(?:#|ℹ) (pass|fail|cancelled|skipped|todo) (\d+)$", re.MULTILINE)
PLAIN_TOTAL = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped$", re.MULTILINE)
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def count_unit(reports):
    """(passed, failed, skipped, troubles) of the GoogleTest binaries that ctest ran."""
    passed = failed = skipped = 0
    troubles = []
    listed = ElementTree.parse(reports / "ctest.xml").getroot().iter("testcase")
    for case in listed:
        room = case.get("name")
        report = reports / "unit" / f"test_{room}.xml"
        room_failed = 0
        if report.exists():
            for test in ElementTree.parse(report).getroot().iter("testcase"):
                if test.find("failure") is not None:
                    room_failed += 1
                    troubles.append(f"{test.get('classname')}.{test.get('name')}")
                elif test.find("skipped") is not None or test.get("status") == "notrun":
                    skipped += 1
                else:
                    passed += 1
        # A crash, a time-out or a leak found after the last test has no line of its own in the XML.
        if case.get("status") != "run" and room_failed == 0:
            room_failed = 1
            troubles.append(f"test_{room} ended badly")
        failed += room_failed
    return passed, failed, skipped, troubles


def count_node(log, status, what):
    """(passed, failed, skipped, troubles) of a run of `node --test` whose output and exit status are given."""
    text = ANSI.sub("", log)
    passed = failed = skipped = 0
    totals = PLAIN_TOTAL.findall(text)
    if totals:
        passed, failed, skipped = (sum(int(line[at]) for line in totals) for at in range(3))
    else:
        node = NODE_TOTAL.findall(text)
        passed = sum(int(count) for word, count in node if word == "pass")
        failed = sum(int(count) for word, count in node if word in ("fail", "cancelled"))
        skipped = sum(int(count) for word, count in node if word in ("skipped", "todo"))
    troubles = []
    if failed == 0 and (status != 0 or passed == 0):
        failed = 1
        troubles.append(f"the {what} tests ended with status {status} after {passed} passed tests")
    return passed, failed, skipped, troubles


def count_vitest(report, status):
    """The same of Vitest's JUnit report; a run that wrote none or ended badly without a failure counts as one."""
    cases = list(ElementTree.parse(report).getroot().iter("testcase")) if report.exists() else []
    troubles = [f"{case.get('classname')}: {case.get('name')}" for case in cases if case.find("failure") is not None or case.find("error") is not None]
    skipped = sum(case.find("skipped") is not None for case in cases)
    failed = len(troubles)
    if failed == 0 and (status != 0 or not cases):
        failed = 1
        troubles.append(f"Vitest ended with status {status} after {len(cases)} tests")
    return len(cases) - len(troubles) - skipped if cases else 0, failed, skipped, troubles


def main():
    reports = pathlib.Path(sys.argv[1])
    parts = []
    if (reports / "unit.status").exists():
        if (reports / "ctest.xml").exists():
            parts.append(count_unit(reports))
        else:
            parts.append((0, 1, 0, ["ctest wrote no report"]))
    for name, what in (("blackbox", "black-box"), ("fakes", "fake"), ("web", "web")):
        if (reports / f"{name}.status").exists():
            status = int((reports / f"{name}.status").read_text())
            parts.append(count_node((reports / f"{name}.log").read_text(errors="replace"), status, what))
    if (reports / "vitest.status").exists():
        parts.append(count_vitest(reports / "vitest.xml", int((reports / "vitest.status").read_text())))
    passed, failed, skipped = (sum(part[at] for part in parts) for at in range(3))
    for trouble in (trouble for part in parts for trouble in part[3]):
        print(f"failed: {trouble}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    sys.exit(0 if failed == 0 and passed > 0 else 1)


if __name__ == "__main__":
    main()
