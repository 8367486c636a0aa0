"""The embedded model's own process, llama.cpp's HTTP server: `python -m chat.local_model.server`."""

import os
import signal
import sys

import xllamacpp

from chat.local_model.parent import end_with
from chat.local_model.process import KEY_VARIABLE
from chat.local_model.weights import MODEL_NAME

ERRORS_ONLY = 1

# For requests that name none. "Write a Python function that reverses a string" came out correct and finished
# 30 times of 30, in 55 to 101 tokens; 8 of 10 at llama.cpp's own 0.8 and 1.0. At 0.3, 5 of 18 other answers
# said a sentence three times without a penalty, none with this one; with 1.1 one function of ten was wrong.
TEMPERATURE = 0.2
REPEAT_PENALTY = 1.05


def main() -> None:
    parent, weights, port, slots, window = sys.argv[1:]
    end_with(int(parent))
    params = parameters(weights, port=int(port), slots=int(slots), window=int(window))
    params.api_keys = [os.environ[KEY_VARIABLE]]
    server = xllamacpp.Server(params)  # serves in threads of its own for as long as it is referenced
    while server:
        signal.pause()


def parameters(weights: str, *, port: int, slots: int, window: int) -> xllamacpp.CommonParams:
    """The server's settings; `window` is in tokens a slot."""
    params = xllamacpp.CommonParams()
    params.model.path = weights
    params.model_alias = {MODEL_NAME}
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.reuse_port = True
    params.n_parallel = slots
    params.n_ctx = slots * window
    _stay_small(params)
    _close_doors(params)
    params.sampling.temp = TEMPERATURE
    params.sampling.penalty_repeat = REPEAT_PENALTY
    params.verbosity = ERRORS_ONLY
    return params


def _stay_small(params: xllamacpp.CommonParams) -> None:
    params.cache_ram_mib = 0
    # The threads of one computation wait for each other spinning: on two busy cores two of them wrote
    # 2 tokens a second, one wrote 80. On idle cores the second is worth a third more.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1


def _close_doors(params: xllamacpp.CommonParams) -> None:
    params.ui = False
    params.endpoint_slots = False
    params.cors_origins = ""  # sent as it stands, and no origin equals it
    params.cors_credentials = False


if __name__ == "__main__":
    main()
