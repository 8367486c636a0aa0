"""A conversation: a tree of messages that belongs to one person."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils import timezone

from chat.folding import fold
from chat.llm import Parameters
from chat.models.chosen import Chosen
from chat.models.conversation_query_set import ConversationQuerySet
from chat.models.folder import Folder
from chat.models.message import Message
from chat.models.reply import MODEL_CHARACTERS, Reply, ReplyQuerySet
from chat.models.tree import Tree

TITLE_CHARACTERS = 5_000


class Conversation(models.Model):
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="conversations")
    uuid = models.UUIDField(default=uuid4, editable=False, help_text="The same in every export and import.")
    title = models.CharField(max_length=TITLE_CHARACTERS)
    search_title = models.TextField(blank=True, editable=False, help_text="The title, folded.")
    model = models.CharField(
        max_length=MODEL_CHARACTERS, blank=True, help_text="Empty: the site's own model."
    )
    settings = models.JSONField(default=dict, blank=True)
    leaf = models.ForeignKey(
        "chat.Message", models.SET_NULL, null=True, blank=True, related_name="+"
    )  # the end of the branch that was chosen last; without one the newest message
    folder = models.ForeignKey(
        "chat.Folder", models.SET_NULL, null=True, blank=True, related_name="conversations", db_index=False
    )
    pinned = models.BooleanField(default=False)
    archived = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)
    going_on = models.DateField(
        null=True, editable=False, help_text="The day on which `prune` deletes it, told beforehand."
    )

    objects: ClassVar[ConversationQuerySet] = ConversationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "owner", "uuid", name="one_conversation_a_uuid"
            ),  # nothing imported twice
        ]
        indexes = [
            models.Index(
                fields=["owner", "archived", "-updated_at", "-id"],
                name="conversation_list",
                condition=models.Q(deleted_at=None),
            ),  # visible_to(user).for_list(), of the archive too
            models.Index(
                fields=["folder", "archived", "-updated_at", "-id"],
                name="conversation_folder",
                condition=models.Q(deleted_at=None, folder__isnull=False),
            ),  # the same in a folder
            models.Index(
                fields=["owner", "-updated_at", "-id"],
                name="conversation_pinned",
                condition=models.Q(deleted_at=None, pinned=True),
            ),
            models.Index(
                fields=["updated_at"],
                name="conversation_untouched",
                condition=models.Q(deleted_at=None, pinned=False),
            ),  # to_announce() and to_prune(), every night
            models.Index(
                fields=["owner", "going_on", "id"],
                name="conversation_going",
                condition=models.Q(deleted_at=None, going_on__isnull=False),
            ),  # visible_to(user).going()
            models.Index(
                fields=["deleted_at"],
                name="conversation_deleted",
                condition=models.Q(deleted_at__isnull=False),
            ),  # beyond_undo(), looked at by every process every few seconds
        ]

    def __str__(self) -> str:
        return f"conversation {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("conversation", args=[self.pk])

    @property
    def chosen(self) -> Chosen:
        return Chosen(model=self.model, settings=self.settings)

    @property
    def system(self) -> str:
        return self.chosen.system

    @property
    def parameters(self) -> Parameters:
        return self.chosen.parameters

    def use(self, chosen: Chosen) -> None:
        """Raises Conversation.DoesNotExist as rename() does."""
        self._change(model=chosen.model, settings=dict(chosen.settings))

    def touch(self) -> None:
        """Move to the top of the list, hold the row until the transaction ends, and see it as it is by now.

        Raises Conversation.DoesNotExist when it was deleted meanwhile.
        """
        self.updated_at = timezone.now()
        here = Conversation.objects.filter(pk=self.pk, deleted_at=None)
        if not here.update(updated_at=self.updated_at, going_on=None):
            raise Conversation.DoesNotExist(f"conversation {self.pk} was deleted")
        self.refresh_from_db()

    def rename(self, title: str) -> None:
        """Raises Conversation.DoesNotExist when it was deleted for good meanwhile, as the next ones do."""
        self._change(title=title, search_title=fold(title))

    def delete_with_undo(self) -> None:
        """Hide it now; `recover` deletes it for good when the time for an undo has passed."""
        self._change(deleted_at=timezone.now())

    def restore(self) -> None:
        self._change(deleted_at=None)

    def pin(self, pinned: bool) -> None:
        """Keep it above all others, or no longer; what is pinned is never pruned."""
        self._change(pinned=pinned, going_on=None)

    def archive(self, archived: bool) -> None:
        """Out of the list, and back; what is archived is not pinned."""
        self._change(archived=archived, **({"pinned": False} if archived else {}))

    def move(self, folder: Folder | None) -> None:
        """Raises Folder.DoesNotExist when that was deleted meanwhile. Call it outside of any transaction."""
        try:
            self._change(folder=folder)
        except IntegrityError as error:
            raise Folder.DoesNotExist(f"{folder!r} was deleted") from error

    def unseen(self) -> ReplyQuerySet:
        return Reply.objects.unseen().filter(message__conversation=self)

    def mark_read(self, *, but: Reply | None = None) -> None:
        """Its owner has looked at every reply that has ended, `but` one that may have ended since then."""
        ended = self.unseen().exclude(pk=but.pk) if but else self.unseen()
        ended.update(seen=True)

    def _change(self, **fields: Any) -> None:
        if not Conversation.objects.filter(pk=self.pk).update(**fields):
            raise Conversation.DoesNotExist(f"conversation {self.pk} was deleted")
        for name, value in fields.items():
            setattr(self, name, value)

    def purge(self) -> None:
        """Delete it for good, unless it was restored meanwhile; the ledger keeps its rows."""
        with transaction.atomic():
            gone = Conversation.objects.exclude(deleted_at=None).filter(pk=self.pk)
            if gone.select_for_update().exists():
                Reply.objects.open().filter(message__conversation=self).hold()
                self.delete()

    def choose(self, leaf: int) -> None:
        """Remember the branch that ends with the message `leaf`."""
        self._change(leaf_id=leaf)

    def tree(self) -> Tree:
        return Tree(dict(self.messages.order_by("pk").values_list("pk", "parent_id")))

    def end_in(self, tree: Tree) -> int | None:
        """Where the branch that was chosen last ends by now; without a choice the newest message."""
        chosen = self.leaf_id
        return tree.end_below(chosen) if chosen is not None and chosen in tree else tree.newest

    def branch(self, leaf: int | None = None) -> list[Message]:
        """The messages from the first to `leaf`, each with its reply; without `leaf`, those of the chosen branch.

        Raises Message.DoesNotExist when `leaf` is not a message of this conversation.
        """
        tree = self.tree()
        if leaf is not None and leaf not in tree:
            raise Message.DoesNotExist(f"message {leaf} is not in conversation {self.pk}")
        return self.branch_in(tree, self.end_in(tree) if leaf is None else leaf)

    def branch_in(self, tree: Tree, leaf: int | None) -> list[Message]:
        """The same for who has the tree already."""
        path = tree.path(leaf)
        found = self.messages.select_related("reply").defer("search_text").in_bulk(path)
        return [found[pk] for pk in path]
