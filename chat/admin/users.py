"""Accounts: who is there, and who may do what."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangosUserAdmin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from chat.accounts import erasure
from chat.accounts.administrators import OnlyAdministrator, one_stays_without
from chat.accounts.sessions import end_sessions
from chat.accounts.trail import record
from chat.admin.groups import codes
from chat.forms.users import LAST, UserForm
from chat.models import Action, User

# What decides what somebody may do; of everything else that is changed, the trail has only the name of the field.
ROLES = {
    "is_active": ("may log in", "may not log in"),
    "is_staff": ("administrator", "no administrator"),
    "is_superuser": ("superuser", "no superuser"),
}
SETS = {"groups", "user_permissions"}


@admin.register(User)
class UserAdmin(DjangosUserAdmin):  # type: ignore[type-arg]
    """Who is deleted here is deleted as a whole; of what goes with them only the numbers are shown."""

    form = UserForm

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """The form's transaction stores the groups and permissions just after this."""
        super().save_model(request, obj, form, change)
        if not change:
            record(request, Action.USER_CREATED, subject=obj)
            return
        if roles := _roles(form):
            record(request, Action.ROLE_CHANGED, subject=obj, detail=", ".join(roles))
        others = [name for name in form.changed_data if name not in {*ROLES, *SETS}]
        if others:
            names = ", ".join(str(form.fields[name].label).lower() for name in others)
            record(request, Action.USER_CHANGED, subject=obj, detail=names)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Entered when it was not refused: then it is stored in another form. What they follow elsewhere ends."""
        user = self.get_object(request, unquote(id))
        with transaction.atomic():
            answer: HttpResponse = super().user_change_password(request, id, form_url)
            if user and not User.objects.filter(pk=user.pk, password=user.password).exists():
                record(request, Action.PASSWORD_CHANGED, subject=user)
                end_sessions(user, but=request.session.session_key)
        return answer

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        """Names of folders and prompts are content: the page that asks would list them."""
        _, numbers, unpermitted, protected = super().get_deleted_objects(objs, request)
        if not one_stays_without(objs):
            protected = [*protected, LAST]
        return [str(user) for user in objs], numbers, unpermitted, protected

    def delete_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Django's own view is one transaction, in which nothing that runs could be closed.

        Whose deletion it refuses, or asks about, loses nothing here.
        """
        user = self.get_object(request, unquote(object_id))
        if request.POST and user and self._may_be_deleted(request, user):
            try:
                erasure.leave(user)
            except OnlyAdministrator:  # another one left a moment ago
                messages.error(request, LAST)
                return redirect("admin:chat_user_change", user.pk)
        answer: HttpResponse = super().delete_view(request, object_id, *args, **kwargs)
        return answer

    def _may_be_deleted(self, request: HttpRequest, user: User) -> bool:
        """By this administrator, with all that goes with them."""
        if not self.has_delete_permission(request, user):
            return False
        _, _, unpermitted, protected = self.get_deleted_objects([user], request)
        return not unpermitted and not protected

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        with transaction.atomic():
            if erasure.hold(obj):
                record(request, Action.USER_DELETED, subject=obj)
                erasure.erase(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """An administrator who became the only one meanwhile stays, and is named."""
        for user in queryset:
            try:
                erasure.leave(user)
            except OnlyAdministrator:
                messages.error(request, f"{user}: {LAST}")
            else:
                self.delete_model(request, user)


def _roles(form: Any) -> list[str]:
    """What was changed, as it is now."""
    told = [
        yes if form.cleaned_data[name] else no
        for name, (yes, no) in ROLES.items()
        if name in form.changed_data
    ]
    if "groups" in form.changed_data:
        told.append(f"groups: {', '.join(sorted(map(str, form.cleaned_data['groups']))) or 'none'}")
    if "user_permissions" in form.changed_data:
        told.append(f"permissions: {codes(form.cleaned_data['user_permissions'])}")
    return told
