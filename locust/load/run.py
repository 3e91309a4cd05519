"""One run: what all users share, what is counted, and how it ends."""

from __future__ import annotations

import random
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import requests
from locust import events

from load import tokens
from load.books import Books
from load.monitor import Monitor
from load.pace import Pace
from load.plan import DRAIN_S, MESSAGES_S, PLANS, Plan
from load.receiver import Receiver
from load.verdict import Verdict



# What is asked for again and again: 28 minutes in all.
POPULAR = ("https://youtu.be/ok_demo25m1", "https://youtu.be/ok_short3m1")


@dataclass(frozen=True)
class Answer:
    """One request, when it was answered, in seconds of the clock of this process."""

    at: float
    name: str
    milliseconds: float
    status: int
    # Whether a 503 said when to come back.
    told: bool


class Run:
    """What there is once, however many users there are."""

    def __init__(self, plan: Plan, secret: str, pid: int, out: Path, host: str) -> None:
        self.plan, self.secret, self.out, self.host = plan, secret, out, host
        out.mkdir(parents=True, exist_ok=True)
        self.books = Books()
        self.receiver = Receiver()
        self.answers: list[Answer] = []
        self.mistakes: list[str] = []
        # Of a hundred million; another run has others.
        self._next = random.randrange(90_000_000)
        self.monitor = Monitor(pid, out / "resources.csv")
        self._prepare()
        self.pace = Pace(plan.per_minute, plan.ramp)
        self.began = time.monotonic()

    def _prepare(self) -> None:
        """Has what is popular summarised, so that there is something to read."""
        token = tokens.make(self.secret, "first")
        headers = {"Authorization": f"Bearer {token}", "X-Forwarded-For": "192.0.2.1"}
        for url in POPULAR:
            made = requests.post(
                f"{self.host}/v1/summaries", headers=headers, json={"url": url}, timeout=30
            )
            made.raise_for_status()
            self.books.accept(made.json(), token)
        self.books.drain(self.host, DRAIN_S)

    def fresh(self) -> str:
        """A video of 25 minutes that nobody has asked for."""
        self._next += 1
        return f"https://youtu.be/cp_{self._next:08}"

    def wrong(self, what: str) -> None:
        """Notes what was not as it should be, and is not one answer."""
        self.mistakes.append(what)

    @property
    def level(self) -> tuple[float, float]:
        """When it held."""
        start = self.began + self.plan.ramp
        return start, start + self.plan.seconds


_run: Run | None = None


def current() -> Run:
    assert _run is not None, "users begin after the test has"
    return _run


def listen() -> None:
    """Tells Locust what is ours to do."""
    events.init_command_line_parser.add_listener(_options)
    events.init.add_listener(_start)
    events.request.add_listener(_answered)
    events.quitting.add_listener(_end)


def _options(parser) -> None:
    group = parser.add_argument_group("recap")
    group.add_argument("--plan", choices=list(PLANS), default="steady")
    group.add_argument("--seconds", type=float, default=0, help="hold for so long instead")
    group.add_argument("--secret", help="auth.jwt_secret of recap")
    group.add_argument("--pid", type=int, help="a process of the group that recap is in")
    group.add_argument("--out", type=Path, default=Path("target/locust"))


def _start(environment, **_) -> None:
    global _run
    options = environment.parsed_options
    plan = PLANS[options.plan]
    if options.seconds:
        plan = replace(plan, seconds=options.seconds)
    _run = Run(plan, options.secret, options.pid, options.out, environment.host)


def _answered(request_type, name, response_time, response=None, **_) -> None:
    run = current()
    if request_type == "HOOK":
        return
    status = getattr(response, "status_code", 0) or 0
    told = status == 503 and "retry-after" in response.headers
    run.answers.append(Answer(time.monotonic(), name, response_time, status, told))


def _end(environment, **_) -> None:
    """Waits for what was accepted, judges, and sets the exit code."""
    run = current()
    run.books.drain(run.host, DRAIN_S)
    entries = run.books.entries.values()
    hooked = [it.id for it in entries if it.hook and it not in run.books.open()]
    missing = run.receiver.wait_for_all(hooked, MESSAGES_S)
    run.monitor.stop()
    verdict = Verdict.of(run, environment.stats, hooked=len(hooked), missing=missing)
    text = verdict.markdown()
    (run.out / "report.md").write_text(text)
    sys.stdout.write(text)
    environment.process_exit_code = 0 if verdict.passed else 1
