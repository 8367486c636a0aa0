"""The embedded model: llama.cpp's own server with small weights, kept running by a supervisor process.

    start() ──► supervisor (holds the port, own session) ──► server (llama.cpp, one process for all workers)

Guarantee: neither process outlives the one that called `start()`, however that one ends (on Linux the kernel
kills them at once; elsewhere within a second). A server that dies comes back at the same address with the
same key; a supervisor that is killed takes the server with it, and nothing starts them again.
"""

from chat.local_model.errors import LocalModelError, NotAnsweringError, NotInstalledError
from chat.local_model.health import context_window, wait_until_ready
from chat.local_model.process import SLOTS, WINDOW, LocalModel, start, stop
from chat.local_model.weights import MODEL_NAME, is_installed

__all__ = [
    "MODEL_NAME",
    "SLOTS",
    "WINDOW",
    "LocalModel",
    "LocalModelError",
    "NotAnsweringError",
    "NotInstalledError",
    "context_window",
    "is_installed",
    "start",
    "stop",
    "wait_until_ready",
]
