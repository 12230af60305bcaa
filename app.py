"""Open the chat: the same as `shengwen serve`."""

from assistant.cli import main

main(["serve"])
