"""What can go wrong with the embedded model; every message is meant for the log.

LocalModelError
├── NotInstalledError   the server or the weights are not in this environment
└── NotAnsweringError   the server cannot be reached, or refuses the question
"""


class LocalModelError(Exception):
    pass


class NotInstalledError(LocalModelError):
    pass


class NotAnsweringError(LocalModelError):
    pass
