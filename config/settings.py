"""All settings of Parley, from the environment or a `.env` file; docs: README, "Settings"."""

import logging
import re
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django.core.exceptions import ImproperlyConfigured

from config import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent
env.read_env_file(BASE_DIR / ".env")

VERSION = re.search(r"^## (\S+)", (BASE_DIR / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)[1]  # type: ignore[index]

# Where it listens and where it keeps things
HOST = env.text("HOST", "127.0.0.1")
PORT = env.whole_number("PORT", 8000, least=1, most=65535)
SITE_URL = env.http_url("SITE_URL", f"http://{HOST}:{PORT}")
DATA_DIR = env.directory("DATA_DIR", BASE_DIR / "data")
WEB_CONCURRENCY = env.whole_number("WEB_CONCURRENCY", 1, least=1)
GRACE_SECONDS = env.whole_number("GRACE_SECONDS", 30)
TRUSTED_PROXIES = env.whole_number("TRUSTED_PROXIES", 0)

# The model. Without a key and without an address of its own, the embedded model answers.
AIMLAPI_BASE = "https://api.aimlapi.com/v1"
_aimlapi_key = env.first_of("AIMLAPI_API_KEY", "AIML_API_KEY", "AIMLAPI_KEY")
EMBEDDED_MODEL = not _aimlapi_key and not env.text("MODEL_API_BASE")
if EMBEDDED_MODEL:
    # config/gunicorn.py puts the real address here when it has started the embedded model, before it forks.
    MODEL_API_BASE, MODEL_API_KEY = "http://127.0.0.1:9/v1", ""
else:
    MODEL_API_BASE = env.http_url("MODEL_API_BASE", AIMLAPI_BASE)
    # The AI/ML API key belongs to AI/ML API: another address gets only what was set for it.
    MODEL_API_KEY = env.text("MODEL_API_KEY", _aimlapi_key if MODEL_API_BASE == AIMLAPI_BASE else "")
MODEL_ID = env.text("MODEL_ID", "mistralai/mistral-tiny")
MODELS = env.names_with("MODELS", MODEL_ID, "MODEL_ID")
MAX_TOKENS = env.whole_number("MAX_TOKENS", 2048, least=1)
CONTEXT_TOKENS = env.whole_number("CONTEXT_TOKENS", 4096 if EMBEDDED_MODEL else 32_000, least=512)
# Replies that run at once, in all processes; the embedded model has two slots. More wait for their turn.
RUNNING_REPLIES = env.whole_number("RUNNING_REPLIES", 200, least=1)
RUNNING_REPLIES_A_USER = env.whole_number("RUNNING_REPLIES_A_USER", 10, least=1)
OPEN_REPLIES_A_USER = env.whole_number("OPEN_REPLIES_A_USER", 30, least=1)  # running and waiting
UNPRICED_UNDER_USD_BUDGET = env.one_of("UNPRICED_UNDER_USD_BUDGET", "refuse", ("refuse", "allow"))
API_REQUESTS_A_MINUTE = env.whole_number("API_REQUESTS_A_MINUTE", 60, least=1)  # of one API key
API_STREAMS_A_KEY = env.whole_number("API_STREAMS_A_KEY", 8, least=1)  # at once, in all processes
API_KEYS_TOGETHER = env.whole_number("API_KEYS_TOGETHER", 3, least=1)  # times as much, all keys of a user
EVENT_STREAMS_A_USER = env.whole_number("EVENT_STREAMS_A_USER", 60, least=1)  # in one process

# Limits on what people send
MESSAGE_CHARACTERS = 100_000
REQUEST_BYTES = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = REQUEST_BYTES
IMPORT_BYTES = 100 * 1024 * 1024  # of one uploaded file
UNDO_SECONDS = 10  # as long as notice.css shows the offer

RETENTION_DAYS = env.whole_number("RETENTION_DAYS", 0, most=36_500)  # 0: conversations are kept for good
ANNOUNCED_DAYS = 7  # in which a conversation says that it will be deleted

# Django
SECRET_KEY, *SECRET_KEY_FALLBACKS = env.secret_keys("SECRET_KEY", DATA_DIR / "secret-key")
DEBUG = env.yes_or_no("DEBUG")
ALLOWED_HOSTS = env.names(
    "ALLOWED_HOSTS",
    tuple({"localhost", "127.0.0.1", "[::1]", urlsplit(SITE_URL).hostname or "localhost"}),
)
CSRF_TRUSTED_ORIGINS = env.names("CSRF_TRUSTED_ORIGINS")
ROOT_URLCONF = "config.urls"
AUTH_USER_MODEL = "chat.User"
INSTALLED_APPS = [
    "chat",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.admin",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
]
MIDDLEWARE = [
    "chat.middleware.PagesCompressed",
    "django.middleware.security.SecurityMiddleware",
    "chat.middleware.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "chat.middleware.vary_on_htmx",
    "chat.middleware.page_for_wrong_method",
    "chat.middleware.database_away",
    "allauth.account.middleware.AccountMiddleware",
    "chat.accounts.required.second_step_required",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "chat.context.site",
            ],
        },
    }
]
DATABASES = {"default": env.database("DATABASE_URL", DATA_DIR)}
if "sqlite" in str(DATABASES["default"]["ENGINE"]):
    # The suite needs what the program has: one file, seen by several threads and processes.
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}
# Throttling must hold over workers, so it is counted in the database, with room enough that tries for many
# names do not push out those for one.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
LANGUAGE_CODE = "en"
TIME_ZONE = env.one_of("TIME_ZONE", "UTC", available_timezones(), such_as="Europe/Berlin")
USE_TZ = True

