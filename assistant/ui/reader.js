// The reading view: choosing a document, its outline, search and figures, and what the selected words lead to.
// Offsets are code points of the document's text; the text on the page is that text, in order and without a gap.
(() => {
  const views = (window.swViews ||= { kinds: {}, live: {}, wanted: null });
  const points = (text) => { let n = 0; for (const _ of text) n++; return n; };
  const units = (text, n) => { let at = 0; for (const c of text) { if (n-- <= 0) break; at += c.length; } return at; };

  /** The text nodes of the sheet with the offsets at which they begin. */
  const nodesOf = (view) => {
    const walker = document.createTreeWalker(view.one(".sw-v-text"), NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT, {
      acceptNode: (n) => n.nodeType === Node.TEXT_NODE ? NodeFilter.FILTER_ACCEPT
        : n.classList.contains("sw-v-insert") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP,
    });
    const nodes = [];
    let at = 0;
    while (walker.nextNode()) {
      nodes.push({ node: walker.currentNode, start: at });
      at += points(walker.currentNode.data);
    }
    return nodes;
  };

  const nodeAt = (nodes, offset) => {
    let low = 0, high = nodes.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (nodes[middle].start <= offset) low = middle; else high = middle - 1;
    }
    return nodes[low];
  };

  const rangeOf = (view, start, end) => {
    const range = document.createRange();
    const first = nodeAt(view.nodes, start), last = nodeAt(view.nodes, Math.max(start, end - 1));
    range.setStart(first.node, units(first.node.data, start - first.start));
    range.setEnd(last.node, units(last.node.data, end - last.start));
    return range;
  };

  const offsetOf = (view, node, at) => {
    const found = view.nodes.find((n) => n.node === node);
    if (found) return found.start + points(node.data.slice(0, at));
    const next = node.childNodes[at] ?? null; // a boundary between elements: where the next text begins
    const after = view.nodes.find((n) => next ? next.contains(n.node) || next.compareDocumentPosition(n.node) & 4
      : !node.contains(n.node) && node.compareDocumentPosition(n.node) & 4);
    return after ? after.start : view.place.characters;
  };

  const textOf = (view, start, end) => rangeOf(view, start, end).toString();

  const paint = (name, ranges) => {
    if (window.CSS?.highlights) CSS.highlights.set(name, new Highlight(...ranges));
  };

  const scrollTo = (view, start, end, block = "center") => {
    const range = rangeOf(view, start, Math.max(end, start + 1));
    const element = range.startContainer.parentElement;
    element.scrollIntoView({ block, behavior: "auto" });
  };

  /** Where this window was reading, for when its page is loaded anew; another window has its own. */
  const remembered = (place) => {
    try {
      if (place === null) sessionStorage.removeItem("shengwen-reading");
      else if (place) sessionStorage.setItem("shengwen-reading", JSON.stringify(place));
      return JSON.parse(sessionStorage.getItem("shengwen-reading"));
    } catch {
      return null; // the reader forbids it, or something else wrote it
    }
  };

  // --- the library

  const showLibrary = (view) => {
    view.place = null;
    view.top = 0;
    remembered(null);
    hideBar(view);
    view.one(".sw-v-reading").hidden = true;
    view.one(".sw-v-library").hidden = false;
    filter(view);
  };

  const filter = (view) => {
    const form = view.one(".sw-v-filters");
    const { province, year } = Object.fromEntries(new FormData(form));
    const title = form.elements.title.value.trim().toLowerCase();
    let shown = 0;
    const entries = view.all(".sw-v-docs > li");
    for (const li of entries) {
      const fits = (!province || li.dataset.provinces.split(" ").includes(province))
        && (!year || li.dataset.year === year) && (!title || li.textContent.toLowerCase().includes(title));
      li.hidden = !fits;
      shown += fits;
    }
    view.one(".sw-v-count").textContent =
      entries.length && !shown ? view.say("none") : view.say("shown", { n: shown, total: entries.length });
  };

  const library = async (view) => {
    const got = await view.call("library", { generation: view.generation });
    if (!got?.html) return;
    const form = view.one(".sw-v-filters");
    const chosen = [form.elements.province.value || view.province || "", form.elements.year.value || view.year || ""];
    form.elements.province.innerHTML = got.provinces;
    form.elements.year.innerHTML = got.years;
    [form.elements.province.value, form.elements.year.value] = chosen;
    view.one(".sw-v-shelf").innerHTML = got.html;
    view.generation = got.generation;
    filter(view);
  };

  // --- one document

  const open = async (view, wanted) => {
    view.one(".sw-v-count").textContent = view.say("waiting");
    const got = await view.latest(view.call("document", wanted));
    if (got === undefined) return;
    if (got === null) { if (!view.place) filter(view); return; }
    view.place = { doc: got.doc, digest: got.digest, start: wanted.start ?? 0, end: wanted.end ?? 0, characters: got.characters, owners: got.provinces };
    view.one(".sw-v-library").hidden = true;
    view.one(".sw-v-reading").hidden = false;
    view.one(".sw-v-sheet-title").textContent = got.title;
    view.one(".sw-v-sheet-facts").textContent =
      [got.origin, view.say("characters", { n: got.characters.toLocaleString() }), view.say("figures", { n: got.figures })].filter(Boolean).join(" · ");
    view.one(".sw-v-text").innerHTML = got.text;
    view.one(".sw-v-outline").innerHTML = got.outline;
    view.one(".sw-v-outline-box").open = !matchMedia("(max-width: 860px)").matches;
    view.nodes = nodesOf(view);
    view.figure = -1;
    hideBar(view);
    roving(view, view.all(".sw-v-s")[0]);
    find(view, true);
    if (got.marked || got.at) scrollTo(view, got.at, wanted.end ?? got.at, got.marked ? "center" : "start");
    else view.one(".sw-v-sheet-head").scrollIntoView({ block: "nearest" });
    if (got.marked) {
      const sentence = sentenceAt(view, got.at);
      if (sentence) roving(view, sentence);
    }
    view.one(".sw-v-sheet-title").focus({ preventScroll: true });
    requestAnimationFrame(() => current(view));
  };

  const sentenceAt = (view, offset) => view.all(".sw-v-s").find((s) => +s.dataset.s <= offset && offset < +s.dataset.e);

  const current = (view) => {
    if (!view.place) return;
    const seen = view.all(".sw-v-s").find((s) => s.getBoundingClientRect().bottom > 70);
    if (!view.one(".sw-v-text").offsetParent) return; // another tab is shown
    view.top = seen ? +seen.dataset.s : 0;
    remembered({ doc: view.place.doc, top: view.top });
    let here = null;
    for (const section of view.all(".sw-v-section")) {
      if (section.getBoundingClientRect().top > innerHeight * 0.35) break;
      here = +section.dataset.start;
    }
    let last = null;
    for (const entry of view.all(".sw-v-goto")) {
      entry.removeAttribute("aria-current");
      if (here !== null && +entry.dataset.start <= here) last = entry;
    }
    last ??= view.one(".sw-v-goto");
    if (!last) return;
    last.setAttribute("aria-current", "true");
    const box = view.one(".sw-v-outline");
    const over = last.offsetTop - box.offsetTop;
    if (over < box.scrollTop || over > box.scrollTop + box.clientHeight - 40) box.scrollTop = over - 60;
  };

  // --- search in the document

  const find = async (view, quiet = false) => {
    const text = view.one("[name=find]").value.trim();
    const got = text ? await view.finding(view.call("find", { doc: view.place.doc, digest: view.place.digest, text })) : { places: [] };
    if (!got || !view.place) return;
    view.places = got.places;
    paint("sw-v-found", got.places.map(([a, b]) => rangeOf(view, a, b)));
    for (const button of view.all(".sw-v-find .sw-v-step")) button.disabled = !got.places.length;
    view.at = -1;
    if (!text) { paint("sw-v-found-here", []); view.one(".sw-v-found").textContent = ""; return; }
    if (!got.places.length) { paint("sw-v-found-here", []); view.one(".sw-v-found").textContent = view.say("notFound"); return; }
    if (quiet) { step(view, 0, false); return; }
    step(view, 1);
  };

  const step = (view, by, scroll = true) => {
    const n = view.places?.length ?? 0;
    if (!n) return;
    view.at = view.at < 0 ? 0 : (view.at + by + n) % n;
    const [start, end] = view.places[view.at];
    const range = rangeOf(view, start, end);
    paint("sw-v-found-here", [range]);
    view.one(".sw-v-found").textContent = view.say("found", { at: view.at + 1, n });
    if (scroll) range.startContainer.parentElement.scrollIntoView({ block: "center", behavior: "auto" });
    if (!window.CSS?.highlights && scroll) { getSelection().removeAllRanges(); getSelection().addRange(range); }
  };

  // --- figures

  const tip = (view, figure) => {
    const box = view.one(".sw-v-tip");
    view.all(".sw-v-fig[aria-describedby]").forEach((f) => f.removeAttribute("aria-describedby"));
    box.hidden = !figure || !view.one(".sw-v-text").classList.contains("sw-v-show-figures");
    if (box.hidden) return;
    box.id ||= "sw-v-figure-tip";
    box.textContent = figure.dataset.tip;
    figure.setAttribute("aria-describedby", box.id);
    const at = figure.getBoundingClientRect(), frame = view.root.getBoundingClientRect();
    const left = Math.min(Math.max(at.left - frame.left, 0), Math.max(0, frame.width - box.offsetWidth));
    const below = at.top < box.offsetHeight + 90;
    box.style.left = `${left}px`;
    box.style.top = `${(below ? at.bottom + 6 : at.top - box.offsetHeight - 6) - frame.top}px`;
  };

  const stepFigure = (view, by) => {
    const figures = view.all(".sw-v-fig");
    if (!figures.length) return;
    view.one("[name=figures]").checked = true;
    view.one(".sw-v-text").classList.add("sw-v-show-figures");
    view.figure = view.figure < 0 ? nearestFigure(figures, by) : (view.figure + by + figures.length) % figures.length;
    const figure = figures[view.figure];
    figure.scrollIntoView({ block: "center", behavior: "auto" });
    figure.focus({ preventScroll: true });
    tip(view, figure);
  };

  /** The first figure on the screen, or the last above it. */
  const nearestFigure = (figures, by) => {
    const visible = figures.findIndex((f) => f.getBoundingClientRect().top > 120);
    return visible < 0 ? figures.length - 1 : by > 0 ? visible : Math.max(0, visible - 1);
  };

  // --- what the selected words lead to

  const roving = (view, sentence) => {
    view.all('.sw-v-s[tabindex="0"]').forEach((s) => s.removeAttribute("tabindex"));
    sentence?.setAttribute("tabindex", "0");
  };

  const hideBar = (view) => {
    view.one(".sw-v-bar").hidden = true;
    view.chosen = null;
    paint("sw-v-chosen", []);
  };

  const ownerOf = (view, offset) => view.place.owners.reduce((found, o) => (o[0] <= offset ? o : found), [0, "", 0]);

  const choose = (view, start, end) => {
    const text = textOf(view, start, end);
    const lead = points(text) - points(text.trimStart()), tail = points(text) - points(text.trimEnd());
    if (lead + tail >= points(text)) return hideBar(view);
    [start, end] = [start + lead, end - tail];
    view.chosen = { start, end, text: text.trim() };
    paint("sw-v-chosen", [rangeOf(view, start, end)]);
    const [, province, year] = ownerOf(view, start);
    const letters = [...view.chosen.text], most = +view.root.dataset.quoted;
    const quote = letters.length > most ? letters.slice(0, most).join("") + "…" : view.chosen.text.replace(/[。；;，,]$/u, "");
    const button = view.one(".sw-v-bar-ask");
    const place = province + (year && view.language === "zh" ? `${year}年` : year ? ` ${year}` : "");
    button.dataset.q = province ? view.say("ask", { place, quote }) : view.say("askAnywhere", { quote });
    if (province) button.dataset.p = province; else delete button.dataset.p;
    view.one(".sw-v-bar-note").textContent = view.say("selected", { n: letters.length });
    view.one(".sw-v-bar").hidden = false;
  };

  const similar = async (view) => {
    const { start, end } = view.chosen;
    const { doc, digest } = view.place;
    view.one(".sw-v-bar-note").textContent = view.say("waiting");
    const got = await view.call("similar", { doc, digest, start, end });
    if (!got || view.place?.doc !== doc) return;
    view.one(".sw-v-insert")?.remove();
    const box = document.createElement("aside");
    box.className = "sw-v-insert";
    box.tabIndex = -1;
    const title = document.createElement("h3"), close = document.createElement("button");
    title.textContent = view.say("similar");
    close.type = "button";
    close.className = "sw-v-insert-close";
    close.textContent = "×";
    close.setAttribute("aria-label", view.say("close"));
    const inside = document.createElement("div");
    inside.innerHTML = got.html;
    box.append(title, close, inside);
    box.setAttribute("aria-label", title.textContent);
    nodeAt(view.nodes, end - 1).node.parentElement.closest(".sw-v-par").after(box);
    hideBar(view);
    box.scrollIntoView({ block: "nearest" });
    box.focus({ preventScroll: true });
  };

  const selected = (view) => {
    const selection = getSelection();
    const text = view.one(".sw-v-text");
    if (!selection.rangeCount || selection.isCollapsed) return false;
    const range = selection.getRangeAt(0);
    if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) return false;
    const start = offsetOf(view, range.startContainer, range.startOffset);
    const end = offsetOf(view, range.endContainer, range.endOffset);
    if (end <= start) return false;
    choose(view, start, end);
    return true;
  };

  const sentenceChosen = (view, sentence) => {
    roving(view, sentence);
    choose(view, +sentence.dataset.s, +sentence.dataset.e);
  };

  const moved = (view, sentence, key) => {
    const all = view.all(".sw-v-s"), at = all.indexOf(sentence);
    const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[key];
    const next = all[to];
    if (!next) return;
    roving(view, next);
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };

  // --- events: one listener each on the element, which outlives every drawing of the shell

  const clicked = (view, event) => {
    const at = (selector) => event.target.closest?.(selector);
    if (at(".sw-v-doc")) return open(view, { doc: at(".sw-v-doc").dataset.doc, province: view.one(".sw-v-filters").elements.province.value });
    if (at(".sw-v-back")) return showLibrary(view);
    if (at(".sw-v-goto") && matchMedia("(max-width: 860px)").matches) view.one(".sw-v-outline-box").open = false;
    if (at(".sw-v-goto")) return scrollTo(view, +at(".sw-v-goto").dataset.start, +at(".sw-v-goto").dataset.start, "start");
    if (at(".sw-v-step")) return step(view, +at(".sw-v-step").dataset.step);
    if (at(".sw-v-step-figure")) return stepFigure(view, +at(".sw-v-step-figure").dataset.step);
    if (at(".sw-v-bar-similar")) return view.chosen && similar(view);
    if (at(".sw-v-bar-close")) return hideBar(view);
    if (at(".sw-v-insert-close")) return at(".sw-v-insert").remove();
    if (at(".sw-v-bar-copy")) return copy(view);
    if (at(".sw-v-insert")) return undefined;
    const figure = at(".sw-v-fig");
    if (figure) { view.figure = view.all(".sw-v-fig").indexOf(figure); tip(view, figure); }
    const sentence = at(".sw-v-s");
    if (sentence && !selected(view)) sentenceChosen(view, sentence);
    return undefined;
  };

  const copy = async (view) => {
    if (!view.chosen) return;
    try {
      await navigator.clipboard.writeText(view.chosen.text);
    } catch { // no secure context: the old way
      getSelection().removeAllRanges();
      getSelection().addRange(rangeOf(view, view.chosen.start, view.chosen.end));
      document.execCommand("copy");
    }
    view.one(".sw-v-bar-note").textContent = view.say("copied");
  };

  const pressed = (view, event) => {
    if (event.key === "Escape") { tip(view, null); return view.chosen ? hideBar(view) : undefined; }
    const sentence = event.target.closest?.(".sw-v-s");
    if (!sentence) return undefined;
    if (event.key === "Enter") { event.preventDefault(); sentenceChosen(view, sentence); view.one(".sw-v-bar-ask").focus(); }
    else if (/^(Arrow|Home|End)/.test(event.key)) { event.preventDefault(); moved(view, sentence, event.key); }
    return undefined;
  };

  const start = (view) => {
    view.latest = views.newest();
    view.finding = views.newest();
    const { element } = view;
    element.addEventListener("click", (e) => clicked(view, e));
    element.addEventListener("keydown", (e) => pressed(view, e));
    element.addEventListener("change", (e) => {
      if (e.target.matches(".sw-v-filters select")) filter(view);
      if (e.target.matches("[name=figures]")) { view.one(".sw-v-text").classList.toggle("sw-v-show-figures", e.target.checked); tip(view, null); }
    });
    const finding = views.soon(() => view.place && find(view));
    element.addEventListener("input", (e) => {
      if (e.target.matches("[name=title]")) filter(view);
      if (e.target.matches("[name=find]")) finding();
    });
    element.addEventListener("submit", (e) => {
      e.preventDefault();
      if (e.target.matches(".sw-v-find")) step(view, 1);
    });
    element.addEventListener("pointerover", (e) => { const f = e.target.closest?.(".sw-v-fig"); if (f) tip(view, f); });
    element.addEventListener("pointerout", (e) => { if (e.target.closest?.(".sw-v-fig")) tip(view, null); });
    element.addEventListener("pointerup", () => setTimeout(() => view.place && selected(view)));
    addEventListener("scroll", views.soon(() => current(view), 60), { passive: true });
  };

  const draw = async (view) => {
    const left = view.drawnOnce ? null : remembered();
    const before = view.place ?? (left && (!views.wanted || views.wanted.done) ? { doc: left.doc, start: 0, end: 0 } : null);
    view.top = view.place ? view.top : left?.top;
    view.drawnOnce = true;
    const searched = view.one("[name=find]").value;
    if (before) {
      const { doc, start: from, end } = before;
      const { top } = view;
      await open(view, { doc, start: from, end });
      if (top && view.place) scrollTo(view, top, top, "start");
      if (!view.place) showLibrary(view);
    } else if (!views.wanted || views.wanted.done) showLibrary(view);
    view.one("[name=find]").value = searched;
    if (views.wanted && !views.wanted.done) wanted(view);
    await library(view);
  };

  const wanted = (view) => {
    views.wanted.done = true;
    const { doc, start: from, end } = views.wanted;
    return open(view, { doc, start: from, end });
  };

  views.kinds.read = { start, draw, wanted, refresh: library };
})();
