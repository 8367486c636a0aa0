"""A saved prompt: its name and its text."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma

from chat.forms.typed import is_blank, with_line_feeds
from chat.models import MOST_PROMPTS, PROMPT_NAME_CHARACTERS, SavedPrompt, User
from chat.models.saved_prompt import normalized

NAME_MISSING = "A prompt needs a name."
NAME_WRONG = "A name holds letters, digits, hyphens and underscores only."
TEXT_BLANK = "A prompt needs a text."


class PromptForm(forms.ModelForm):  # type: ignore[type-arg]
    """Names are kept in small letters, so that /Sum and /sum are one; a slash in front of one is dropped."""

    class Meta:
        model = SavedPrompt
        fields = ("name", "text")
        widgets = {
            "name": forms.TextInput(
                attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
            ),
            "text": forms.Textarea(attrs={"rows": 8}),
        }
        help_texts = {
            "name": "Typed as /name at the beginning of a message.",
            "text": "{{words}} in double braces are blanks to fill in when the prompt is used.",
        }
        error_messages = {
            "name": {"required": NAME_MISSING, "invalid": NAME_WRONG},
            "text": {
                "required": TEXT_BLANK,
                "null_characters_not_allowed": "A text cannot hold NUL characters.",
            },
        }

    def __init__(self, owner: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.owner = owner
        self.fields["name"] = forms.CharField(
            max_length=PROMPT_NAME_CHARACTERS + 1,  # a slash in front
            widget=self.fields["name"].widget,
            help_text=self.fields["name"].help_text,
            error_messages={
                "required": NAME_MISSING,
                "max_length": f"A name has at most {PROMPT_NAME_CHARACTERS} characters.",
                "null_characters_not_allowed": NAME_WRONG,
            },
        )
        self.fields["text"].strip = False  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name = normalized(self.cleaned_data["name"].removeprefix("/"))
        if not name:
            raise forms.ValidationError(NAME_MISSING)
        if not all(sign.isalnum() or sign in "-_" for sign in name):
            raise forms.ValidationError(NAME_WRONG)
        if len(name) > PROMPT_NAME_CHARACTERS:
            raise forms.ValidationError(f"A name has at most {PROMPT_NAME_CHARACTERS} characters.")
        same = SavedPrompt.objects.visible_to(self.instance.owner).filter(name=name)
        if same.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(f"You have a prompt with the name “{name}” already.")
        return name

    def clean_text(self) -> str:
        text: str = with_line_feeds(self.cleaned_data["text"])
        if is_blank(text):
            raise forms.ValidationError(TEXT_BLANK)
        if len(text) > settings.MESSAGE_CHARACTERS:
            raise forms.ValidationError(
                f"The text has {intcomma(len(text))} characters; "
                f"at most {intcomma(settings.MESSAGE_CHARACTERS)} can be kept."
            )
        return text

    def clean(self) -> dict[str, Any]:
        owned = SavedPrompt.objects.visible_to(self.instance.owner)
        if self.instance.pk is None and owned.count() >= MOST_PROMPTS:
            raise forms.ValidationError(f"You have {MOST_PROMPTS} prompts, which is as many as there may be.")
        return self.cleaned_data
