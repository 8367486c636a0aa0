"""Who may do what at which address: a route that is not here fails the suite (tests/test_routes.py)."""

from dataclasses import dataclass

READ = frozenset({"get", "head"})
POST = frozenset({"post"})
FORM = READ | POST
GET = frozenset({"get"})


@dataclass(frozen=True)
class Policy:
    """`who`: all, user, staff, owner of what the address names, key of the API, or who knows the secret in it."""

    who: str
    methods: frozenset[str]


POLICIES = {
    "": Policy("user", READ),
    "healthz": Policy("all", READ),
    "setup/<slug:token>/": Policy("secret", FORM),
    "invitations/": Policy("staff", FORM),
    "invitations/<int:invitation_id>/withdraw/": Policy("staff", POST),
    "invitations/<slug:token>/": Policy("secret", FORM),
    "invitations/<slug:token>/sso/": Policy("secret", POST),
    "conversations/": Policy("user", FORM),
    "conversations/<int:conversation_id>/": Policy("owner", READ),
    "conversations/going/": Policy("user", FORM),
    "conversations/export.json": Policy("user", READ),
    "conversations/<int:conversation_id>/export.json": Policy("owner", READ),
    "conversations/<int:conversation_id>/export.md": Policy("owner", READ),
    "conversations/<int:conversation_id>/export.html": Policy("owner", READ),
    "imports/": Policy("user", FORM),
    "conversations/<int:conversation_id>/rename/": Policy("owner", POST),
    "conversations/<int:conversation_id>/delete/": Policy("owner", POST),
    "conversations/<int:conversation_id>/restore/": Policy("owner", POST),
    "conversations/<int:conversation_id>/leaf/": Policy("owner", POST),
    "conversations/<int:conversation_id>/pin/": Policy("owner", POST),
    "conversations/<int:conversation_id>/archive/": Policy("owner", POST),
    "conversations/<int:conversation_id>/folder/": Policy("owner", POST),
    "conversations/<int:conversation_id>/read/": Policy("owner", POST),
    "conversations/<int:conversation_id>/mark/": Policy("owner", READ),
    "conversations/<int:conversation_id>/menu/": Policy("owner", READ),
    "conversations/<int:conversation_id>/messages/": Policy("owner", POST),
    "conversations/<int:conversation_id>/fork/": Policy("owner", POST),
    "conversations/<int:conversation_id>/shares/": Policy("owner", POST),
    "conversations/<int:conversation_id>/settings/": Policy("owner", POST),
    "conversations/<int:conversation_id>/title/": Policy("owner", POST),
    "conversations/<int:conversation_id>/request/": Policy("owner", READ),
    "folders/": Policy("user", POST),
    "folders/<int:folder_id>/rename/": Policy("owner", POST),
    "folders/<int:folder_id>/delete/": Policy("owner", POST),
    "defaults/": Policy("user", FORM),
    "prompts/": Policy("user", FORM),
    "prompts/<int:prompt_id>/": Policy("owner", FORM),
    "prompts/<int:prompt_id>/text/": Policy("owner", READ),
    "prompts/<int:prompt_id>/delete/": Policy("owner", POST),
    "messages/<int:message_id>/edits/": Policy("owner", POST),
    "messages/<int:message_id>/request/": Policy("owner", READ),
    "messages/<int:message_id>/replies/": Policy("owner", POST),
    "replies/<int:reply_id>/events/": Policy("owner", GET),
    "replies/<int:reply_id>/stop/": Policy("owner", POST),
    "replies/<int:reply_id>/continue/": Policy("owner", POST),
    "shared/<slug:token>/": Policy("secret", READ),
    "shared/<slug:token>/copy/": Policy("secret", POST),
    "shares/": Policy("user", READ),
    "shares/<int:share_id>/update/": Policy("owner", POST),
    "shares/<int:share_id>/end/": Policy("owner", POST),
    "search/": Policy("user", READ),
    "api-keys/": Policy("user", FORM),
    "api-keys/<int:key_id>/enable/": Policy("owner", POST),
    "api-keys/<int:key_id>/disable/": Policy("owner", POST),
    "api-keys/<int:key_id>/delete/": Policy("owner", POST),
    "api-keys/try/": Policy("user", POST),
    "account/export/": Policy("user", READ),
    "account/delete/": Policy("user", FORM),
    "usage/": Policy("user", READ),
    "usage/requests/": Policy("user", FORM),
    "usage/requests/<int:request_id>/grant/": Policy("staff", POST),
    "usage/requests/<int:request_id>/decline/": Policy("staff", POST),
    "usage/all/": Policy("staff", READ),
    "usage/running/": Policy("staff", READ),
    "usage/running/<int:call_id>/stop/": Policy("staff", POST),
    "usage/calls/": Policy("staff", READ),
    "usage/all.csv": Policy("staff", READ),
    "usage/all.json": Policy("staff", READ),
    "audit/": Policy("staff", READ),
    "audit.csv": Policy("staff", READ),
    "v1/chat/completions": Policy("key", POST),
    "v1/models": Policy("key", READ),
    "v1/models/<path:model_id>": Policy("key", READ),
    "v1/openapi.json": Policy("all", READ),
    "v1/": Policy("key", frozenset()),
    "v1/<path:rest>": Policy("key", frozenset()),
    "accounts/signup/": Policy("all", FORM),
    "accounts/oidc/sso/login/": Policy("all", FORM),
    "accounts/3rdparty/signup/": Policy("all", frozenset()),
    "accounts/email/": Policy("user", FORM),
    "accounts/sessions/": Policy("user", READ),
    "accounts/sessions/end/": Policy("user", POST),
    "accounts/sessions/others/end/": Policy("user", POST),
    "accounts/sessions/<int:session_id>/end/": Policy("owner", POST),
}

# What allauth and Django's admin bring has its own policies, which its authors test; below what it lies.
THEIRS = ("allauth.", "django.views.generic", "django.contrib.")
