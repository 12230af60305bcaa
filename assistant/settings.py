"""Settings: ``shengwen.toml``, then ``SHENGWEN_*``, then options of the command line; and where files are.

Validated once, passed explicitly, never read at import.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from assistant.errors import SettingsError

PREFIX = "SHENGWEN_"
_SECRET = {"api_key", "users", "tokens", "token"}
"""Settings whose values no message may show."""


class LanguageModelSettings(BaseModel):
    """An OpenAI-compatible server; without ``base_url`` no language model is used."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())

    base_url: str | None = None
    model: str = "default"
    api_key: str = Field(default="", repr=False)
    timeout_s: float = Field(default=60.0, gt=0)


class MilvusSettings(BaseModel):
    """The Milvus server that holds vectors and words, where ``index`` is ``milvus``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    uri: str | None = None
    """``http://host:19530``, or a file ending in ``.db`` for Milvus Lite; ``None``: ``milvus.db`` in the store."""
    token: str = Field(default="", repr=False)
    """``user:password`` or an API key."""
    database: str = ""
    """``""``: the server's default."""
    prefix: str = Field(default="shengwen", pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")
    """What the names of collections begin with."""
    vector_index: Literal["FLAT", "HNSW", "IVF_FLAT", "DISKANN", "AUTOINDEX"] = "FLAT"
    """``FLAT`` is exact; the others are quicker beyond some million passages and miss a few."""
    timeout_s: float = Field(default=30.0, gt=0)

    @field_validator("uri")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        if value is not None and "://" not in value and not value.endswith(".db"):
            raise ValueError("name a server (http://host:19530), or a file that ends in .db")
        return value


class Settings(BaseModel):
    """All settings with their defaults."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())

    store: Path | None = None
    """Where the built index lies; ``None``: ``index/store`` in a checkout, else the user's data folder."""
    cache: Path | None = None
    """Where prepared models lie; ``None``: the user's cache folder."""
    model: str = "bundled"
    """``bundled`` (multilingual-e5-small), or a sentence-transformers model: a folder or a hub name."""
    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=0, le=65535)
    max_question_chars: int = Field(default=2000, ge=1)
    """Longer questions are refused: no question of a person needs more, and hostile ones do."""
    allow_upload: bool = False
    """Whether readers of the page may change the corpus: whoever reaches the port is one."""
    max_upload_mb: int = Field(default=20, ge=1, le=1000)
    """Larger files are not taken from the page; a report is some 0.1 MB of text."""
    reports: tuple[Path, ...] = ()
    """Folders that ``shengwen eval --out`` wrote, for the page's evaluation."""
    feedback: Path | None = None
    """The file that readers' thumbs go to; ``None``: ``feedback.jsonl`` in the user's data folder."""
    max_file_mb: int = Field(default=256, ge=1, le=65536)
    """Larger files are refused before they are read: a file is held in memory whole."""
    users: dict[str, str] = Field(default={}, repr=False)
    """Who may use the server: name → password, best as ``shengwen password`` hashes it; with ``tokens``, nobody else may."""
    tokens: dict[str, str] = Field(default={}, repr=False)
    """Programs that may, by a token: name → hash, as ``shengwen password --token`` prints it."""
    allowed_hosts: tuple[str, ...] = ()
    """Names with a domain that the server goes by; addresses and plain names are always its own."""
    allowed_origins: tuple[str, ...] = ()
    """Sites whose pages may call the API, as ``https://example.org``."""
    questions_per_minute: int = Field(default=600, ge=0)
    """Of one client, with bursts of as many; 0: no limit."""
    feedback_per_minute: int = Field(default=30, ge=0)
    """Of one client; 0: no limit."""
    max_waiting: int = Field(default=64, ge=0)
    """Questions that may wait for their turn; those beyond are told to come again."""
    log_requests: bool = False
    """Whether ``serve`` writes a line of JSON for each request; never with the question."""
    log_questions: bool = False
    """Whether ``serve`` writes the questions, too."""
    audit_log: Path | None = None
    """The file of who logged in, was refused or locked out, and who changed the corpus, on the command line, too; ``None``:
    stderr, where passwords are set."""
    index: Literal["embedded", "milvus"] = "embedded"
    """Where vectors and words lie: in the store's folder, or on the server that ``milvus`` names."""
    milvus: MilvusSettings = MilvusSettings()
    llm: LanguageModelSettings = LanguageModelSettings()

    @field_validator("allowed_hosts", "allowed_origins", mode="before")
    @classmethod
    def _one_or_listed(cls, value: Any) -> Any:
        """One name, or several with commas between: a variable of the environment is one string."""
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("reports", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        """One folder, or several as a search path has them: a variable of the environment is one string."""
        return tuple(part for part in value.split(os.pathsep) if part) if isinstance(value, str) else value

    @property
    def store_dir(self) -> Path:
        """The store's folder."""
        if self.store is not None:
            return self.store
        checkout = Path(__file__).resolve().parent.parent
        if (checkout / "pyproject.toml").is_file() and (checkout / "index").is_dir():
            return checkout / "index" / "store"
        return platformdirs.user_data_path("shengwen") / "store"

    @property
    def feedback_file(self) -> Path:
        """The file of readers' feedback."""
        return (
            self.feedback if self.feedback is not None else platformdirs.user_data_path("shengwen") / "feedback.jsonl"
        )

    @property
    def cache_dir(self) -> Path:
        """The folder of prepared models."""
        return self.cache if self.cache is not None else platformdirs.user_cache_path("shengwen")


def data_dir(room: str) -> Path:
    """The folder of shipped data: ``index/corpus``, ``index/lexicon``, ``index/calibration``, ``prompts``, ``eval``.

    In a checkout these lie beside the package; a wheel carries them inside it.
    """
    package = Path(__file__).resolve().parent
    for base in (package / "_data", package.parent):
        if (base / room).is_dir():
            return base / room
    raise SettingsError(f"the installation lacks its folder {room!r}: install shengwen again")


def load_settings(config: Path | None = None, **options: Any) -> Settings:
    """Settings from the configuration file, the environment and ``options`` (``None`` means not given).

    :raises SettingsError: an unreadable file, an unknown key (with the nearest known one), or a wrong value.
    """
    merged = _from_file(config)
    for source in (_from_environment(os.environ), {k: v for k, v in options.items() if v is not None}):
        for key, value in source.items():
            if isinstance(value, dict) and isinstance(merged.get(key), dict):
                value = merged[key] | value
            merged[key] = value
    try:
        return Settings.model_validate(merged)
    except ValidationError as e:
        raise SettingsError(_explain(e)) from None


def _from_file(config: Path | None) -> dict[str, Any]:
    path = config if config is not None else Path("shengwen.toml")
    if config is None and not path.is_file():
        return {}
    try:
        with path.open("rb") as f:
            return tomllib.load(f)
    except OSError as e:
        raise SettingsError(f"cannot read the configuration {str(path)!r}: {e.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise SettingsError(f"the configuration {str(path)!r} is not valid TOML: {e}") from None


def _from_environment(environment: os._Environ[str] | dict[str, str]) -> dict[str, Any]:
    """``SHENGWEN_LLM__MODEL`` is the key ``model`` of the table ``llm``. Empty values count as not given."""
    out: dict[str, Any] = {}
    for name, value in sorted(environment.items()):
        if name.startswith(PREFIX) and value:
            *tables, key = name[len(PREFIX) :].lower().split("__")
            inner = out
            for table in tables:
                inner = inner.setdefault(table, {})
            inner[key] = value
    return out


def _explain(error: ValidationError) -> str:
    first = error.errors()[0]
    path = [str(part) for part in first["loc"]]
    if first["type"] != "extra_forbidden":
        value = "not what it should be" if _SECRET.intersection(path) else repr(first["input"])
        return f"the setting {'.'.join(path)!r} is {value}: {first['msg']}"
    known = _TABLES.get(".".join(path[:-1]), Settings).model_fields
    near = difflib.get_close_matches(path[-1], known, n=1, cutoff=0.0)
    return f"unknown setting {'.'.join(path)!r}; the nearest known one is {near[0]!r}"


_TABLES: dict[str, type[BaseModel]] = {"llm": LanguageModelSettings, "milvus": MilvusSettings}
