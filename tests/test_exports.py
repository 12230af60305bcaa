"""The public names: sorted, present, importable without loading anything heavy."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys

import pytest

import assistant

MODULES = [m.name for m in pkgutil.walk_packages(assistant.__path__, "assistant.") if not m.name.endswith("__main__")]
HEAVY = "torch transformers sentence_transformers gradio pandas onnx onnxruntime faiss tantivy numpy".split()


def test_the_public_names_are_sorted_and_resolve():
    assert assistant.__all__ == sorted(assistant.__all__)
    for name in assistant.__all__:
        assert getattr(assistant, name).__name__ == name


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="nonsense"):
        _ = assistant.nonsense


@pytest.mark.parametrize("name", MODULES)
def test_what_a_module_exports_it_has(name):
    module = importlib.import_module(name)
    for exported in getattr(module, "__all__", ()):
        assert hasattr(module, exported)
    assert list(getattr(module, "__all__", ())) == sorted(getattr(module, "__all__", ()))
    assert module.__doc__


def test_importing_the_package_is_light():
    code = f"import sys, assistant; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_version_is_the_distributions():
    from importlib.metadata import version

    assert assistant.__version__ == version("shengwen")
