"""What went wrong with a backup, in a sentence for whoever gave the command.

BackupError
├── Refused         nothing was changed
└── Unfinished      the backup is in place, and not all that belongs to it
"""


class BackupError(Exception):
    pass


class Refused(BackupError):
    """The site is as it was before, and so is the file."""


class Unfinished(BackupError):
    """The next start does what is missing, or says why it cannot."""
