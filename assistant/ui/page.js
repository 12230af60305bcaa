// What CSS and Gradio cannot do. Clicks in our own HTML become signals (see bus.py); the rest is the browser's own
// business: the theme, the clipboard, the line that says that the server is gone. Nothing here knows what an answer
// means, and nothing is built from strings that came from elsewhere. The files beside this one follow it and add to it.
window.shengwen = (() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const said = (name) => $(".sw-header")?.dataset[name] || "";
  const language = () => ($(".sw-header")?.dataset.language === "en" ? "en" : "zh");

  let trigger = null;
  const waiting = [];
  const connect = (function_) => {
    trigger = function_;
    waiting.splice(0).forEach(([signal, data]) => trigger(signal, data));
  };
  const send = (signal, data) => (trigger ? trigger(signal, data) : waiting.push([signal, data]));

  // --- where the page is: the language chosen before, a question or a conversation in the address
  const stored = (where, name, value) => {
    try {
      if (value !== undefined) window[where].setItem(name, value);
      return window[where].getItem(name);
    } catch {
      return null; // the reader forbids it: the page works without
    }
  };
  const store = (name, value) => stored("localStorage", name, value);
  const address = () =>
    JSON.stringify({ search: location.search, hash: location.hash, language: store("shengwen-language"), kept: window.shengwen.kept.shown() });
  const setHash = (name) => history.replaceState(history.state, "", name ? `#c=${name}` : location.pathname);

  const switchLanguage = () => store("shengwen-language", language() === "zh" ? "en" : "zh");

  // --- theme
  const theme = () => store("shengwen-theme") || "system";
  const applyTheme = () => {
    const dark = theme() === "dark" || (theme() === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
    if (document.body && document.body.classList.contains("dark") !== dark)
      document.body.classList.toggle("dark", dark);
    document.documentElement.style.colorScheme = dark ? "dark" : "light";
    $$(".sw-theme").forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.theme === theme())));
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", applyTheme);

  const turnOf = (element) => element.closest("[data-turn]");

  // --- a sentence in passing
  const tell = (text, lasting = false) => {
    let bar = $("#sw-told");
    if (!bar) {
      bar = Object.assign(document.createElement("div"), { id: "sw-told" });
      bar.setAttribute("role", "status");
      document.body.append(bar);
    }
    bar.textContent = text;
    bar.classList.toggle("sw-lasting", lasting);
    clearTimeout(tell.timer);
    if (!lasting) tell.timer = setTimeout(() => (bar.textContent = ""), 2600);
  };
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const box = Object.assign(document.createElement("textarea"), { value: text, className: "sw-hidden" });
      document.body.append(box);
      box.select();
      document.execCommand("copy");
      box.remove();
    }
    tell(said("copied"));
  };
  const save = (blob, name) => {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  const deliver = (given) => {
    if (given?.kind === "copy") copy(given.text);
    if (given?.kind === "tell") tell(given.text);
    if (given?.kind === "download") {
      const bytes = Uint8Array.from(atob(given.content), (c) => c.charCodeAt(0));
      save(new Blob([bytes], { type: given.type }), given.name);
    }
  };

  // --- the box
  const box = () => $("#sw-box textarea");
  const write = (text) => {
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box(), text);
    box().dispatchEvent(new Event("input", { bubbles: true }));
  };
  const ask = (question) => {
    write(question);
    box().focus();
    box().setSelectionRange(question.length, question.length);
  };
  // The box is emptied when its question is sent, not when the server takes it up: by then the next may stand in it. What
  // is half written, or sent and not yet taken up, outlives the page's being loaded anew.
  const DRAFT = "shengwen-draft";
  let sent = "", isBack = false;
  const submit = (question) => {
    sent = question || "";
    write("");
    return question;
  };
  const empty = () => box() && write("");
  addEventListener("pagehide", () => stored("sessionStorage", DRAFT, box()?.value || sent));
  const bringBack = () => {
    if (isBack || !box()) return;
    isBack = true;
    const draft = stored("sessionStorage", DRAFT);
    if (draft && !box().value) write(draft);
  };

  // --- clicks
  const carried = (element) => ({ ...element.dataset, turn: turnOf(element)?.dataset.turn || "" });
  const TOOLS = {
    copy: (button) => send("act", { ...carried(button), act: "copy" }),
    edit: (button) => ask(button.closest(".sw-tools").dataset.question),
    link: (button) => copy(location.origin + location.pathname + button.closest(".sw-tools").dataset.link),
    retry: (button) => send("retry", carried(button)),
  };
  const handlers = new Map();
  const clicks = (added) => Object.entries(added).forEach(([selector, handler]) => handlers.set(selector, handler));
  clicks({
    ".sw-question-button": (e) => send("ask", carried(e)),
    ".sw-read": (e) => send("read", carried(e)),
    ".sw-chip-cut": (e) => cut(e),
    ".sw-tool": (e) => TOOLS[e.dataset.tool]?.(e),
    ".sw-act": (e) => send("act", carried(e)),
    ".sw-theme": (e) => { store("shengwen-theme", e.dataset.theme); applyTheme(); },
  });
  const cut = (button) => {
    const slot = button.closest(".sw-slot");
    const gone = button.dataset.value;
    const left = $$(".sw-chip-cut", slot).map((b) => b.dataset.value).filter((value) => value !== gone);
    const measure = button.dataset.slot === "measures";
    send("change", { ...carried(button), values: measure ? [] : left, old: measure ? gone : "" });
  };
  document.addEventListener("click", (event) => {
    // Of several that a click is inside of, the innermost: a marker in a row of a table is not the row.
    let found = null;
    handlers.forEach((handler, selector) => {
      const element = event.target.closest?.(selector);
      if (element && (!found || (found.element !== element && found.element.contains(element)))) found = { element, handler };
    });
    found?.handler(found.element, event);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest(".sw-editor, .sw-act-form");
    if (!form) return;
    event.preventDefault();
    const fields = new FormData(form);
    if (form.matches(".sw-act-form")) return send("act", { ...carried(form), ...Object.fromEntries(fields) });
    const other = (fields.get("other") || "").trim();
    const values = other ? [other] : fields.getAll("value").filter(Boolean);
    form.hidePopover?.();
    send("change", { turn: turnOf(form).dataset.turn, slot: form.dataset.slot, values, old: form.dataset.old || "" });
  });
  // What a reader has open is opened again where the turn is drawn anew below it: Gradio draws the last of an answer twice.
  const OPENED = ".sw-editor, .sw-away";
  let opened = null;
  document.addEventListener("toggle", (event) => {
    const element = event.target;
    if (!element.matches?.(OPENED) || !element.isConnected) return;
    if (event.newState === "open") opened = { element, turn: turnOf(element)?.id, at: $$(OPENED, turnOf(element)).indexOf(element) };
    else if (opened?.element === element) opened = null;
  }, true);
  const openAgain = () => {
    if (!opened || opened.element.isConnected) return;
    const turn = document.getElementById(opened.turn), again = turn && $$(OPENED, turn)[opened.at];
    opened = null;
    if (again?.matches(".sw-editor")) again.showPopover();
    else if (again) again.open = true;
  };
  document.addEventListener("toggle", (event) => {
    const editor = event.target;
    if (!editor.matches?.(".sw-editor") || event.newState !== "open") return;
    const chip = $(`[popovertarget="${editor.id}"]`), at = chip.getBoundingClientRect();
    editor.style.left = `${Math.max(12, Math.min(at.left, innerWidth - editor.offsetWidth - 12))}px`;
    editor.style.top = `${Math.min(at.bottom + 6, innerHeight - editor.offsetHeight - 12)}px`;
    $("input:checked, input", editor)?.focus();
  }, true);
  // --- what changes by itself: a new turn comes into view, the server goes
  const watchers = [];
  let newest = "";
  const comeTo = (question, frames) => {
    if (question.offsetParent) question.scrollIntoView({ block: "start" });
    else if (frames) requestAnimationFrame(() => comeTo(question, frames - 1)); // asked from another tab
  };
  const watch = () => {
    applyTheme();
    openAgain();
    bringBack();
    document.documentElement.lang = language() === "en" ? "en" : "zh-CN";
    watchers.forEach((watcher) => watcher());
    const turn = $("#sw-current .sw-turn");
    const isNew = turn && (turn.dataset.turn !== newest || $(".sw-question", turn).textContent === sent.trim());
    if (isNew || $("#sw-note .sw-notice")) sent = ""; // it was taken up
    document.documentElement.classList.toggle("sw-empty", !turn);
    // What is suggested belongs to one answer, and may come after the next question was asked.
    const next = $("#sw-suggestions .sw-next");
    if (next) next.hidden = next.dataset.after !== turn?.dataset.asking;
    if (turn && turn.dataset.turn !== newest) {
      if (turn.dataset.turn !== "1") comeTo($(".sw-question", turn), 60);
      newest = turn.dataset.turn;
    }
    if (!turn && newest) {
      newest = "";
      setHash("");
    }
    if (turn?.dataset.conversation && location.hash !== `#c=${turn.dataset.conversation}`) setHash(turn.dataset.conversation);
    $$(".toast-body.error").forEach((toast) => {
      if (toast.dataset.told) return;
      toast.dataset.told = "1";
      if (/connection/i.test(toast.textContent)) tell(said("lost"), true);
    });
  };
  new MutationObserver(watch).observe(document.documentElement, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["data-key", "data-turn", "data-conversation"],
  });
  const watchTheme = () => new MutationObserver(applyTheme).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  if (document.body) watchTheme(); // Gradio may put this script in after the page has loaded
  else document.addEventListener("DOMContentLoaded", watchTheme);

  // Gradio tells of a lost connection only in some of the cases, in English, and not at all when an answer's own stream
  // breaks. A refused connection is a server gone; one that is merely slow is busy, and to load the page anew would only
  // lose the question it is busy with.
  const health = new URL("healthz", location.href.split(/[?#]/)[0]);
  const REFUSED = 2, SLOW = 6;
  let refused = 0, slow = 0;
  const listen = async () => {
    try {
      await fetch(health, { cache: "no-store", signal: AbortSignal.timeout(5000) });
      if (refused >= REFUSED) return location.reload();
      if (slow >= SLOW) tell("");
      refused = slow = 0;
    } catch (error) {
      if (error.name === "TimeoutError") slow += 1;
      else refused += 1;
      if (refused === REFUSED || slow === SLOW) tell(said("lost"), true);
    }
    const waiting = $('#sw-current .sw-turn[data-state="growing"]');
    setTimeout(listen, refused ? 1500 : waiting ? 2500 : 5000);
  };
  setTimeout(listen, 2500);

  return {
    $, $$, connect, address, submit, empty, switchLanguage, deliver, send, clicks, carried, turnOf, tell, save, calm, stored, watchers,
  };
})();
