"""What cannot be imported, and where in the file that is: for the person who sent it.

Refused
└── Unreadable      nothing behind this place can be read either
"""


class Refused(Exception):
    """One conversation cannot be imported as it stands; `path` is such as `conversations[3].title`."""

    def __init__(self, path: str, sentence: str) -> None:
        self.path = path
        self.sentence = sentence
        super().__init__(f"{path}: {sentence}" if path else sentence)


class Unreadable(Refused):
    """The file itself is broken, or of a kind that Parley does not know."""
