"""Questions to the embedded model's server about itself."""

import http.client
import json
import time
from urllib.parse import urlsplit

from chat.local_model.errors import NotAnsweringError
from chat.local_model.process import LocalModel

ANSWER_SECONDS = 5.0
PAUSE_SECONDS = 0.05


def wait_until_ready(local_model: LocalModel, timeout: float) -> bool:
    """Whether the server has loaded the model within `timeout` seconds; blocks until one is known."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        try:
            _get(local_model.base_url, "/health", api_key=local_model.api_key)
        except NotAnsweringError:
            time.sleep(PAUSE_SECONDS)
        else:
            return True
    return False


def context_window(base_url: str, api_key: str) -> int:
    """The tokens that one request may fill, prompt and answer together. Raises NotAnsweringError."""
    try:
        return int(
            json.loads(_get(base_url, "/props", api_key=api_key))["default_generation_settings"]["n_ctx"]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise NotAnsweringError(
            f"The embedded model does not say how large its window is: {error!r}"
        ) from error


def _get(base_url: str, path: str, *, api_key: str) -> bytes:
    # http.client, because urllib.request would send a loopback question through the proxy of the environment.
    connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {api_key}"})
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise NotAnsweringError(f"The embedded model does not answer {path}: {error}") from error
    finally:
        connection.close()
    if answer.status != 200:
        raise NotAnsweringError(f"The embedded model answers {path} with status {answer.status}.")
    return body
