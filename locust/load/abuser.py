"""Who asks for what is not there, not theirs, too much or nonsense, and has to be told so."""

from __future__ import annotations

import random

from locust import task

from load import tokens
from load.caller import Caller, judge
from load.run import POPULAR

SUMMARIES = "/v1/summaries"
NONE = "job_01JGFJJZ00000000000000000A"
KNOWN = {"url": POPULAR[0]}

# What is sent, and the code of the only right answer: method, path, more, status, code.
WRONG = (
    ("POST", SUMMARIES, {"data": b"{"}, 400, "invalid_json"),
    ("POST", SUMMARIES, {"data": b"\xff\xfe{}"}, 400, "invalid_json"),
    ("POST", SUMMARIES, {"json": {"url": "x" * 11_000}}, 413, "payload_too_large"),
    ("POST", SUMMARIES, {"json": {"url": "https://youtu.be/" + "y" * 2_048}}, 422, "invalid_url"),
    ("POST", SUMMARIES, {"json": KNOWN | {"stile": "brief"}}, 422, "validation_failed"),
    ("POST", SUMMARIES, {"json": {"url": "https://example.org/"}}, 422, "invalid_url"),
    ("POST", SUMMARIES, {"data": b"url=x", "headers": {"Content-Type": "text/plain"}},
     415, "unsupported_media_type"),
    ("POST", "/v1/webhook-endpoints", {"json": {"url": "http://10.0.0.1/"}},
     422, "webhook_url_refused"),
    ("GET", f"/v1/jobs/{NONE}", {}, 404, "job_not_found"),
    ("GET", "/v1/jobs/..%2f..%2fetc%2fpasswd", {}, 404, "job_not_found"),
    ("GET", "/v1/jobs?limit=100000", {}, 422, "validation_failed"),
    ("GET", "/v1/nothing", {}, 404, "not_found"),
    ("PATCH", SUMMARIES, {}, 405, "method_not_allowed"),
    ("GET", "/v1/admin/keys", {}, 403, "forbidden"),
)

# One more than the budget of a minute (`limits.submits_per_minute`), and a few.
FLOOD = 14


class Abuser(Caller):
    """Counts a refusal as right, and everything else as wrong."""

    weight = 2

    @task(8)
    def nonsense(self) -> None:
        method, path, more, status, code = random.choice(WRONG)
        more = dict(more)
        if "data" in more:
            more["headers"] = {"Content-Type": "application/json"} | more.get("headers", {})
        self.refused(method, path, status, code, "nonsense", **more)

    @task(2)
    def stranger(self) -> None:
        bad = random.choice((
            "rk_" + "0" * 40,
            tokens.make("another secret that is long enough", self.owner),
            tokens.make(self.load.secret, self.owner, seconds=-3600),
            "nonsense",
        ))
        headers = {"Authorization": f"Bearer {bad}"}
        self.refused("GET", "/v1/jobs", 401, "unauthorized", "wrong keys", headers=headers)

    @task(1)
    def flood(self) -> None:
        """Many at once, out of all pace; the budget is of a minute, so some are refused."""
        headers = {"Authorization": f"Bearer {self.token}", "X-Forwarded-For": self.address}
        told = 0
        for _ in range(FLOOD):
            request = self.client.post(
                SUMMARIES, name="flood (not paced)", headers=headers, json=KNOWN,
                catch_response=True,
            )
            with request as answer:
                wrong = judge(answer, (200, 202))
                if wrong is None and answer.status_code in (200, 202):
                    self.load.books.accept(answer.json(), self.token)
                told += answer.status_code in (429, 503)
                answer.success() if wrong is None else answer.failure(wrong)
        if told == 0:
            self.load.wrong(f"{FLOOD} submits of one client within a moment were all taken")

    def refused(self, method, path, status, code, name, **more) -> None:
        """Asks, and wants that status and code, or to be told to come back."""

        def check(answer) -> str | None:
            told = answer.json().get("code")
            return None if told == code else f"{method} {path}: {status} {told}, not {code}"

        self.ask(method, path, name=f"{status} for {name}", right=(status,), check=check, **more)
