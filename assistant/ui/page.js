// Two things that CSS cannot do: follow a citation without changing the address (the page's <base> would turn
// "#t1c1" into another page behind a proxy or a query), and bring a new question into view.
(() => {
  const follow = (target) => {
    document.querySelectorAll(".sw-here").forEach((e) => e.classList.remove("sw-here"));
    target.classList.add("sw-here");
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    target.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
    target.focus({ preventScroll: true });
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.sw-cite, a.sw-badge");
    const target = link && document.getElementById(link.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    follow(target);
  });
  let shown = "";
  new MutationObserver(() => {
    const turn = document.querySelector("#sw-current .sw-turn");
    const language = document.querySelector(".sw-header")?.dataset.language;
    if (language) document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    if (!turn || turn.dataset.turn === shown) return;
    shown = turn.dataset.turn;
    if (shown !== "1") turn.scrollIntoView({ block: "start" });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
