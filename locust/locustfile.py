"""Load on one recap, and whether it kept within its baselines: see README.md beside this file."""

from load import run
from load.shape import Ramp
from load.users import Abuser, Batcher, HookClient, Reader, Submitter, Watcher

__all__ = ["Abuser", "Batcher", "HookClient", "Ramp", "Reader", "Submitter", "Watcher"]

run.listen()
