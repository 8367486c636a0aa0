"""Work that outlasts a request: the threads that run it, and what puts a mail in their line."""

from chat.jobs.mail import mail
from chat.jobs.runner import Runner, wake
from chat.jobs.work import Work

__all__ = ["Runner", "Work", "mail", "wake"]
