"""The whole site as one file, and back."""

from chat.backup.errors import BackupError, Refused
from chat.backup.in_use import hold_for_serving
from chat.backup.make import make
from chat.backup.manifest import Manifest
from chat.backup.restore import Restored, restore

__all__ = ["BackupError", "Manifest", "Refused", "Restored", "hold_for_serving", "make", "restore"]
