"""One's own rows by their numbers; what belongs to somebody else is as if it were not there: a 404."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from chat.models import ApiKey, Conversation, Folder, Message, SavedPrompt, User
from chat.views.address import number_in, number_of
from chat.views.answers import UserRequest


def own_conversation(request: UserRequest, conversation_id: int) -> Conversation:
    return get_object_or_404(Conversation.objects.visible_to(request.user).for_page(), pk=conversation_id)


def own_branch(request: UserRequest, conversation: Conversation) -> list[Message]:
    """The branch to the message `?leaf=`, or the one that was chosen last."""
    try:
        return conversation.branch(number_in(request, "leaf"))
    except Message.DoesNotExist as error:
        raise Http404(str(error)) from error


def own_folder(user: User, number: str | int) -> Folder:
    """Also by a number that a form or an address has as text; whatever else that says is no folder."""
    return get_object_or_404(Folder.objects.visible_to(user), pk=number_of(str(number)))


def own_prompt(request: UserRequest, prompt_id: int) -> SavedPrompt:
    return get_object_or_404(SavedPrompt.objects.visible_to(request.user), pk=prompt_id)


def own_api_key(request: UserRequest, key_id: int) -> ApiKey:
    return get_object_or_404(ApiKey.objects.visible_to(request.user), pk=key_id)
