// What all views share: a shell comes onto the page, its script fills it, and whatever goes wrong is told in a sentence.
// Nothing from a document or a reader becomes markup here: HTML comes from the server, made of escaped text.
(() => {
  const views = (window.swViews ||= { kinds: {}, live: {}, wanted: null });

  class View {
    constructor(element, server) {
      Object.assign(this, { element, server, generation: 0, seen: false });
    }

    get root() { return this.element.querySelector(".sw-v-view"); }
    get language() { return this.root.dataset.language; }
    one(selector) { return this.element.querySelector(selector); }
    all(selector) { return [...this.element.querySelectorAll(selector)]; }

    /** A sentence of the shell with its places filled. */
    say(name, values = {}) {
      return Object.entries(values).reduce((text, [k, v]) => text.replaceAll(`{${k}}`, v), this.root.dataset[name] ?? "");
    }

    /** A sentence above the view; what one call had to say is not wiped away by the success of another. */
    tell(text, by = "") {
      const notice = this.one(".sw-v-view-notice");
      if (!text && this.toldBy && by && this.toldBy !== by) return;
      this.toldBy = text ? by : "";
      if (notice.textContent !== (text ?? "")) notice.textContent = text ?? "";
      notice.hidden = !text;
    }

    /** Calls a function of the server; null if it did not work, which the reader is told. */
    async call(name, values = {}) {
      const language = this.language;
      try {
        const got = await this.server[name]({ language, ...values });
        if (got === undefined) throw new Error("no answer"); // Gradio's client keeps a lost connection to itself
        if (got?.failed) { this.tell(got.failed, name); return null; }
        this.tell("", this.toldBy === "connection" ? "connection" : name);
        return got;
      } catch {
        this.tell(this.say("lost"), "connection");
        return null;
      }
    }
  }

  /** Only the newest of several calls counts: a slow early answer must not replace a later one. */
  views.newest = () => {
    let last = 0;
    return async (work) => {
      const mine = ++last;
      const got = await work;
      return mine === last ? got : undefined;
    };
  };

  views.soon = (work, wait = 150) => {
    let timer;
    return (...given) => { clearTimeout(timer); timer = setTimeout(() => work(...given), wait); };
  };

  views.calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  views.save = ({ name, type, data }) => {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };

  views.mount = (name, element, server, watch) => {
    const view = new View(element, server);
    const kind = views.kinds[name];
    views.live[name] = view;
    kind.start(view);
    kind.draw(view);
    // A new language draws the shell anew: what the reader was looking at comes back in it.
    watch("value", () => { view.generation = 0; kind.draw(view); });
    // Coming back to a tab is the moment to see whether the corpus has changed.
    new IntersectionObserver((entries) => {
      const now = entries.some((e) => e.isIntersecting);
      if (now && !view.seen && view.drawn) kind.refresh?.(view);
      view.seen = now;
      view.drawn = true;
    }).observe(element);
  };

  /** A place in a document that another part of the page asked for. */
  views.open = (element) => {
    const place = element.querySelector("[data-key]");
    if (!place || place.dataset.key === views.wanted?.key) return;
    const { doc, start, end, key } = place.dataset;
    views.wanted = { doc, start: +start, end: +end, key, done: false };
    if (views.live.read) views.kinds.read.wanted(views.live.read);
  };
})();
