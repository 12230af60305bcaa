// All provinces: which view is open, sorting the table, and the picture as a file.
(() => {
  const { $, $$, clicks, save } = window.shengwen;

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
    const paper = document.createElementNS(shown.namespaceURI, "rect");
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

  clicks({
    ".sw-segment": (e) => choose(e),
    ".sw-sort": (e) => sort(e),
    ".sw-picture": (e) => takePicture(e),
  });
  // Bars and tiles are buttons of SVG, which have no keys of their own.
  document.addEventListener("keydown", (event) => {
    if (!event.target.matches?.("g.sw-mark") || ![" ", "Enter"].includes(event.key)) return;
    event.preventDefault();
    event.target.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  });
})();
