"""Ports of 127.0.0.1."""

import secrets
import socket
from pathlib import Path

LOWEST = 10_240  # above every port that a browser refuses to ask


def free_port() -> int:
    """One that stays free until its program starts, and while that is down.

    It lies below those that the system gives to connections, and by chance: tests run side by side.
    """
    end = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        port = LOWEST + secrets.randbelow(end - LOWEST)  # not `random`, which Hypothesis makes repeat itself
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def listens_on(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
