"""A text that its owner calls up in the composer by `/name`; `{{words}}` in it are filled in then."""

from django.conf import settings
from django.db import models


class SavedPrompt(models.Model):
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_prompts")
    name = models.SlugField(max_length=50, db_index=False, allow_unicode=True)
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("owner", "name", name="one_prompt_a_name")]

    def __str__(self) -> str:
        return self.name
