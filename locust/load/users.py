"""The types of users, and how many there are of each."""

from __future__ import annotations

import json
import random
import time

import gevent
from locust import task

from load.abuser import Abuser
from load.books import ENDED
from load.caller import Caller, pause
from load.run import POPULAR

__all__ = ["Abuser", "Batcher", "HookClient", "Reader", "Submitter", "Watcher"]


class Worker(Caller):
    """Who asks for work: half of the time for what nobody has asked for."""

    abstract = True

    def video(self) -> str:
        fresh = random.random() < 0.5
        return self.load.fresh() if fresh else random.choice(POPULAR)

    def poll(self, job: dict, path: str, name: str) -> dict | None:
        """Looks at a job or batch as often as it is told to, until it has ended."""
        tag = ""
        while job["status"] not in ENDED:
            seen = self.ask("GET", path, name=name, right=(200, 304),
                            headers={"If-None-Match": tag} if tag else {})
            if seen.status_code == 200:
                job, tag = seen.json(), seen.headers.get("etag", "")
                if self.load.books.see(job):
                    break
            elif seen.status_code not in (304, 429, 503):
                return None
            gevent.sleep(pause(seen))
        return job


class Submitter(Worker):
    """Submits, polls, and reads the summary."""

    weight = 3

    @task
    def summary(self) -> None:
        job = self.submit({"url": self.video()})
        job = job and self.poll(job, job["urls"]["get"], "GET /v1/jobs/{id}")
        if job and job["status"] == "succeeded":
            self.ask("GET", job["urls"]["summary"] + "?format=md", name="GET …/summary?format=md")


class HookClient(Worker):
    """Submits, and is told by a webhook of its own endpoint."""

    weight = 2

    def on_start(self) -> None:
        super().on_start()
        receiver = self.load.receiver

        def trust(answer) -> None:
            receiver.trust(self.owner, answer.json()["secret"])

        self.hook = None
        while self.hook is None:
            made = self.ask("POST", "/v1/webhook-endpoints", name="POST /v1/webhook-endpoints",
                            right=(201,), check=trust, json={"url": receiver.url(self.owner)})
            self.hook = made.json()["id"] if made.status_code == 201 else None

    @task
    def told(self) -> None:
        began = time.monotonic()
        job = self.submit({"url": self.video()}, hook=self.hook)
        # One that is told later is waited for at the end.
        if job and self.load.receiver.wait(job["id"], 60):
            took = (time.monotonic() - began) * 1000
            self.environment.events.request.fire(
                request_type="HOOK", name="submit to message", response_time=took,
                response_length=0, exception=None, context={},
            )
            self.ask("GET", job["urls"]["get"], name="GET /v1/jobs/{id}")


class Watcher(Worker):
    """Submits, and watches the job being done."""

    weight = 2

    @task
    def watch(self) -> None:
        job = self.submit({"url": self.video()})
        if job:
            self.ask("GET", f"{job['urls']['get']}/events", name="GET …/events", stream=True,
                     check=self.whole, headers={"Accept": "text/event-stream"})

    @staticmethod
    def whole(answer) -> str | None:
        """Segments in order, each once, then the end, once."""
        kinds, segments, kind = [], [], ""
        for line in answer.iter_lines(decode_unicode=True):
            if line.startswith("event: "):
                kind = line[7:]
                kinds.append(kind)
            elif line.startswith("data: ") and kind == "segment":
                segments.append(json.loads(line[6:])["index"])
        if segments != list(range(len(segments))):
            return f"segments came as {segments}"
        return None if kinds.count("end") == 1 and kinds[-1] == "end" else f"events: {kinds[-3:]}"


class Batcher(Worker):
    """Submits a few videos at once, one of them none, and polls the batch."""

    weight = 1

    @task
    def batch(self) -> None:
        urls = [self.video(), self.video(), "https://example.org/none"]
        batch = self.submit({"urls": urls}, path="/v1/batches")
        if batch:
            self.poll(batch, batch["urls"]["get"], "GET /v1/batches/{id}")


class Reader(Caller):
    """Reads what is there: a summary, its job, what is known of its video."""

    weight = 4

    def on_start(self) -> None:
        super().on_start()
        self.job = None

    def ready(self) -> bool:
        """Whether there is a summary to read."""
        if self.job is None:
            self.job = self.submit({"url": POPULAR[0]})
        if self.job and self.job["status"] not in ENDED:
            seen = self.ask("GET", self.job["urls"]["get"] + "?wait=30s", name="GET …?wait=30s")
            if seen.status_code == 200:
                self.job = seen.json()
                self.load.books.see(self.job)
        return self.job is not None and self.job["status"] in ENDED

    @task(8)
    def summary(self) -> None:
        if self.ready():
            self.ask("GET", self.job["urls"]["summary"], name="GET …/summary")

    @task(6)
    def look(self) -> None:
        if self.ready():
            self.ask("GET", self.job["urls"]["get"], name="GET /v1/jobs/{id}")

    @task(2)
    def transcript(self) -> None:
        if self.ready():
            path = self.job["urls"]["get"] + "/transcript?format=vtt"
            self.ask("GET", path, name="GET …/transcript?format=vtt")

    @task(2)
    def others(self) -> None:
        path, name = random.choice((
            ("/v1/videos/ok_demo25m1", "GET /v1/videos/{video_id}"),
            ("/v1/jobs?limit=20", "GET /v1/jobs"),
            ("/v1/limits", "GET /v1/limits"),
            ("/health", "GET /health"),
            ("/health/ready", "GET /health/ready"),
            ("/metrics", "GET /metrics"),
        ))
        if self.ready():
            self.ask("GET", path, name=name)

    @task(1)
    def again(self) -> None:
        """Asks for what is there already, and gets it at once."""

        def at_once(answer) -> str | None:
            self.load.books.accept(answer.json(), self.token)
            return None if answer.status_code == 200 else "it was not answered from the cache"

        if self.ready():
            self.ask("POST", "/v1/summaries", name="POST /v1/summaries (known)", right=(200, 202),
                     check=at_once, json={"url": POPULAR[0]})
