"""What recap has accepted, and how each of it ended."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import gevent
import requests

ENDED = ("succeeded", "failed", "canceled", "expired")


@dataclass
class Entry:
    """A job or a batch that was answered with 2xx."""

    id: str
    path: str
    token: str
    # Whose endpoint has to be told of its end, if anybody's.
    hook: str | None = None
    # It had ended when it was answered, as the same was made before.
    known: bool = False
    status: str = "queued"
    code: str = ""
    seconds: float | None = None


class Books:
    """Every accepted job, by id."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}

    def accept(self, body: dict, token: str, hook: str | None = None) -> None:
        """Notes what a submit was answered with."""
        kind = "batches" if body["object"] == "batch" else "jobs"
        known = body["status"] in ENDED
        entry = Entry(body["id"], f"/v1/{kind}/{body['id']}", token, hook, known)
        self.entries[entry.id] = entry
        self.see(body)

    def see(self, body: dict) -> bool:
        """Notes how a job is; whether it has ended."""
        entry = self.entries[body["id"]]
        counts = body.get("counts", {})
        if counts.get("queued", 0) + counts.get("running", 0) > 0:
            # A batch ends with the last of its jobs.
            return False
        entry.status = body["status"]
        entry.code = (body.get("error") or {}).get("code", "")
        if entry.status in ENDED and entry.seconds is None:
            entry.seconds = _between(body["created_at"], body["completed_at"])
        return entry.status in ENDED

    def open(self) -> list[Entry]:
        return [it for it in self.entries.values() if it.status not in ENDED]

    def drain(self, host: str, seconds: float) -> None:
        """Looks at what has not ended until it has, or the time is over."""
        deadline = time.monotonic() + seconds
        with requests.Session() as session:
            while self.open() and time.monotonic() < deadline:
                for entry in self.open():
                    self._look(session, host, entry)
                    gevent.sleep(0.1)
                gevent.sleep(1)

    def _look(self, session: requests.Session, host: str, entry: Entry) -> None:
        headers = {"Authorization": f"Bearer {entry.token}", "X-Forwarded-For": "192.0.2.1"}
        try:
            answer = session.get(host + entry.path, headers=headers, timeout=10)
        except requests.RequestException:
            return
        if answer.status_code == 200:
            self.see(answer.json())

    def ends(self) -> Counter:
        """How many ended how, as in `failed video_private`."""
        return Counter(f"{it.status} {it.code}".strip() for it in self.entries.values())

    def bad_ends(self) -> int:
        """Those that ended in anything but success, although nothing else was asked for."""
        return sum(it.status in ENDED[1:] for it in self.entries.values())

    def seconds(self) -> list[float]:
        """How long each that was not known took from submit to end, shortest first."""
        made = (it for it in self.entries.values() if not it.known)
        return sorted(it.seconds for it in made if it.seconds is not None)


def _between(start: str, end: str) -> float:
    first, last = (datetime.fromisoformat(it.replace("Z", "+00:00")) for it in (start, end))
    return (last - first).total_seconds()
