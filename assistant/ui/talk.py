"""The chat's components and what happens to them: it parses, calls the facade and renders.

Whatever belongs to one reader lives in ``gr.State``, or in the reader's own browser (``kept.js``). Every
question, typed, clicked or changed by a chip, goes one way: into ``asking``, whose change is answered.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from assistant.errors import AssistantError
from assistant.ui.bus import listening
from assistant.ui.chips import changed
from assistant.ui.conversation import (
    Conversation,
    Turn,
    answer_turn,
    askings_of,
    clean,
    parse_asking,
    record_of,
    records_of,
)
from assistant.ui.delivery import OWN_ACTIONS, delivered
from assistant.ui.holdings import Holdings, Shelf
from assistant.ui.leaving import heeding
from assistant.ui.messages import Language, say
from assistant.ui.render import Scene, growing, render_suggestions, render_turn, render_turns
from assistant.ui.seam import Acted, Action, Asking, Told, question_button
from assistant.ui.suggestions import Suggester
from assistant.ui.welcome import render_welcome

if TYPE_CHECKING:
    from assistant.assistant import Assistant

EXAMPLES = 4

Updates = dict[Any, Any]
"""Components and their new values; those not named stay as they are."""


class Talk:
    """The chat in its tab."""

    def __init__(self, gr: Any, assistant: Assistant, language: Any, *, actions: tuple[Action, ...]) -> None:
        self._update = gr.update
        self._assistant = assistant
        self._actions = {a.name: a for a in (*OWN_ACTIONS, *actions)}
        self._shown_actions = actions
        self._shelf = Shelf(assistant)
        self._suggester = Suggester(assistant)
        self.language = language
        self.conversation = gr.State(Conversation(""))  # named at its first question: every reader gets this one value
        self.asking = gr.State(Asking(""))
        self.delivery = gr.JSON(visible=False)
        self.address = gr.Textbox(visible=False)
        self._build(gr)

    def _build(self, gr: Any) -> None:
        plain = {"js_on_load": None, "apply_default_css": False}
        self.welcome = gr.HTML(self._welcome("zh", []), elem_id="sw-welcome", **plain)
        self.past = gr.HTML("", elem_id="sw-past", **plain)
        self.kept = gr.HTML("", elem_id="sw-kept", **plain)
        with gr.Column(elem_id="sw-latest"):
            self.current = gr.HTML("", elem_id="sw-current", **plain)
            self.next = gr.HTML("", elem_id="sw-suggestions", **plain)
            self.note = gr.HTML("", elem_id="sw-note", **plain)
        with gr.Column(elem_id="sw-ask"):
            self.box = gr.Textbox(
                label=say("zh", "box_label"),
                placeholder=say("zh", "placeholder"),
                show_label=False,
                lines=1,
                max_lines=6,
                submit_btn=True,
                autofocus=True,
                container=False,
                elem_id="sw-box",
            )

    @property
    def held(self) -> Holdings:
        """What the corpus holds now."""
        return self._shelf.holdings()

    @property
    def written(self) -> list[Any]:
        """Every component that an answer or another conversation writes to."""
        return [self.welcome, self.past, self.current, self.next, self.note, self.box, self.conversation, self.kept]

    def connect(self, gr: Any, bus: Any, tabs: Any) -> None:
        """Tie the events to what happens; none of them is an endpoint."""
        self.tabs = tabs
        quiet = {"api_visibility": "private", "show_progress": "hidden"}
        known = [self.conversation, self.language]
        sent = "(question) => window.shengwen.submit(question)"
        self.box.submit(lambda text: Asking(text or ""), self.box, self.asking, js=sent, **quiet)
        bus.ask(listening(gr, lambda data: parse_asking(dict(data))), None, self.asking, **quiet)
        bus.change(listening(gr, self.change), self.conversation, self.asking, **quiet)
        bus.retry(listening(gr, self.retry), self.conversation, self.asking, **quiet)
        # What is asked while an answer is made waits for it; of several, the last is asked.
        waiting = quiet | {"trigger_mode": "always_last"}
        answering = self.asking.change(heeding(self.respond), [self.asking, *known], [*self.written, tabs], **waiting)
        answering.then(heeding(self.suggest), known, self.next, **quiet)
        opening = bus.reopen(listening(gr, heeding(self.reopen)), known, self.written, **quiet)
        self.box.stop(self.stop, known, self.written, cancels=[answering, opening], **quiet)
        bus.clear(listening(gr, self.start_over), known, [*self.written, tabs], **quiet)
        bus.kept(listening(gr, self.show_kept), self.language, self.welcome, **quiet)
        act = bus.act(listening(gr, self.act), known, self.delivery, **quiet)
        act.then(None, self.delivery, None, js="(given) => { window.shengwen.deliver(given); }", **quiet)

    # --- asking

    def change(self, conversation: Conversation, data: Mapping[str, Any]) -> Any:
        """The question with a chip taken off or changed; nothing where the turn is gone."""
        turn = conversation.turn(_number(data))
        given = data.get("values")
        values = [str(v) for v in given] if isinstance(given, list) else []
        slot, old = str(data.get("slot")), str(data.get("old") or "")
        asking = changed(turn, slot, values, held=self.held, old=old) if turn else None
        return asking if asking is not None else self._update()

    def retry(self, conversation: Conversation, data: Mapping[str, Any]) -> Any:
        """The last question once more, in its place."""
        if not conversation.turns:
            return self._update()
        last = conversation.turns[-1].asking
        return Asking(last.question, last.provinces, last.years, last.periods, again=True)

    def respond(self, asking: Asking, conversation: Conversation, language: Language) -> Iterator[Updates]:
        """Show the question at once, then the answer line by line, then what it stands on."""
        if not asking.submit:
            yield {self.tabs: self._update(selected="ask"), self.box: self._update(value=asking.question)}
            return
        conversation = conversation if conversation.id else Conversation()
        scene = self._scene(language, conversation)
        if asking.again or conversation.ends_with(asking):
            conversation = conversation.without_last()
        turn = Turn(conversation.next_number, replace(asking, question=clean(asking.question)))
        if not turn.question:  # says why and leaves no trace
            empty = answer_turn(self._assistant, turn, (), language)
            yield {self.note: f'<p class="sw-notice" role="status">{escape(empty.notice)}</p>'}
            return
        shown = replace(turn.asking, question=turn.question[: self._assistant.settings.max_question_chars])
        waiting = replace(conversation, pending=shown)
        yield {
            self.tabs: self._update(selected="ask"),
            self.box: self._update(submit_btn=False, stop_btn=True),
            self.welcome: "",
            self.past: render_turns(conversation.turns, scene),
            self.current: render_turn(replace(turn, asking=shown), scene),
            **dict.fromkeys((self.next, self.note), ""),
            self.conversation: waiting,
            self.kept: _keeping(waiting),
        }
        turn = answer_turn(self._assistant, turn, conversation.history, language)
        try:
            for part in growing(turn):
                yield {self.current: render_turn(part, scene, growing=True)}
            shown_whole = render_turn(turn, scene, latest=True)
        except AssistantError as e:  # a document was removed between its answer and its showing
            turn = replace(turn, answer=None, notice=say(language, "failed", why=str(e)))
            shown_whole = render_turn(turn, scene, latest=True)
        done = conversation.plus(turn)
        yield {
            self.current: shown_whole,
            self.box: self._ready(),
            self.conversation: done,
            self.kept: _keeping(done),
        }

    def suggest(self, conversation: Conversation, language: Language) -> Any:
        """Questions to go on with, once the answer stands."""
        if not conversation.turns or conversation.turns[-1].answer is None:
            return self._update()
        askings = self._suggester.after(conversation, held=self.held)
        after = conversation.turns[-1].asking.key
        return render_suggestions(askings, language, after=after, button=lambda a: question_button(a, a.question))

    def stop(self, conversation: Conversation, language: Language) -> Updates:
        """What is left when the reader does not want to wait: the question, and that it was stopped."""
        if conversation.pending is None:
            return {self.box: self._ready()}
        turn = Turn(conversation.next_number, conversation.pending, notice=say(language, "stopped"))
        done = conversation.plus(turn)
        return {
            self.current: render_turn(turn, self._scene(language, conversation), latest=True),
            self.box: self._ready(),
            self.conversation: done,
            self.kept: _keeping(done),
        }

    # --- conversations

    def start_over(self, conversation: Conversation, language: Language, data: Mapping[str, Any]) -> Updates:
        """An empty chat; what was asked stays among the conversations kept."""
        return self._empty(language, records_of(data.get("kept"))) | {self.tabs: self._update(selected="ask")}

    def show_kept(self, language: Language, data: Mapping[str, Any]) -> str:
        """The empty chat with the conversations that the browser keeps now."""
        return self._welcome(language, records_of(data.get("kept")))

    def reopen(self, conversation: Conversation, language: Language, data: Mapping[str, Any]) -> Iterator[Updates]:
        """A kept conversation, its questions answered from the present corpus, one after the other."""
        kept = records_of(data.get("kept"))
        record = next((r for r in kept if r["id"] == data.get("id")), None)
        if record is None:
            yield self._empty(language, kept)
            return
        askings = list(askings_of(record))
        open_question = askings.pop() if record["pending"] else None
        opened = Conversation(record["id"])
        scene = self._scene(language, opened)
        yield {self.welcome: "", self.box: self._update(submit_btn=False, stop_btn=True)}
        for asking in askings:
            turn = answer_turn(self._assistant, Turn(opened.next_number, asking), opened.history, language)
            past = render_turns(opened.turns, scene)
            opened = opened.plus(turn)
            shown = render_turn(turn, scene, latest=True)
            yield {self.past: past, self.current: shown, self.conversation: opened}
        told = f'<p class="sw-notice" role="status">{escape(say(language, "interrupted"))}</p>' if open_question else ""
        back = self._ready() if open_question is None else self._ready(open_question.question)
        yield {self.box: back, self.note: told, self.conversation: opened, self.kept: _keeping(opened)}

    def arrive(self, address: str, language: Language) -> Iterator[Updates]:
        """The page as its address wants it: a question to ask (``?q=``), a conversation to go on with (``#c=``)."""
        query, conversation_id, kept = _parse_address(address)
        asking = parse_asking(query)
        if asking.question:
            yield {self.asking: asking}
        elif conversation_id in {r["id"] for r in records_of(kept)}:
            yield from self.reopen(Conversation(), language, {"id": conversation_id, "kept": kept})
        else:
            yield {self.welcome: self._welcome(language, records_of(kept))}

    def _empty(self, language: Language, kept: list[dict[str, Any]]) -> Updates:
        return {
            self.welcome: self._welcome(language, kept),
            **dict.fromkeys((self.past, self.current, self.next, self.note), ""),
            self.box: self._ready(),
            self.conversation: Conversation(),
        }

    # --- the page around

    def translate(self, conversation: Conversation, language: Language, kept: Any) -> Updates:
        """The chat, its past turns too, in the reader's language."""
        *earlier, last = conversation.turns or (None,)
        scene = self._scene(language, conversation)
        return {
            self.welcome: "" if last else self._welcome(language, records_of(kept)),
            self.past: render_turns((t for t in earlier if t), scene),
            self.current: render_turn(last, scene, latest=True) if last else "",
            self.next: self.suggest(conversation, language) if last else "",
            self.box: self._update(placeholder=say(language, "placeholder"), label=say(language, "box_label")),
        }

    def act(self, conversation: Conversation, language: Language, data: Mapping[str, Any]) -> Any:
        """Run an action on the answer below which its button stands."""
        turn, action = conversation.turn(_number(data)), self._actions.get(str(data.get("act")))
        if turn is None or turn.answer is None or action is None:
            return self._update()
        carried = {str(k): str(v) for k, v in data.items()}
        answers = tuple(t.answer for t in conversation.turns if t.answer is not None)
        acted = Acted(turn.answer, conversation.before(turn), language, carried, answers)
        try:
            return delivered(action.run(self._assistant, acted))
        except AssistantError as e:
            return delivered(Told(say(language, "failed", why=str(e))))

    def _ready(self, value: str | None = None) -> Any:
        given = {} if value is None else {"value": value}
        return self._update(submit_btn=True, stop_btn=False, **given)

    def _scene(self, language: Language, conversation: Conversation) -> Scene:
        held = self.held
        return Scene(self._assistant.document, held, language, self._shown_actions, conversation.id)

    def _welcome(self, language: Language, kept: list[dict[str, Any]]) -> str:
        examples = self._assistant.examples(language, EXAMPLES)
        return render_welcome(
            self._assistant.info(),
            examples,
            kept,
            provinces=self.held.lexicon.provinces,
            language=language,
        )


def _number(data: Mapping[str, Any]) -> int:
    number = str(data.get("turn", ""))
    return int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 0


def _keeping(conversation: Conversation) -> str:
    """The conversation for the list that the browser keeps; the page's script takes it from there."""
    return f'<div hidden data-record="{escape(json.dumps(record_of(conversation), ensure_ascii=False))}"></div>'


def _parse_address(address: str) -> tuple[dict[str, str], str, Any]:
    """The query's values, the conversation's name and the list kept, from what the page's script sends on arrival."""
    try:
        sent = json.loads(address)
        query, name = str(sent["search"]), str(sent["hash"]).removeprefix("#c=")
    except (ValueError, KeyError, TypeError):
        return {}, "", None
    return {key: values[0] for key, values in parse_qs(query.removeprefix("?")).items()}, name, sent.get("kept")
