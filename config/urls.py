"""The one map of addresses; allauth and Django's admin bring their own."""

from allauth.account.decorators import secure_admin_login
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.urls import include, path

from chat.urls import urlpatterns as chat_urls
from chat.views import mail, sessions, sign_up, sso

# What shows secrets, or only allauth understands.
admin.site.unregister([Authenticator, UserSession, SocialApp, SocialToken])
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "Parley"
admin.site.index_title = "Administration"

urlpatterns = [
    *chat_urls,
    path("accounts/signup/", sign_up.sign_up),
    path("accounts/oidc/sso/login/", sso.log_in),
    path("accounts/3rdparty/", sso.connections),
    path("accounts/3rdparty/signup/", sso.no_such_page),
    path("accounts/sessions/", sessions.sessions),
    path("accounts/sessions/end/", sessions.end_all, name="sessions-end"),
    path("accounts/sessions/others/end/", sessions.end_others, name="sessions-end-others"),
    path("accounts/sessions/<int:session_id>/end/", sessions.end, name="session-end"),
    path("accounts/password/reset/", mail.password_reset),
    path("accounts/email/", mail.email),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "chat.views.errors.not_understood"
handler404 = "chat.views.errors.not_found"
