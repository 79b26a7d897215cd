// Draws every chart of the page from the option beside it, again after a part of the page was replaced.
// Without this file the tables under the charts say the same.
(() => {
  "use strict";
  const drawn = new Map();

  function draw(box) {
    const data = document.getElementById(box.dataset.chart);
    if (!data || !window.echarts) return;
    const text = data.textContent;
    const before = drawn.get(box.id);
    if (before && before.box === box && before.text === text && box.firstElementChild) return;
    if (before) before.chart.dispose();
    box.hidden = false;
    const chart = window.echarts.init(box, null, { renderer: "svg" });
    chart.setOption(JSON.parse(text).option);
    chart.on("click", (bar) => { if (bar.data && bar.data.address) window.location.href = bar.data.address; });
    drawn.set(box.id, { box, text, chart });
    const table = document.querySelector(`details[data-table-of="${box.id}"]`);
    if (table && !before) table.open = false;
  }

  function drawAll() { document.querySelectorAll("[data-chart]").forEach(draw); }

  document.addEventListener("DOMContentLoaded", drawAll);
  document.addEventListener("htmx:after:swap", drawAll);
  window.addEventListener("resize", () => drawn.forEach(({ chart }) => chart.resize()));
})();
