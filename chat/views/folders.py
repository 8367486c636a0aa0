"""Folders: a new one, another name, and gone; what was in it stays."""

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from chat.accounts.trail import record
from chat.forms import FolderForm, first_error
from chat.models import Action, Folder, one_at_a_time
from chat.views.access import logged_in
from chat.views.answers import UserRequest, to_page
from chat.views.own import own_folder
from chat.views.page import chat_page
from chat.views.places import EVERYWHERE, Place
from chat.views.stretch import Stretch


@require_POST
@logged_in
def folders(request: UserRequest) -> HttpResponse:
    """A new folder called `name`."""
    return _name(request, None)


@require_POST
@logged_in
def rename(request: UserRequest, folder_id: int) -> HttpResponse:
    return _name(request, own_folder(request.user, folder_id))


@require_POST
@logged_in
def delete(request: UserRequest, folder_id: int) -> HttpResponse:
    """Its conversations are then in no folder."""
    found = own_folder(request.user, folder_id)
    with transaction.atomic():
        found.delete()
        record(request, Action.DELETED, detail=f"folder {folder_id}")
    return to_page(request, reverse("conversations"))


def _name(request: UserRequest, folder: Folder | None) -> HttpResponse:
    with transaction.atomic():
        one_at_a_time(f"folders of user {request.user.pk}")
        form = FolderForm(request.POST, owner=request.user, folder=folder)
        if form.is_valid():
            named = folder or Folder(owner=request.user)
            named.name = form.cleaned_data["name"]
            named.save()
            return to_page(request, Place(named).url)
    place = Place(folder) if folder else EVERYWHERE
    return chat_page(request, None, Stretch(), place=place, notice=first_error(form), status=422)
