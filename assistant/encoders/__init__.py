"""Embedding models: passages through sentence-transformers, questions through ONNX Runtime."""

from assistant.encoders.model import Model, open_model

__all__ = ["Model", "open_model"]
