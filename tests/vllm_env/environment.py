"""The environment of vLLM and the checkpoint of its tests; run as a module, it makes both.

`python -m tests.vllm_env.environment pytest -m vllm tests/vllm_env` then runs that module with its Python.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.own_environment import LONGEST_S, OwnEnvironment

VLLM = OwnEnvironment("vllm", Path(__file__).with_name("requirements.txt"))

BUILDER = Path(__file__).with_name("tiny_model.py")
TINY = VLLM.folder / f"tiny-{hashlib.sha256(BUILDER.read_bytes()).hexdigest()[:12]}"
"""A Qwen3-VL of random weights, 2 MB."""

TORCHVISION = "import sys, types; " + "; ".join(
    f'sys.modules.setdefault("torchvision.{name}", types.ModuleType("torchvision.{name}"))'
    for name in ("_meta_registrations", "_autograd_registrations")
)
"""For a `.pth` file, which Python runs as it starts. torchvision's compiled part does not load beside a torch
without CUDA; its Python part does, but for two modules that describe compiled operators. vLLM calls none."""


def fill(environment: OwnEnvironment) -> None:
    """torch with what its build needs; of the rest only what is listed, not all that vLLM asks for."""
    pins = str(environment.requirements)
    environment.install("--constraint", pins, "torch")
    environment.install("--no-deps", "--requirement", pins)
    folder = sysconfig.get_path("purelib", vars={"base": str(environment.folder)})
    Path(folder, "torchvision_without_cuda.pth").write_text(TORCHVISION, "utf-8")


def make() -> None:
    """The environment and, in it, the checkpoint. Raises `CalledProcessError`, `TimeoutExpired`."""
    VLLM.make(fill)
    if not TINY.is_dir():
        subprocess.run((VLLM.python, BUILDER, TINY), check=True, timeout=LONGEST_S)


if __name__ == "__main__":
    make()
    if sys.argv[1:]:
        sys.exit(subprocess.run((VLLM.python, "-m", *sys.argv[1:]), check=False).returncode)
