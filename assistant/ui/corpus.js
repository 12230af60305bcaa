// The corpus view: what is indexed; dropping files, sending them one by one, and watching the change that follows.
(() => {
  const views = (window.swViews ||= { kinds: {}, live: {}, wanted: null });

  const contents = async (view) => {
    const got = await view.call("contents", { generation: view.generation });
    if (!got) return;
    if (got.html) {
      view.generation = got.generation;
      view.one(".sw-v-store-box").innerHTML = got.store;
      view.one(".sw-v-contents-box").innerHTML = got.html;
      filter(view);
      chosen(view);
    }
    if (got.running) watch(view);
  };

  const filter = (view) => {
    const words = view.one("[name=filter]").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const rows = view.all(".sw-v-contents tbody tr");
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((w) => text.includes(w));
      shown += !row.hidden;
    }
    view.one(".sw-v-count").textContent = rows.length && !shown ? view.say("none") : view.say("shown", { n: shown, total: rows.length });
  };

  const boxes = (view) => view.all(".sw-v-contents [name=doc]");

  const chosen = (view) => {
    const remove = view.one(".sw-v-remove");
    if (!remove) return;
    const on = boxes(view).filter((b) => b.checked), seen = boxes(view).filter((b) => !b.closest("tr").hidden);
    remove.disabled = !on.length;
    calm(view);
    const all = view.one(".sw-v-all");
    all.checked = seen.length > 0 && seen.every((b) => b.checked);
    all.indeterminate = on.length > 0 && !all.checked;
  };

  // --- buttons that ask again before they act

  const calm = (view) => {
    for (const name of ["remove", "rebuild"]) {
      const button = view.one(`.sw-v-${name}`);
      if (!button) continue;
      delete button.dataset.armed;
      button.textContent = view.say(name);
    }
  };

  const twice = async (view, button, name, values, begin) => {
    if (!button.dataset.armed) {
      calm(view);
      button.dataset.armed = "1";
      button.textContent = view.say(`${name}Ask`, values);
      return;
    }
    calm(view);
    if (await begin()) watch(view);
  };

  const remove = (view, button) => {
    const docs = boxes(view).filter((b) => b.checked).map((b) => b.value);
    return twice(view, button, "remove", { n: docs.length }, () => view.call("begin_removing", { docs }));
  };

  // --- sending files

  const size = (view) => +view.root.dataset.size * 1e6;

  /** Why a file need not be sent at all; null if it may. */
  const refused = (view, file) => {
    const { suffixes, kinds } = view.root.dataset;
    const suffix = /\.[^.]+$/.exec(file.name)?.[0] ?? "";
    if (!suffixes.split(" ").includes(suffix.toLowerCase())) return view.say("whyKind", { kind: suffix || "?", kinds });
    if (file.size > size(view)) return view.say("whyLarge", { size: view.root.dataset.size });
    return file.size ? null : view.say("whyEmpty");
  };

  const line = (list, name) => {
    const item = document.createElement("li");
    const [label, state, bar] = [document.createElement("span"), document.createElement("span"), document.createElement("i")];
    label.textContent = name;
    item.append(label, state, bar);
    list.append(item);
    return (text, css, share = 0) => { state.textContent = text; item.className = css ? `sw-v-file-${css}` : ""; bar.style.width = `${share}%`; };
  };

  const address = () => {
    const { root = "", api_prefix: prefix = "/gradio_api" } = window.gradio_config ?? {};
    return `${root || location.origin}${prefix}/upload`;
  };

  /** The file's path on the server; throws a sentence if it was not taken. */
  const send = (view, file, moved) => new Promise((done, fail) => {
    const form = new FormData();
    form.append("files", file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", address());
    request.upload.onprogress = (e) => e.lengthComputable && moved(Math.round((100 * e.loaded) / e.total));
    request.onerror = request.onabort = () => fail(view.say("whyUpload"));
    request.onload = () => {
      if (request.status === 413) fail(view.say("whyLarge", { size: view.root.dataset.size }));
      else if (request.status !== 200) fail(view.say("whyRefused", { status: request.status }));
      else done(JSON.parse(request.responseText)[0]);
    };
    request.send(form);
  });

  const add = async (view, files) => {
    if (view.sending || !files.length) return;
    const count = +view.root.dataset.count;
    if (files.length > count) { view.tell(view.say("tooMany", { count })); return; }
    view.tell("");
    view.sending = true;
    const list = view.one(".sw-v-sending");
    list.replaceChildren();
    const lines = files.map((file) => ({ file, show: line(list, file.name), why: refused(view, file) }));
    for (const { show, why } of lines) show(why ?? view.say("waiting"), why ? "failed" : "waiting");
    const sent = [];
    for (const { file, show } of lines.filter((l) => !l.why)) {
      try {
        const path = await send(view, file, (percent) => show(view.say("sending", { percent }), "waiting", percent));
        sent.push({ path, name: file.name });
        show(view.say("sent"), "waiting", 100);
      } catch (why) {
        show(String(why), "failed");
      }
    }
    view.sending = false;
    if (!sent.length || !(await view.call("begin_adding", { files: sent }))) return;
    for (const item of [...list.children]) if (!item.classList.contains("sw-v-file-failed")) item.remove();
    watch(view);
  };

  // --- watching a change

  const watch = async (view) => {
    if (view.watching) return;
    view.watching = true;
    let got = null, misses = 0;
    do {
      got = await view.call("job");
      if (got) show(view, got);
      misses = got ? 0 : misses + 1;
      if (got?.running || (!got && misses < 5)) await new Promise((r) => setTimeout(r, got ? 400 : 2000));
    } while (got?.running || (!got && misses < 5));
    view.watching = false;
    if (got) await contents(view);
  };

  const show = (view, got) => {
    const box = view.one(".sw-v-job-box");
    if (!box) return;
    const focused = box.contains(document.activeElement);
    if (box.innerHTML !== got.html) box.innerHTML = got.html;
    if (focused) box.querySelector("button")?.focus();
    for (const b of view.all(".sw-v-rebuild, .sw-v-pick")) b.disabled = got.running;
  };

  const clicked = (view, event) => {
    const at = (selector) => event.target.closest?.(selector);
    if (at(".sw-v-pick")) return view.one(".sw-v-input").click();
    if (at(".sw-v-remove")) return remove(view, at(".sw-v-remove"));
    if (at(".sw-v-rebuild")) return twice(view, at(".sw-v-rebuild"), "rebuild", {}, () => view.call("begin_rebuilding"));
    if (at(".sw-v-stop")) { at(".sw-v-stop").disabled = true; return view.call("stop"); }
    if (at(".sw-v-dismiss")) { view.one(".sw-v-job-box").replaceChildren(); view.one(".sw-v-sending").replaceChildren(); return undefined; }
    if (!at(".sw-v-manage")) calm(view);
    return undefined;
  };

  const start = (view) => {
    const { element } = view;
    element.addEventListener("click", (e) => clicked(view, e));
    element.addEventListener("change", (e) => {
      if (e.target.matches(".sw-v-input")) { const files = [...e.target.files]; e.target.value = ""; add(view, files); }
      if (e.target.matches(".sw-v-all")) for (const b of boxes(view)) if (!b.closest("tr").hidden) b.checked = e.target.checked;
      if (e.target.matches(".sw-v-all, [name=doc]")) chosen(view);
    });
    element.addEventListener("input", (e) => { if (e.target.matches("[name=filter]")) { filter(view); chosen(view); } });
    element.addEventListener("submit", (e) => e.preventDefault());
    const over = (event, on) => {
      const drop = view.one(".sw-v-drop");
      if (!drop || ![...(event.dataTransfer?.types ?? [])].includes("Files")) return null;
      event.preventDefault();
      drop.classList.toggle("sw-v-over", on);
      return drop;
    };
    element.addEventListener("dragover", (e) => over(e, true));
    element.addEventListener("dragleave", (e) => over(e, false));
    element.addEventListener("drop", (e) => { if (over(e, false)) add(view, [...e.dataTransfer.files]); });
  };

  views.kinds.corpus = { start, draw: (view) => contents(view), refresh: (view) => contents(view) };
})();