# Accounts
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "chat.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "chat.accounts.log_in.LogInForm",
    "signup": "chat.accounts.sign_up.SignUpForm",
    "change_password": "chat.accounts.passwords.ChangeForm",
    "set_password": "chat.accounts.passwords.SetForm",
    "reset_password_from_key": "chat.accounts.passwords.ResetForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
SIGNUP, SIGNUP_DOMAINS = env.sign_up("SIGNUP")
ACCOUNT_EMAIL_VERIFICATION = (
    "mandatory" if SIGNUP_DOMAINS else "optional" if env.text("EMAIL_URL") else "none"
)
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_CHANGE_EMAIL = True  # one address an account; a new one counts once it is confirmed
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Parley: "
MFA_ADAPTER = "chat.accounts.second_step.SecondStepAdapter"
MFA_FORMS = {
    "activate_totp": "chat.forms.second_step.SetUpAppForm",
    "authenticate": "chat.forms.second_step.SecondStepForm",
    "reauthenticate": "chat.forms.second_step.SecondStepAgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # there may be no mail to verify one by
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SITE_URL.startswith("https://")  # browsers allow localhost alone
MFA_TOTP_ISSUER = "Parley"
MFA_TOTP_TOLERANCE = 1  # periods; a clock may differ, and who types may be late (RFC 6238, 5.2)
REQUIRE_MFA = env.one_of("REQUIRE_MFA", "off", ("off", "staff", "all"))
# Single sign-on by OpenID Connect: off until there are all three
OIDC = env.single_sign_on("OIDC_URL", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
OIDC_NAME = env.text("OIDC_NAME", "single sign-on")
SOCIALACCOUNT_ADAPTER = "chat.accounts.sso.SsoAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True  # as SsoAdapter says: what both sides have confirmed
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"  # the provider has confirmed it, or it counts for nothing
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "sso",
                "name": OIDC_NAME,
                "client_id": OIDC.client_id,
                "secret": OIDC.client_secret,
                "settings": {"server_url": OIDC.url},
            }
        ]
        if OIDC
        else [],
    }
}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES  # whose address log-ins are throttled by

# Cookies, and what a browser may do with our pages
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_URL.startswith("https://")
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "chat.views.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_HSTS_SECONDS = 30 * 24 * 3600 if SESSION_COOKIE_SECURE else 0
# Its subdomains and the browsers' preload list are a matter of the whole domain, not of one host in it.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE
    SECURE_REDIRECT_EXEMPT = ["^healthz$"]

# Outgoing mail; off until it is configured
MAIL = env.mail_server("EMAIL_URL")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if MAIL else 'dummy'}.EmailBackend"
EMAIL_TIMEOUT = 20  # s
if MAIL:
    EMAIL_HOST, EMAIL_PORT = MAIL.host, MAIL.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.user, MAIL.password
    EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.starttls, MAIL.tls
elif SIGNUP_DOMAINS:
    raise ImproperlyConfigured(
        "SIGNUP lets in whoever has an address of a domain, which is confirmed by mail: set EMAIL_URL too."
    )
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text(
    "DEFAULT_FROM_EMAIL", f"Parley <parley@{urlsplit(SITE_URL).hostname}>"
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "chat": {"level": env.one_of("LOG_LEVEL", "INFO", logging.getLevelNamesMapping())},
        "django.request": {"level": "ERROR"},
    },
}
