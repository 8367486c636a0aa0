"""Which conversations a list shows: all that are not archived, those of a folder, or the archive."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import Http404
from django.urls import Resolver404, resolve, reverse

from chat.models import Conversation, Folder, User
from chat.models.conversation_query_set import ConversationQuerySet
from chat.views.answers import UserRequest
from chat.views.own import own_folder


@dataclass(frozen=True)
class Place:
    folder: Folder | None = None
    archive: bool = False

    @property
    def name(self) -> str:
        if self.folder:
            return self.folder.name
        return "Archive" if self.archive else "All conversations"

    @property
    def fields(self) -> dict[str, str]:
        """What tells it apart in an address."""
        if self.folder:
            return {"folder": str(self.folder.pk)}
        return {"in": "archive"} if self.archive else {}

    @property
    def url(self) -> str:
        return self.url_with()

    def url_with(self, **more: str) -> str:
        query = urlencode(self.fields | more)
        return reverse("conversations") + (f"?{query}" if query else "")

    def conversations(self, user: User) -> ConversationQuerySet:
        # As a list of one: `NOT archived` is no equality to SQLite, which would read and sort all there are.
        found = Conversation.objects.visible_to(user).filter(archived__in=[self.archive])
        return found.filter(folder=self.folder) if self.folder else found


EVERYWHERE = Place()


def place_of(user: User, query: Mapping[str, str]) -> Place:
    """The place that the fields of an address name; a folder that is not there is a 404."""
    folder = query.get("folder", "")
    if folder:
        return Place(own_folder(user, folder))
    return Place(archive=query.get("in") == "archive")


@dataclass(frozen=True)
class Around:
    """What stands around the element that sent an htmx request: the list's place, and the conversation shown."""

    place: Place = EVERYWHERE
    conversation_id: int | None = None


def around(request: UserRequest) -> Around:
    """As the address in the browser tells it; a folder that is gone meanwhile gives way to all."""
    try:
        address = urlsplit(request.headers.get("HX-Current-URL", ""))
        page = resolve(address.path)
        if page.url_name == "conversations":
            return Around(place=place_of(request.user, dict(parse_qsl(address.query))))
    except (Resolver404, Http404, ValueError):  # not even an address
        return Around()
    return Around(conversation_id=page.kwargs.get("conversation_id"))
