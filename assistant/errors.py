"""The errors a user can meet. Each message says what failed, on which value, and what to do.

    AssistantError            anything below; the command line prints one line and exits 1
    ├── QuestionError         the question itself cannot be taken (empty, too long)
    ├── SettingsError         an unknown or wrong setting
    ├── CorpusError           a document cannot be read
    ├── LexiconError          a lexicon file is wrong
    ├── PromptError           a prompt's placeholders are wrong
    ├── StoreError            the store cannot be opened, read or written
    │   ├── StoreMissing      there is no store at the place
    │   └── StoreStale        the store was built by another format, model or segmenter
    ├── ClusterError          the machines that were to read and embed cannot be reached, or one failed
    ├── ModelUnavailable      the embedding model cannot be prepared or loaded
    ├── LanguageModelError    the configured language model did not answer usably
    ├── EvalDataError         an evaluation set, qrels or run is wrong
    └── BundleError           a file is no bundle of answers that this program can check

Programmers' mistakes raise built-in errors instead.
"""


class AssistantError(Exception):
    """Anything a user can meet."""


class QuestionError(AssistantError):
    """The question itself cannot be taken."""


class SettingsError(AssistantError):
    """An unknown or wrong setting."""


class CorpusError(AssistantError):
    """A document cannot be read."""


class LexiconError(AssistantError):
    """A lexicon file is wrong."""


class PromptError(AssistantError):
    """A prompt's placeholders are wrong."""


class StoreError(AssistantError):
    """The store cannot be opened, read or written."""


class StoreMissing(StoreError):
    """There is no store at the place."""


class StoreStale(StoreError):
    """The store was built by another format, model or segmenter."""


class ClusterError(AssistantError):
    """The machines that were to read and embed cannot be reached, or one failed."""


class ModelUnavailable(AssistantError):
    """The embedding model cannot be prepared or loaded."""


class LanguageModelError(AssistantError):
    """The configured language model did not answer usably."""


class EvalDataError(AssistantError):
    """An evaluation set, qrels or run is wrong."""


class BundleError(AssistantError):
    """A file is no bundle of answers that this program can check."""
