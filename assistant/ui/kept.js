// The conversations that this browser keeps: one list for all of its windows, each change of which is made to the list as
// it stands in the browser at that moment, so that no window writes over what another has kept. What was deleted is
// remembered, with the number of its questions: an answer still under way in another window does not bring it back, a
// further question does.
(() => {
  const { $, clicks, send, stored, watchers } = window.shengwen;
  const KEY = "shengwen-conversations", CONVERSATIONS = 20, CHARACTERS = 60_000, REMEMBERED = 50;

  const isOurs = (record) => typeof record?.id === "string" && (Array.isArray(record.asked) || Number.isInteger(record.gone));
  const read = () => {
    try {
      return JSON.parse(stored("localStorage", KEY) || "[]").filter(isOurs);
    } catch {
      return []; // not ours
    }
  };
  const write = (list) => stored("localStorage", KEY, JSON.stringify(list));

  const within = (list) => {
    let conversations = 0, characters = 0, gone = 0;
    return list.sort((a, b) => b.at - a.at).filter((record) => {
      if (!record.asked) return ++gone <= REMEMBERED;
      characters += record.asked.reduce((n, one) => n + one.q.length, 0);
      return ++conversations <= CONVERSATIONS && (characters <= CHARACTERS || conversations === 1);
    });
  };
  /** The list with one conversation as it is now, the last changed first. */
  const merge = (list, record, now) => {
    if (list.find((r) => r.id === record.id)?.gone >= record.asked.length) return list;
    const others = list.filter((r) => r.id !== record.id);
    return within(record.asked.length ? [{ ...record, at: now }, ...others] : others);
  };
  /** The list without one conversation, or without "all". */
  const without = (list, id, now) =>
    within(list.map((r) => (r.asked && (id === "all" || r.id === id) ? { id: r.id, gone: r.asked.length, at: now } : r)));

  const shown = () => JSON.stringify(read().filter((record) => record.asked));
  const told = () => $("#sw-welcome .sw-welcome") && send("kept", { kept: shown() });

  let last = "";
  watchers.push(() => {
    const record = $("#sw-kept [data-record]")?.dataset.record;
    if (!record || record === last) return;
    last = record;
    write(merge(read(), JSON.parse(record), Date.now()));
  });
  clicks({
    ".sw-reopen": (e) => send("reopen", { id: e.dataset.id, kept: shown() }),
    ".sw-forget": (e) => { write(without(read(), e.dataset.id, Date.now())); told(); },
    "#sw-clear": () => { window.shengwen.closeSource(); window.shengwen.empty(); send("clear", { kept: shown() }); },
    "#sw-switch": () => { window.shengwen.switchLanguage(); send("language", { kept: shown() }); },
  });
  addEventListener("storage", (event) => event.key === KEY && told()); // another window has changed the list
  Object.assign(window.shengwen, { kept: { shown, merge, without } });
})();
