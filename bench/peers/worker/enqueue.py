"""enqueue.py FIRST COUNT: one job for each of so many videos, `cp_` and eight digits."""

import os
import sys

from redis import Redis
from rq import Queue

first, count = int(sys.argv[1]), int(sys.argv[2])
queue = Queue("default", connection=Redis.from_url(os.environ["REDIS_URL"]))
for number in range(first, first + count):
    queue.enqueue("tasks.summarize", f"cp_{number:08}", result_ttl=60)
