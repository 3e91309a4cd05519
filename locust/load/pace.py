"""When the next request may be sent, for all users together."""

from __future__ import annotations

import math
import time

import gevent


class Pace:
    """Gives out slots at a rate that grows from nothing and then is level.

    Users that are free take the next slot, so the load is of so many requests a minute however
    many users there are, as long as there are enough of them. Slots that nobody takes are gone.
    """

    def __init__(self, per_minute: float, ramp: float) -> None:
        # A little more than is asked for, so that a request that comes late does not decide.
        self._rate = per_minute * 1.05 / 60
        self._ramp = ramp
        self._began = time.monotonic()
        self._taken = 0.0

    def wait(self) -> None:
        """Until it is the caller's turn."""
        elapsed = time.monotonic() - self._began
        self._taken = max(self._slots(elapsed), self._taken + 1)
        gevent.sleep(max(0.0, self._time(self._taken) - elapsed))

    def _slots(self, elapsed: float) -> float:
        """How many there were after so many seconds."""
        if elapsed < self._ramp:
            return self._rate * elapsed**2 / self._ramp / 2
        return self._rate * (elapsed - self._ramp / 2)

    def _time(self, slots: float) -> float:
        """When so many will have been, in seconds after the beginning."""
        growing = self._rate * self._ramp / 2
        if slots < growing:
            return math.sqrt(2 * slots * self._ramp / self._rate)
        return slots / self._rate + self._ramp / 2
