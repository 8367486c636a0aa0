"""Bring the database up to date, say where to begin, and become the server."""

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from chat.accounts.setup_link import is_needed, setup_url


class Command(BaseCommand):
    help = "Migrate the database and serve Parley; what `make run` calls."

    def handle(self, *args: Any, **options: Any) -> None:
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
        os.execv(sys.executable, gunicorn)  # noqa: S606 - our own interpreter and our own arguments
