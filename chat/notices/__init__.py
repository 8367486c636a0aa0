"""Notices by mail: what is told to whom, and the sending of one."""

from chat.notices.forget import forget
from chat.notices.requests import request_decided, request_made
from chat.notices.sending import Sending

__all__ = ["Sending", "forget", "request_decided", "request_made"]
