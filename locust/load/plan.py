"""How much load, how long, and what has to hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """A load: it grows for a while, holds, and what was accepted is then waited for."""

    name: str
    # Requests that are asked a minute while it holds.
    per_minute: float
    # Users of all types together.
    users: int
    # Seconds that it holds.
    seconds: float
    # Whether it is to be borne for as long as it may last. A burst is not, and may use all the CPU
    # there is: the quota bounds it.
    lasting: bool

    @property
    def ramp(self) -> float:
        """Seconds of growth before it holds."""
        return min(60.0, self.seconds / 4)

    @property
    def bounds_cpu(self) -> bool:
        """Whether its use of CPU is one that has to be sustained; of seconds nothing follows."""
        return self.lasting and self.seconds >= 60


PLANS = {
    it.name: it
    for it in (
        Plan("steady", per_minute=30, users=14, seconds=600, lasting=True),
        Plan("burst", per_minute=1200, users=28, seconds=60, lasting=False),
    )
}

# What an instance of 0.1 CPU and 512 MB has to keep within.
PEAK_MEMORY_MB = 480.0
SUSTAINED_CORES = 0.09
SLOWEST_ANSWER_S = 5.0

# How long accepted jobs may take to end after the load, in seconds.
DRAIN_S = 900.0
# How long messages may come after the last of them.
MESSAGES_S = 60.0
