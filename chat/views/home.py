"""The front door, and the door bell."""

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from chat.views.access import logged_in
from chat.views.answers import UserRequest
from chat.views.places import EVERYWHERE


@require_safe
@logged_in
def home(request: UserRequest) -> HttpResponse:
    newest = EVERYWHERE.conversations(request.user).order_by("-updated_at", "-pk").first()
    return redirect(newest or "conversations")


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the database answers a read."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
            cursor.fetchone()
    except Error:
        connection.close()
        return JsonResponse({"status": "the database does not answer"}, status=503)
    return JsonResponse({"status": "ok"})
