"""Notices by mail: what is told to whom, and the sending of one."""

from chat.notices.requests import request_decided, request_made
from chat.notices.sending import Sending

__all__ = ["Sending", "request_decided", "request_made"]
