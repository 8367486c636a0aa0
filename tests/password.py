"""The one password of everybody, in a file that needs no Django: programs beside the suite use it too."""

PASSWORD = "correct horse battery"
