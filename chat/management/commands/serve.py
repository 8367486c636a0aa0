"""Bring the database up to date, say where to begin, and become the server."""

import errno
import os
import socket
import sys
import time
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand

from chat import backup
from chat.accounts.setup_link import is_needed, setup_url

PATIENCE = 3.0  # s: workers whose master was killed let go of the port within this


class Command(BaseCommand):
    help = "Migrate the database and serve Parley; what `make run` calls."

    def handle(self, *args: Any, **options: Any) -> None:
        _must_be_free(settings.HOST, settings.PORT)
        try:
            backup.hold_for_serving()
        except backup.Refused as reason:
            raise ImproperlyConfigured(str(reason)) from reason
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        if is_needed():
            print("\n  Set up Parley: open this link once to create the administrator:\n")
            print(f"  {setup_url()}\n", flush=True)
        os.chdir(settings.BASE_DIR)
        gunicorn = [
            sys.executable,
            "-m",
            "gunicorn",
            "-c",
            "python:config.gunicorn",
            "config.asgi:application",
        ]
        os.execv(sys.executable, gunicorn)  # nosec B606 # our own interpreter and our own arguments


def _must_be_free(host: str, port: int) -> None:
    """Raises ImproperlyConfigured, before a set-up link is printed that nobody would serve."""
    patient_until = time.monotonic() + PATIENCE
    while True:
        try:
            for family, kind, protocol, _, address in socket.getaddrinfo(
                host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            ):
                with socket.socket(family, kind, protocol) as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and time.monotonic() < patient_until:
                time.sleep(0.2)
                continue
            hint = "Is Parley running already? " if error.errno == errno.EADDRINUSE else ""
            raise ImproperlyConfigured(
                f"Nothing can listen on {host}, port {port}: {error.strerror}. "
                f"{hint}HOST and PORT choose another place."
            ) from error
        return
