// Citations: the hint beside a marker, and the source panel, from the marker's card, which knows the place.
(() => {
  const { $, $$, send, clicks, carried, turnOf, calm, watchers } = window.shengwen;

  // --- citations: the marker, its card, the hint beside it, the source panel
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
  watchers.push(() => {
    const key = $("#sw-source .sw-source")?.dataset.key || "";
    if (!key || key === shownKey) return;
    shownKey = key;
    showSource();
  });

  clicks({
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
    ".sw-open": (e) => {
      const card = e.closest(".sw-card[id]");
      if (card) return openCard(turnOf(card), card.id.split("c")[1], e);
      opened = { from: e };
      send("open", carried(e));
    },
    ".sw-source .sw-read": (e) => { closeSource(); send("read", carried(e)); },
    ".sw-close": () => closeSource(),
    ".sw-step": (e) => step(Number(e.dataset.step)),
  });
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
  Object.assign(window.shengwen, { closeSource });
})();
