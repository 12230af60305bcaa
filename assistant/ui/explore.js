// The exploring view: filters, a sortable and paged table, a chart of one measure, and counts of terms.
(() => {
  const views = (window.swViews ||= { kinds: {}, live: {}, wanted: null });

  const asked = (view, extra = {}) => {
    const form = view.one(".sw-v-figure-filters");
    const { measure = "", province = "", period = "", year = "0", unit = "" } = Object.fromEntries(new FormData(form));
    return { measure, province, period, unit, year: +year || 0, axis: view.axis, order: view.order, falling: view.falling, page: view.page, ...extra };
  };

  const figures = async (view) => {
    view.one(".sw-v-explore").classList.add("sw-v-busy");
    const got = await view.latest(view.call("figures", asked(view)));
    if (got === undefined) return;
    view.one(".sw-v-explore").classList.remove("sw-v-busy");
    if (!got) return;
    view.one(".sw-v-table-head .sw-v-count").textContent = got.told;
    view.one(".sw-v-rows-box").innerHTML = got.table;
    view.one(".sw-v-pages-box").innerHTML = got.pages;
    for (const b of view.all("#sw-v-pane-figures .sw-v-download")) b.disabled = !got.table;
    if (got.chart === undefined) return;
    view.one(".sw-v-chart-why").textContent = got.why;
    view.one(".sw-v-chart-why").hidden = !got.why;
    view.one(".sw-v-chart-head").hidden = view.one(".sw-v-chart-note").hidden = !got.chart;
    view.one(".sw-v-chart-head h3").textContent = got.title;
    view.one("[name=axis]").innerHTML = got.axes;
    view.one(".sw-v-chart-place").innerHTML = got.chart;
    sorted(view);
  };

  const sorted = (view) => {
    const chart = view.one(".sw-v-chart");
    const by = view.one("[name=sort]").value;
    if (!chart) return;
    const rows = [...chart.children];
    rows.forEach((row, i) => (row.dataset.at ??= i));
    const value = (row) => (row.dataset[by] === "" ? -Infinity : +row.dataset[by]);
    rows.sort((a, b) => (by ? value(b) - value(a) : 0) || a.dataset.at - b.dataset.at);
    chart.append(...rows);
  };

  const filters = async (view) => {
    const got = await view.call("filters", { generation: view.generation });
    if (!got?.provinces) return false;
    const form = view.one(".sw-v-figure-filters");
    const names = { province: "provinces", period: "periods", year: "years", unit: "units" };
    for (const [name, key] of Object.entries(names)) {
      const before = form.elements[name].value || view.chosen?.[name] || "";
      form.elements[name].innerHTML = got[key];
      if ([...form.elements[name].options].some((o) => o.value === before)) form.elements[name].value = before;
    }
    view.one("#sw-v-measures").innerHTML = got.measures;
    view.generation = got.generation;
    return true;
  };

  const terms = async (view) => {
    const { text, by } = Object.fromEntries(new FormData(view.one(".sw-v-term-form")));
    const got = await view.counting(view.call("terms", { text, by }));
    if (!got) return;
    view.counted = { text, by };
    view.one(".sw-v-terms-why").hidden = true;
    view.one(".sw-v-terms-head").hidden = false;
    view.one(".sw-v-terms-place").innerHTML = got.html;
  };

  const places = async (view, button) => {
    const section = button.closest(".sw-v-term");
    const { province, key } = button.dataset;
    const got = await view.call("places", { text: section.dataset.term, by: view.counted.by, province, key });
    if (!got) return;
    section.querySelectorAll(".sw-v-places[aria-pressed]").forEach((b) => b.removeAttribute("aria-pressed"));
    button.setAttribute("aria-pressed", "true");
    const box = section.querySelector(".sw-v-term-places");
    box.innerHTML = got.html;
    box.focus({ preventScroll: true });
    box.scrollIntoView({ block: "nearest", behavior: views.calm() ? "auto" : "smooth" });
  };

  const segment = (view, tab) => {
    for (const other of view.all("[role=tab]")) {
      const on = other === tab;
      other.setAttribute("aria-selected", on);
      other.tabIndex = on ? 0 : -1;
      view.one(`#${other.getAttribute("aria-controls")}`).hidden = !on;
    }
    view.segment = tab.id;
  };

  const download = async (view, button) => {
    const { format } = button.dataset;
    const got = button.closest("#sw-v-pane-terms")
      ? await view.call("term_file", { ...view.counted, format })
      : await view.call("figure_file", asked(view, { format }));
    if (got) views.save(got.file);
  };

  const clicked = (view, event) => {
    const at = (selector) => event.target.closest?.(selector);
    if (at("[role=tab]")) return segment(view, at("[role=tab]"));
    if (at(".sw-v-order")) {
      const { order } = at(".sw-v-order").dataset;
      [view.falling, view.order, view.page] = [view.order === order ? !view.falling : order === "value" || order === "year", order, 1];
      return figures(view).then(() => view.one(`.sw-v-order[data-order=${order}]`)?.focus());
    }
    if (at(".sw-v-page-step")) {
      view.page = +at(".sw-v-page-step").dataset.page;
      return figures(view).then(() => view.one(".sw-v-table-head").scrollIntoView({ block: "start" }));
    }
    if (at(".sw-v-places")) return places(view, at(".sw-v-places"));
    if (at(".sw-v-download")) return download(view, at(".sw-v-download"));
    return undefined;
  };

  const again = (view) => { view.page = 1; figures(view); };

  const start = (view) => {
    Object.assign(view, { latest: views.newest(), counting: views.newest(), page: 1, order: "", falling: false, axis: "" });
    const { element } = view;
    const typed = views.soon(() => again(view), 250);
    element.addEventListener("click", (e) => clicked(view, e));
    element.addEventListener("keydown", (e) => {
      if (!e.target.matches?.("[role=tab]") || !/^Arrow(Left|Right)$/.test(e.key)) return;
      const other = view.all("[role=tab]").find((t) => t !== e.target);
      segment(view, other);
      other.focus();
    });
    element.addEventListener("change", (e) => {
      if (e.target.matches("[name=sort]")) sorted(view);
      else if (e.target.matches("[name=axis]")) { view.axis = e.target.value; again(view); }
      else if (e.target.matches(".sw-v-figure-filters select")) again(view);
      else if (e.target.matches("[name=by]") && view.counted) terms(view);
    });
    element.addEventListener("input", (e) => { if (e.target.matches("[name=measure]")) { view.axis = ""; typed(); } });
    element.addEventListener("reset", () => { view.axis = view.order = ""; view.falling = false; setTimeout(() => again(view)); });
    element.addEventListener("submit", (e) => {
      e.preventDefault();
      if (e.target.matches(".sw-v-term-form")) terms(view); else again(view);
    });
  };

  // A new language empties the selects of the shell: what was chosen is remembered around it.
  const draw = async (view) => {
    if (view.segment) segment(view, view.one(`#${view.segment}`));
    await filters(view);
    await figures(view);
    if (view.counted) await terms(view);
  };

  const remember = (view) => {
    view.chosen = Object.fromEntries(new FormData(view.one(".sw-v-figure-filters")));
  };

  const begin = (view) => {
    start(view);
    view.element.addEventListener("change", () => remember(view));
  };

  const refresh = async (view) => { if (await filters(view)) await figures(view); };

  views.kinds.explore = { start: begin, draw, refresh };
})();
