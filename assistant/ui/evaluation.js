// The evaluation view: choosing a report, and its failed questions by type and language.
(() => {
  const views = (window.swViews ||= { kinds: {}, live: {}, wanted: null });

  const report = async (view) => {
    const got = await view.latest(view.call("report", { report: view.report }));
    if (!got) return;
    view.report = got.report;
    view.one("[name=report]").innerHTML = got.reports;
    view.one(".sw-v-report-form").hidden = !got.reports;
    view.one(".sw-v-report-box").innerHTML = got.html;
    view.one(".sw-v-failures").hidden = !got.reports;
    if (got.reports) await failures(view);
  };

  const failures = async (view, after = 0) => {
    const got = await view.listing(view.call("failures", { report: view.report, type: view.type, lang: view.lang, after }));
    if (!got) return;
    const list = view.one(".sw-v-failure-list");
    if (!after) list.replaceChildren();
    list.insertAdjacentHTML("beforeend", got.html);
    view.one(".sw-v-failures .sw-v-count").textContent = got.told;
    for (const label of view.all(".sw-v-failure-form label")) label.hidden = !got.kept;
    const more = view.one(".sw-v-more");
    more.hidden = !got.more;
    more.textContent = got.more;
    view.shown = got.shown ?? 0;
    if (!got.kept) return;
    view.one("[name=type]").innerHTML = got.types;
    view.one("[name=lang]").innerHTML = got.langs;
  };

  const start = (view) => {
    Object.assign(view, { report: "", type: "", lang: "", shown: 0, latest: views.newest(), listing: views.newest() });
    view.element.addEventListener("change", (e) => {
      if (e.target.matches("[name=report]")) { [view.report, view.type, view.lang] = [e.target.value, "", ""]; report(view); }
      else if (e.target.matches("[name=type], [name=lang]")) { view[e.target.name] = e.target.value; failures(view); }
    });
    view.element.addEventListener("click", (e) => { if (e.target.closest?.(".sw-v-more")) failures(view, view.shown); });
    view.element.addEventListener("submit", (e) => e.preventDefault());
  };

  views.kinds.evaluation = { start, draw: report };
})();
