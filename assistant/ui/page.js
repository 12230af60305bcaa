// What CSS and Gradio cannot do. Clicks in our own HTML become signals (see bus.py); the rest is the browser's own
// business: the hint beside a marker, sorting a table, drawing a picture, the theme, the line that says that the server
// is gone. Nothing here knows what an answer means, and nothing is built from strings that came from elsewhere.
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
  const store = (name, value) => {
    try {
      if (value !== undefined) localStorage.setItem(name, value);
      return localStorage.getItem(name);
    } catch {
      return null; // the reader forbids it: the page works without
    }
  };
  const address = () =>
    JSON.stringify({ search: location.search, hash: location.hash, language: store("shengwen-language") });
  const setHash = (name) => history.replaceState(history.state, "", name ? `#c=${name}` : location.pathname);

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

  // --- citations: the marker, its card, the hint beside it, the source panel
  const turnOf = (element) => element.closest("[data-turn]");
  const cardOf = (turn, n) => turn && document.getElementById(`t${turn.dataset.turn}c${n}`);
  const tip = Object.assign(document.createElement("div"), { id: "sw-tip" });
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  let tipped = null;
  const hideTip = () => {
    tipped?.removeAttribute("aria-describedby");
    tipped = null;
    tip.hidden = true;
  };
  const showTip = (marker) => {
    const card = cardOf(turnOf(marker), marker.dataset.n);
    const quote = card && $(".sw-quote mark", card);
    if (!quote) return;
    const head = $$(".sw-card-head > span", card).map((e) => e.textContent);
    const of = Object.assign(document.createElement("span"), { className: "sw-tip-of", textContent: head.join(" · ") });
    const text = Object.assign(document.createElement("span"), { className: "sw-tip-quote", textContent: quote.textContent });
    tip.replaceChildren(text, of);
    if (!tip.isConnected) document.body.append(tip);
    tip.hidden = false;
    tipped = marker;
    marker.setAttribute("aria-describedby", "sw-tip");
    placeTip();
  };
  const placeTip = () => {
    const at = tipped.getBoundingClientRect();
    if (at.bottom < 0 || at.top > innerHeight) return hideTip();
    const width = tip.offsetWidth, height = tip.offsetHeight;
    tip.style.left = `${Math.max(12, Math.min(at.left - 24, innerWidth - width - 12))}px`;
    tip.style.top = `${at.top - height - 10 > 8 ? at.top - height - 10 : at.bottom + 10}px`;
  };

  let opened = null; // { turn, n, from }: what the panel shows, and where the reader came from
  const mark = (turn, n) => {
    $$(".sw-here").forEach((e) => e.classList.remove("sw-here"));
    if (!turn) return;
    cardOf(turn, n)?.classList.add("sw-here");
    $$(`.sw-cite[data-n="${n}"]`, turn).forEach((e) => e.classList.add("sw-here"));
  };
  const openCard = (turn, n, from) => {
    const card = cardOf(turn, n);
    if (!card) return;
    hideTip();
    mark(turn, n);
    opened = { turn: turn.dataset.turn, n, from: from || opened?.from || document.activeElement };
    send("open", { doc: card.dataset.doc, start: card.dataset.start, end: card.dataset.end });
  };
  const cardsOf = (turn) => $$(".sw-card[id]", turn);
  const step = (by) => {
    const turn = document.getElementById(`t${opened?.turn}`);
    const cards = turn ? cardsOf(turn) : [];
    const at = cards.findIndex((c) => c.id === `t${opened.turn}c${opened.n}`);
    const next = cards[(at + by + cards.length) % cards.length];
    if (next) openCard(turn, next.id.split("c")[1]);
  };
  const closeSource = () => {
    const holder = $("#sw-source");
    if (!holder?.classList.contains("sw-open-now")) return;
    holder.classList.remove("sw-open-now");
    document.documentElement.classList.remove("sw-sourced");
    opened?.from?.isConnected && opened.from.focus({ preventScroll: true });
  };
  let shownKey = "";
  const showSource = () => {
    const holder = $("#sw-source"), panel = holder && $(".sw-source", holder);
    if (!panel) return;
    holder.classList.add("sw-open-now");
    document.documentElement.classList.add("sw-sourced");
    const cards = opened ? cardsOf(document.getElementById(`t${opened.turn}`) || document.createElement("i")) : [];
    const steps = $(".sw-steps", panel);
    if (steps) {
      steps.hidden = cards.length < 2;
      const at = cards.findIndex((c) => c.id === `t${opened?.turn}c${opened?.n}`);
      $(".sw-step-at", panel).textContent = cards.length > 1 ? `${at + 1} / ${cards.length}` : "";
    }
    const text = $(".sw-source-text", panel), quote = text && $("mark", text);
    if (quote) text.scrollTop += quote.getBoundingClientRect().top - text.getBoundingClientRect().top - text.clientHeight / 3;
    $("h2", panel)?.focus({ preventScroll: true });
  };

  // --- tables and pictures
  const sort = (button) => {
    const head = button.closest("th"), table = button.closest("table"), body = $("tbody", table);
    const column = [...head.parentElement.children].indexOf(head);
    const up = head.getAttribute("aria-sort") !== "ascending";
    $$("th[aria-sort]", table).forEach((h) => h.setAttribute("aria-sort", "none"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const key = (row) => {
      const cell = row.children[column], number = Number(cell.dataset.value);
      return { text: cell.textContent.trim(), number: cell.dataset.value === undefined || isNaN(number) ? null : number };
    };
    const rows = [...body.rows].map((row) => ({ row, ...key(row) }));
    rows.sort((a, b) => {
      if (!a.text !== !b.text) return a.text ? -1 : 1; // the silent ones last, whichever way
      if ((a.number === null) !== (b.number === null)) return a.number === null ? 1 : -1;
      const order = a.number !== null ? a.number - b.number : a.text.localeCompare(b.text, "zh-CN");
      return up ? order : -order;
    });
    rows.forEach(({ row }) => body.append(row));
  };
  const LOOKS = ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-family", "font-size", "font-weight", "opacity"];
  const drawing = (box) => {
    // The picture as a file of its own: sizes and colours written out, as no style sheet goes with it.
    const shown = $("svg", box), copied = shown.cloneNode(true), size = shown.getBoundingClientRect();
    const from = [shown, ...$$("*", shown)], to = [copied, ...$$("*", copied)];
    from.forEach((e, i) => {
      const style = getComputedStyle(e);
      LOOKS.forEach((name) => to[i].style.setProperty(name, style.getPropertyValue(name)));
    });
    copied.setAttribute("width", Math.ceil(size.width));
    copied.setAttribute("height", Math.ceil(size.height));
    const paper = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    paper.setAttribute("width", "100%");
    paper.setAttribute("height", "100%");
    paper.style.fill = getComputedStyle(document.body).backgroundColor;
    copied.insertBefore(paper, $("defs, text, g", copied));
    return { text: new XMLSerializer().serializeToString(copied), width: Math.ceil(size.width), height: Math.ceil(size.height) };
  };
  const takePicture = async (button) => {
    const all = button.closest(".sw-all"), box = $$(".sw-box", all).find((b) => !b.hidden && $("svg", b)) || $(".sw-box svg", all)?.closest(".sw-box");
    if (!box) return;
    const hidden = box.hidden;
    box.hidden = false; // a hidden one has no size
    const { text, width, height } = drawing(box);
    const name = ($("title", box)?.textContent || "shengwen").replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 40);
    box.hidden = hidden;
    const svg = new Blob([text], { type: "image/svg+xml" });
    if (button.dataset.format === "svg") return save(svg, `${name}.svg`);
    const picture = new Image();
    picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    await picture.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: width * 2, height: height * 2 });
    const context = canvas.getContext("2d");
    context.scale(2, 2);
    context.drawImage(picture, 0, 0, width, height);
    canvas.toBlob((blob) => save(blob, `${name}.png`), "image/png");
  };
  const choose = (button) => {
    const all = button.closest(".sw-all"), view = button.dataset.view;
    $$(".sw-segment", all).forEach((b) => b.setAttribute("aria-pressed", String(b === button)));
    $$(".sw-box", all).forEach((b) => (b.hidden = b.dataset.view !== view));
  };

  // --- the box
  const ask = (question) => {
    const box = $("#sw-box textarea");
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, question);
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
    box.setSelectionRange(question.length, question.length);
  };

  // --- clicks
  const carried = (element) => ({ ...element.dataset, turn: turnOf(element)?.dataset.turn || "" });
  const TOOLS = {
    copy: (button) => send("act", { ...carried(button), act: "copy" }),
    edit: (button) => ask(button.closest(".sw-tools").dataset.question),
    link: (button) => copy(location.origin + location.pathname + button.closest(".sw-tools").dataset.link),
    retry: (button) => send("retry", carried(button)),
  };
  const CLICKS = {
    ".sw-cite": (e) => openCard(turnOf(e), e.dataset.n, e),
    ".sw-mark[data-n]": (e) => openCard(turnOf(e), e.dataset.n, document.activeElement),
    "a.sw-badge": (e, event) => {
      const target = document.getElementById(e.hash.slice(1));
      event.preventDefault();
      if (!target) return;
      closeSource();
      mark(turnOf(e), target.dataset.n);
      target.scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
      target.focus({ preventScroll: true });
    },
    ".sw-card-open": (e) => {
      const card = e.closest(".sw-card");
      if (card.id) return openCard(turnOf(card), card.id.split("c")[1], e);
      opened = { from: e };
      send("open", carried(e));
    },
    ".sw-open": (e) => { opened = { from: e }; send("open", carried(e)); },
    ".sw-read": (e) => { closeSource(); send("read", carried(e)); },
    ".sw-question-button": (e) => send("ask", carried(e)),
    ".sw-chip-cut": (e) => cut(e),
    ".sw-tool": (e) => TOOLS[e.dataset.tool]?.(e),
    ".sw-act": (e) => send("act", carried(e)),
    ".sw-picture": (e) => takePicture(e),
    ".sw-segment": (e) => choose(e),
    ".sw-sort": (e) => sort(e),
    ".sw-close": () => closeSource(),
    ".sw-step": (e) => step(Number(e.dataset.step)),
    ".sw-theme": (e) => { store("shengwen-theme", e.dataset.theme); applyTheme(); },
    ".sw-reopen": (e) => send("reopen", carried(e)),
    ".sw-forget": (e) => send("forget", carried(e)),
    "#sw-clear": () => { closeSource(); send("clear", {}); },
    "#sw-switch": () => { store("shengwen-language", language() === "zh" ? "en" : "zh"); send("language", {}); },
  };
  const cut = (button) => {
    const slot = button.closest(".sw-slot");
    const gone = button.dataset.value;
    const left = $$(".sw-chip-cut", slot).map((b) => b.dataset.value).filter((value) => value !== gone);
    const measure = button.dataset.slot === "measures";
    send("change", { ...carried(button), values: measure ? [] : left, old: measure ? gone : "" });
  };
  document.addEventListener("click", (event) => {
    const found = Object.keys(CLICKS).find((selector) => event.target.closest?.(selector));
    if (found) CLICKS[found](event.target.closest(found), event);
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
  document.addEventListener("toggle", (event) => {
    const editor = event.target;
    if (!editor.matches?.(".sw-editor") || event.newState !== "open") return;
    const chip = $(`[popovertarget="${editor.id}"]`), at = chip.getBoundingClientRect();
    editor.style.left = `${Math.max(12, Math.min(at.left, innerWidth - editor.offsetWidth - 12))}px`;
    editor.style.top = `${Math.min(at.bottom + 6, innerHeight - editor.offsetHeight - 12)}px`;
    $("input:checked, input", editor)?.focus();
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (tipped) return hideTip();
    if (!$(".sw-editor:popover-open")) closeSource();
  });
  for (const [come, go] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
    document.addEventListener(come, (event) => {
      const marker = event.target.closest?.(".sw-cite");
      if (marker && marker !== tipped) showTip(marker);
    });
    document.addEventListener(go, (event) => event.target.closest?.(".sw-cite") && hideTip());
  }
  addEventListener("scroll", () => tipped && placeTip(), { passive: true, capture: true });

  // --- what changes by itself: a new turn comes into view, the panel fills, the server goes
  let newest = "";
  const watch = () => {
    applyTheme();
    document.documentElement.lang = language() === "en" ? "en" : "zh-CN";
    const key = $("#sw-source .sw-source")?.dataset.key || "";
    if (key && key !== shownKey) {
      shownKey = key;
      showSource();
    }
    const turn = $("#sw-current .sw-turn");
    document.documentElement.classList.toggle("sw-empty", !turn);
    if (turn && turn.dataset.turn !== newest) {
      if (turn.dataset.turn !== "1") $(".sw-question", turn).scrollIntoView({ block: "start" });
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
  // breaks. Two failures in a row: a server that is merely busy is not lost.
  const health = new URL("healthz", location.href.split(/[?#]/)[0]);
  let failures = 0;
  const listen = async () => {
    const waiting = $('#sw-current .sw-turn[data-state="growing"]');
    if (!document.hidden || failures) {
      try {
        const answer = await fetch(health, { cache: "no-store", signal: AbortSignal.timeout(5000) });
        if (!answer.ok) throw new Error(answer.statusText);
        if (failures > 1) return location.reload();
        failures = 0;
      } catch {
        failures += 1;
        if (failures === 2) tell(said("lost"), true);
      }
    }
    setTimeout(listen, failures ? 1500 : waiting ? 2500 : 5000);
  };
  setTimeout(listen, 2500);

  return { connect, address, deliver, send };
})();
