"""A client of recap, and how its requests are asked and judged."""

from __future__ import annotations

import itertools
import random
import uuid

import gevent
from locust import HttpUser

from load import run, tokens

# The longest that a client waits when it is told to come back, in seconds.
LONGEST_WAIT = 30.0

_numbers = itertools.count(1)


class Caller(HttpUser):
    """Each is an owner of its own, with a token and an address of its own."""

    abstract = True
    # Seconds for connecting, and of silence.
    patience = (10.0, 90.0)

    def wait_time(self) -> float:
        """None between tasks: the pace is kept for all users together."""
        return 0.0

    def on_start(self) -> None:
        self.load = run.current()
        number = next(_numbers)
        self.owner = f"{type(self).__name__.lower()}-{number}"
        self.token = tokens.make(self.load.secret, self.owner)
        # As a proxy in front would write it; 198.18.0.0/15 is for measuring networks.
        self.address = f"198.18.{number // 250}.{number % 250 + 1}"

    def ask(self, method: str, path: str, *, name: str, right=(200,), check=None, **more):
        """Asks when it is its turn, and judges the answer.

        To be told to come back, by 429 or 503 with `Retry-After`, is right as well; then the
        client waits for as long as it was told. `check` gets the answer if its status is one of
        `right` and returns what is wrong with it, or `None`.
        """
        self.load.pace.wait()
        headers = {
            "Authorization": f"Bearer {self.token}",
            "X-Forwarded-For": self.address,
        } | more.pop("headers", {})
        request = self.client.request(
            method, path, name=name, headers=headers, catch_response=True,
            allow_redirects=False, timeout=self.patience, **more,
        )
        with request as answer:
            wrong = judge(answer, right)
            if wrong is None and answer.status_code in right and check:
                wrong = check(answer)
            answer.success() if wrong is None else answer.failure(wrong)
        if wrong is None and answer.status_code not in right:
            self.rest(answer)
        return answer

    def rest(self, answer) -> None:
        """Waits as it was told, and a little more, so that not all come back at once."""
        gevent.sleep(pause(answer) + random.uniform(0, 1))

    def submit(self, what: dict, *, path="/v1/summaries", name=None, hook=None) -> dict | None:
        """The job that was accepted, if it was."""
        accepted = {}

        def note(answer) -> str | None:
            accepted.update(answer.json())
            self.load.books.accept(accepted, self.token, hook)
            return None

        key = {"Idempotency-Key": str(uuid.uuid4())}
        name = name or f"POST {path}"
        self.ask("POST", path, name=name, right=(200, 202), check=note, json=what, headers=key)
        return accepted or None


def judge(answer, right) -> str | None:
    """What is wrong with an answer; `None` if nothing is."""
    status = answer.status_code
    if status == 0:
        return f"no answer: {answer.error}"
    if status >= 400:
        kind = answer.headers.get("content-type", "")
        if not kind.startswith("application/problem+json") or not answer.json().get("code"):
            return f"{status} is not a problem with a code"
    if status in (429, 503) and "retry-after" not in answer.headers:
        return f"{status} without Retry-After"
    if status in right or status in (429, 503):
        return None
    return f"{status} {answer.text[:200]}"


def pause(answer) -> float:
    """How long an answer asks its client to wait, in seconds; a second if it does not say."""
    try:
        asked = float(answer.headers.get("retry-after", 1))
    except ValueError:
        asked = 1.0
    return min(max(asked, 1.0), LONGEST_WAIT)
