"""What the `vllm` backend says without an engine; with one: tests/vllm_env."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest

from dataclaw_assets.errors import InferenceError
from resources.inference import vllm_engine
from resources.inference.contract import Request
from resources.inference.settings import VllmSettings
from resources.inference.vllm_engine import VllmBackend
from tests.vllm_env.environment import VLLM


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model's files, as far as a digest sees them."""
    folder = tmp_path / "small-model"
    folder.mkdir()
    (folder / "config.json").write_text("{}", "utf-8")
    (folder / "model.safetensors").write_bytes(bytes(range(256)) * 64)
    return folder


def name_revision(folder: Path) -> str:
    return VllmBackend(VllmSettings(model=str(folder))).revision


def test_it_names_the_extra_when_vllm_is_not_installed() -> None:
    if importlib.util.find_spec("vllm"):
        pytest.skip("vllm is installed here")
    backend = VllmBackend(VllmSettings(model="some/model"))
    with pytest.raises(InferenceError, match=r"dataclaw-assets\[vllm\]"):
        list(backend.infer([Request("x", "", ("hello",))]))


def test_several_engines_in_one_process_are_refused() -> None:
    with pytest.raises(InferenceError, match="vllm serve --data-parallel-size"):
        VllmBackend(VllmSettings(model="some/model", data_parallel=2))


def test_nothing_is_sent_out() -> None:
    assert not VllmBackend(VllmSettings(model="some/model")).remote


def test_a_model_of_a_hub_is_told_by_its_revision() -> None:
    assert VllmBackend(VllmSettings(model="some/model", revision="abc")).revision == "abc"


def test_a_copied_folder_is_the_same_model(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "elsewhere" / folder.name)
    one, other = (VllmBackend(VllmSettings(model=str(place))) for place in (folder, copy))
    assert (one.model, one.revision) == (other.model, other.revision)


def test_the_path_of_a_folder_is_no_part_of_its_name(folder: Path) -> None:
    assert VllmBackend(VllmSettings(model=str(folder))).model == "small-model"


def test_one_other_byte_is_another_revision(folder: Path) -> None:
    before = name_revision(folder)
    weights = bytearray((folder / "model.safetensors").read_bytes())
    weights[5000] ^= 1
    (folder / "model.safetensors").write_bytes(weights)
    assert name_revision(folder) != before


def test_other_weights_in_a_large_file_are_another_revision(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vllm_engine, "WHOLE_BYTES", 1024)
    monkeypatch.setattr(vllm_engine, "STRETCH_BYTES", 16)
    before = name_revision(folder)
    (folder / "model.safetensors").write_bytes(bytes(reversed(range(256))) * 64)
    assert name_revision(folder) != before


def test_every_requirement_of_its_environment_is_pinned() -> None:
    lines = VLLM.requirements.read_text("utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#") and line.count("==") != 1] == []
