"""A file that is imported."""

from django import forms

NO_FILE = "Choose a file first: conversations.json, or the zip that ChatGPT sent you."


class ImportForm(forms.Form):
    file = forms.FileField(
        max_length=1000,
        error_messages={
            "required": NO_FILE,
            "invalid": NO_FILE,
            "missing": NO_FILE,
            "empty": "The file is empty.",
            "max_length": "The name of the file is longer than 1,000 characters.",
        },
    )
