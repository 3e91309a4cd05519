"""Whether a run kept within the baselines, as a table."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from load.plan import PEAK_MEMORY_MB, SLOWEST_ANSWER_S, SUSTAINED_CORES

if TYPE_CHECKING:
    from load.run import Answer, Run

# These are meant to take long: they wait for a job.
WAITING = "wait="
UNPACED = "not paced"


@dataclass
class Row:
    """A figure, and what it must be; `None` where it is only told."""

    what: str
    measured: str
    limit: str = ""
    kept: bool | None = None


@dataclass
class Verdict:
    title: str
    rows: list[Row]
    names: list[tuple[str, ...]]
    notes: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return all(it.kept is not False for it in self.rows)

    @classmethod
    def of(cls, run: Run, stats, hooked: int, missing: int) -> Verdict:
        plan = run.plan
        title = (
            f"`{plan.name}`: {plan.per_minute:g} requests a minute for {plan.seconds:g} s, "
            f"{plan.users} users, within {run.monitor.group.limits()}"
        )
        rows = [
            *_resources(run), *_answers(run), *_jobs(run), *_messages(run, hooked, missing)
        ]
        wrong = [f"{it.method} {it.name}: {it.occurrences} × {it.error}"
                 for it in stats.errors.values()]
        return cls(title, rows, _names(run.answers, stats), [*wrong, *run.mistakes])

    def markdown(self) -> str:
        lines = [f"## {self.title}", "", "| baseline | measured | must be | |",
                 "| --- | --- | --- | --- |"]
        for it in self.rows:
            mark = {None: "", True: "kept", False: "**missed**"}[it.kept]
            lines.append(f"| {it.what} | {it.measured} | {it.limit} | {mark} |")
        lines += ["", "| request | number | p50 ms | p95 ms | slowest ms | wrong |",
                  "| --- | --- | --- | --- | --- | --- |"]
        lines += ["| " + " | ".join(it) + " |" for it in self.names]
        if self.notes:
            lines += ["", "Wrong:", ""] + [f"- {it}" for it in self.notes]
        return "\n".join(lines) + "\n"


def _resources(run: Run) -> list[Row]:
    monitor, plan = run.monitor, run.plan
    peak, killed = monitor.peak_mb(), monitor.group.killed()
    cores = monitor.cores(*run.level)
    bound = plan.bounds_cpu
    return [
        Row("peak memory of the group", f"{peak:.0f} MB", f"≤ {PEAK_MEMORY_MB:g} MB",
            peak <= PEAK_MEMORY_MB),
        Row("most resident memory of its processes", f"{monitor.highest_rss / 1e6:.0f} MB"),
        Row("processes ended for want of memory", str(killed), "0", killed == 0),
        Row("CPU while it held", f"{cores:.3f} cores",
            f"≤ {SUSTAINED_CORES:g} cores" if bound else "", cores <= SUSTAINED_CORES
            if bound else None),
    ]


def _answers(run: Run) -> list[Row]:
    start, end = run.level
    paced = [it for it in run.answers if UNPACED not in it.name and start <= it.at <= end]
    rate = len(paced) * 60 / run.plan.seconds
    quick = [it for it in run.answers if WAITING not in it.name]
    slowest = max((it.milliseconds for it in quick), default=0) / 1000
    silent = sum(it.status == 0 for it in run.answers)
    bad = sum(it.status >= 500 and not it.told for it in run.answers)
    back = Counter(it.status for it in run.answers if it.status in (429, 503))
    told = ", ".join(f"{n} × {it}" for it, n in sorted(back.items())) or "none"
    return [
        Row("requests a minute while it held", f"{rate:.1f}", f"≥ {run.plan.per_minute:g}",
            rate >= run.plan.per_minute),
        Row("slowest answer that does not wait for a job", f"{slowest:.2f} s",
            f"≤ {SLOWEST_ANSWER_S:g} s", slowest <= SLOWEST_ANSWER_S),
        Row("5xx that is not 503 with `Retry-After`", str(bad), "0", bad == 0),
        Row("requests without an answer", str(silent), "0", silent == 0),
        Row("told to come back", told),
    ]


def _jobs(run: Run) -> list[Row]:
    books = run.books
    lost, bad = len(books.open()), books.bad_ends()
    seconds = books.seconds()
    ends = ", ".join(f"{n} {it}" for it, n in books.ends().most_common())
    times = "–"
    if seconds:
        times = f"{len(seconds)}: p50 {statistics.median(seconds):.1f} s, slowest {seconds[-1]:.1f} s"
    return [
        Row("accepted jobs and batches", f"{len(books.entries)}: {ends}"),
        Row("of these not ended", str(lost), "0", lost == 0),
        Row("of these not succeeded", str(bad), "0", bad == 0),
        Row("from submit to end, of what was not known", times),
    ]


def _messages(run: Run, hooked: int, missing: int) -> list[Row]:
    receiver, wrong = run.receiver, len(run.mistakes)
    return [
        Row("ends told by webhook", str(hooked - missing), str(hooked), missing == 0),
        Row("messages that were not signed as they should be", str(receiver.unsigned), "0",
            receiver.unsigned == 0),
        Row("ends told under two ids", str(receiver.twice), "0", receiver.twice == 0),
        Row("other mistakes", str(wrong), "0", wrong == 0),
    ]


def _names(answers: list[Answer], stats) -> list[tuple[str, ...]]:
    """A row for each kind of request, the most frequent first."""
    wrong = Counter()
    for error in stats.errors.values():
        wrong[error.name] += error.occurrences
    by_name: dict[str, list[float]] = {}
    for it in answers:
        by_name.setdefault(it.name, []).append(it.milliseconds)
    rows = []
    for name, times in sorted(by_name.items(), key=lambda it: -len(it[1])):
        times.sort()
        p95 = times[min(len(times) - 1, int(len(times) * 0.95))]
        figures = (statistics.median(times), p95, times[-1])
        cells = (f"{it:.0f}" for it in figures)
        rows.append((f"`{name}`", str(len(times)), *cells, str(wrong[name])))
    return rows
