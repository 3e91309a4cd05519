"""Memory and CPU of the control group that recap is in, every second."""

from __future__ import annotations

import csv
import time
from dataclasses import dataclass
from pathlib import Path

import gevent

ROOT = Path("/sys/fs/cgroup")
FIELDS = ("seconds", "cores", "memory_mb", "working_mb", "rss_mb", "processes", "throttled")


class Group:
    """The control group of a process: version 2, or version 1 as on older hosts."""

    def __init__(self, pid: int) -> None:
        lines = Path(f"/proc/{pid}/cgroup").read_text().splitlines()
        paths = {}
        for line in lines:
            _, names, path = line.split(":", 2)
            paths.update((it, path) for it in names.split(","))
        self.v2 = "memory" not in paths

        def of(name: str) -> Path:
            name = "" if self.v2 else name
            return ROOT / name / paths[name].lstrip("/")

        self.memory, self.cpu, self.usage = of("memory"), of("cpu"), of("cpuacct")
        self.current()

    def current(self) -> int:
        """Bytes that are charged to the group, pages of files among them."""
        return _number(self.memory / ("memory.current" if self.v2 else "memory.usage_in_bytes"))

    def idle_pages(self) -> int:
        """Bytes of files that nobody has looked at lately: the kernel takes them back first."""
        name = "inactive_file" if self.v2 else "total_inactive_file"
        return _field(self.memory / "memory.stat", name)

    def peak(self) -> int | None:
        """The most that was ever charged; not every kernel knows."""
        path = self.memory / ("memory.peak" if self.v2 else "memory.max_usage_in_bytes")
        return _number(path) if path.exists() else None

    def cpu_seconds(self) -> float:
        if self.v2:
            return _field(self.cpu / "cpu.stat", "usage_usec") / 1e6
        return _number(self.usage / "cpuacct.usage") / 1e9

    def throttled(self) -> int:
        """Periods in which the group ran out of its share of CPU."""
        return _field(self.cpu / "cpu.stat", "nr_throttled")

    def killed(self) -> int:
        """Processes that the kernel has ended for want of memory."""
        name = "memory.events" if self.v2 else "memory.oom_control"
        return _field(self.memory / name, "oom_kill")

    def limits(self) -> str:
        """What it may use, in words."""
        if self.v2:
            quota, period = (self.cpu / "cpu.max").read_text().split()
            memory = (self.memory / "memory.max").read_text().strip()
        else:
            quota = str(_number(self.cpu / "cpu.cfs_quota_us"))
            period = str(_number(self.cpu / "cpu.cfs_period_us"))
            memory = str(_number(self.memory / "memory.limit_in_bytes"))
        cores = int(quota) / int(period) if quota.isdigit() else None
        # Version 1 writes a number near 2^63 if there is none.
        size = int(memory) if memory.isdigit() and int(memory) < 1 << 60 else None
        return " and ".join((
            f"{cores:g} CPU" if cores else "all CPUs",
            f"{size >> 20} MB" if size else "all memory",
        ))

    def rss(self) -> tuple[int, int]:
        """Resident bytes of its processes, shared pages counted for each, and how many."""
        total = count = 0
        for pid in (self.memory / "cgroup.procs").read_text().split():
            try:
                pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            total, count = total + pages * 4096, count + 1
        return total, count


@dataclass
class Sample:
    at: float
    cpu: float
    memory: int


class Monitor:
    """Looks once a second, and writes a line of CSV each time."""

    def __init__(self, pid: int, out: Path) -> None:
        self.group = Group(pid)
        self.samples: list[Sample] = []
        self.highest_rss = 0
        self._file = out.open("w", newline="")
        self._csv = csv.writer(self._file)
        self._csv.writerow(FIELDS)
        self._began = time.monotonic()
        self._look()
        self._task = gevent.spawn(self._watch)

    def stop(self) -> None:
        self._task.kill()
        self._look()
        self._file.close()

    def peak_mb(self) -> float:
        seen = max(it.memory for it in self.samples)
        return max(self.group.peak() or 0, seen) / 1e6

    def cores(self, start: float, end: float) -> float:
        """Mean use of CPU between two moments, in cores."""
        inside = [it for it in self.samples if start <= it.at <= end]
        if len(inside) < 2:
            return float("nan")
        return (inside[-1].cpu - inside[0].cpu) / (inside[-1].at - inside[0].at)

    def _watch(self) -> None:
        while True:
            gevent.sleep(1)
            self._look()

    def _look(self) -> None:
        group, now = self.group, time.monotonic()
        sample = Sample(now, group.cpu_seconds(), group.current())
        last = self.samples[-1] if self.samples else None
        cores = (sample.cpu - last.cpu) / (now - last.at) if last and now > last.at else 0.0
        rss, processes = group.rss()
        self.highest_rss = max(self.highest_rss, rss)
        self.samples.append(sample)
        working = sample.memory - group.idle_pages()
        megabytes = (f"{it / 1e6:.1f}" for it in (sample.memory, working, rss))
        seconds = f"{now - self._began:.1f}"
        self._csv.writerow((seconds, f"{cores:.4f}", *megabytes, processes, group.throttled()))
        self._file.flush()


def _number(path: Path) -> int:
    return int(path.read_text())


def _field(path: Path, name: str) -> int:
    for line in path.read_text().splitlines():
        key, _, value = line.partition(" ")
        if key == name:
            return int(value)
    return 0
