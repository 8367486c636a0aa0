"""Work that outlasts a request: the threads that run it."""

from chat.jobs.runner import Runner, wake
from chat.jobs.work import Work

__all__ = ["Runner", "Work", "wake"]
