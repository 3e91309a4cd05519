"""A server of a client's own, which is told of jobs by webhooks and verifies each of them."""

from __future__ import annotations

import json
import time
from collections import Counter

import gevent
from gevent.event import Event
from gevent.pywsgi import WSGIServer
from standardwebhooks import Webhook, WebhookVerificationError

ENDS = ("job.completed", "job.failed", "job.canceled", "job.expired", "batch.completed")


class Receiver:
    """Listens on a free port of loopback."""

    def __init__(self) -> None:
        self._server = WSGIServer(("127.0.0.1", 0), self._answer, log=None)
        self._server.start()
        self._secrets: dict[str, str] = {}
        # The ids of messages about the end of a job.
        self._told: dict[str, set[str]] = {}
        self._news: dict[str, Event] = {}
        self._seen: Counter = Counter()
        self.unsigned = 0

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/{name}"

    def trust(self, name: str, secret: str) -> None:
        """Messages to this name have to be signed with that."""
        self._secrets[name] = secret

    def is_told(self, job: str) -> bool:
        return job in self._told

    def wait(self, job: str, seconds: float) -> bool:
        """Until the end of a job is told; whether it was, in time."""
        news = self._news.setdefault(job, Event())
        return self.is_told(job) or news.wait(seconds)

    def wait_for_all(self, jobs: list[str], seconds: float) -> int:
        """Until the end of each job is told; how many are missing when the time is over."""
        deadline = time.monotonic() + seconds
        while missing := sum(not self.is_told(it) for it in jobs):
            if time.monotonic() > deadline:
                return missing
            gevent.sleep(0.5)
        return 0

    @property
    def again(self) -> int:
        """Messages that came more than once, which a receiver has to bear."""
        return sum(it - 1 for it in self._seen.values())

    @property
    def twice(self) -> int:
        """Ends that were told in messages of different ids, which must not be."""
        return sum(len(it) - 1 for it in self._told.values())

    def _answer(self, environ: dict, start_response) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        headers = {
            name[5:].replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        try:
            Webhook(self._secrets[environ["PATH_INFO"].strip("/")]).verify(body, headers)
        except (KeyError, ValueError, WebhookVerificationError):
            self.unsigned += 1
            start_response("400 Bad Request", [])
            return []
        self._note(headers["webhook-id"], json.loads(body))
        start_response("204 No Content", [])
        return []

    def _note(self, message: str, event: dict) -> None:
        self._seen[message] += 1
        if event["type"] in ENDS:
            job = event["data"]["id"]
            self._told.setdefault(job, set()).add(message)
            self._news.setdefault(job, Event()).set()
