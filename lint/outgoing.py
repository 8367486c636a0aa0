import aiohttp
import httpx
import requests

# ruleid: client-of-its-own
answer = httpx.get(url)
# ruleid: client-of-its-own
answer = requests.post(url, json=body)
# ruleid: client-of-its-own
session = aiohttp.ClientSession()
# ok: client-of-its-own
answer = client.stream(request, request_id=number)

# ok: strays-from-its-origin
# ruleid: client-of-its-own
pool = httpx.AsyncClient(follow_redirects=False, trust_env=False)
# ruleid: client-of-its-own, strays-from-its-origin
pool = httpx.AsyncClient(timeout=5)
# ruleid: strays-from-its-origin
answer = client.get(url, follow_redirects=True)
# ruleid: strays-from-its-origin
session.trust_env = True

# ruleid: upstream-key-elsewhere
headers = {"Authorization": f"Bearer {settings.MODEL_API_KEY}"}
# ok: upstream-key-elsewhere
# ok: endpoint-from-elsewhere
client = Client(Endpoint(settings.MODEL_API_BASE, settings.MODEL_API_KEY))
# ok: upstream-key-elsewhere
has_key = bool(settings.MODEL_API_KEY)
# ruleid: endpoint-from-elsewhere
client = Client(Endpoint(form.cleaned_data["address"], key))
