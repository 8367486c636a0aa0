# ruleid: compared-in-the-open
if token == setup_token():
    pass
# ruleid: compared-in-the-open
if share.token != given:
    pass
# ok: compared-in-the-open
if constant_time_compare(token, setup_token()):
    pass
# ruleid: text-in-log
log.info("Asked: %s", message.text)
# ruleid: text-in-log
log.warning("Refused %s with %s", request.path, request.POST)
# ruleid: text-in-log
log.error(f"No account for {password}")
# ok: text-in-log
log.warning("Reply %d: %s, status %s", reply.pk, error.code, error.http_status)
# ruleid: secret-in-source
SECRET_KEY = "django-insecure-4f9a1c"
# ruleid: secret-in-source
client = Client(api_key="0123456789abcdef")
# ruleid: secret-in-source
example = "sk-0123456789abcdef0123456789"
# ok: secret-in-source
PASSWORD_HELP = "8 characters or more; no common one, and not like your name."
# ok: secret-in-source
SECRET_KEY = env.secret("SECRET_KEY")
