"""How many users there are, second by second."""

from __future__ import annotations

import math

from locust import LoadTestShape

from load import run

STEPS = 5


class Ramp(LoadTestShape):
    """In five steps up to all users, then level, then the end."""

    def tick(self) -> tuple[int, float] | None:
        plan = run.current().plan
        elapsed = self.get_run_time()
        if elapsed >= plan.ramp + plan.seconds:
            return None
        step = STEPS if elapsed >= plan.ramp else math.floor(elapsed / plan.ramp * STEPS) + 1
        users = math.ceil(plan.users * step / STEPS)
        return users, max(1.0, plan.users / 5)
