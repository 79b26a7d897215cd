// A batch by keys: up and down move, a letter marks, Enter on the last goes to the button. The form works without it.
(() => {
  "use strict";
  const form = document.querySelector("form[data-batch]");
  if (!form) return;
  const KEYS = { p: "positive", d: "doubtful", i: "invalid", n: "negative", Backspace: "", Delete: "" };
  const rows = [...form.querySelectorAll("tr[data-row]")];
  const chosen = (row) => row.querySelector("input[type=radio]:checked") || row.querySelector("input[type=radio]");
  const go = (at) => {
    if (rows[at]) { chosen(rows[at]).focus(); rows[at].scrollIntoView({ block: "nearest" }); }
    else if (at >= rows.length) form.querySelector("button.btn-primary").focus();
  };
  form.addEventListener("keydown", (event) => {
    // Enter in the time would press the first button, "the rest is negative".
    if (event.key === "Enter" && event.target.matches("input[name=at]")) { event.preventDefault(); go(0); return; }
    const at = rows.indexOf(event.target.closest("tr[data-row]"));
    if (at < 0 || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown" || event.key === "Enter") { event.preventDefault(); go(at + 1); return; }
    if (event.key === "ArrowUp") { event.preventDefault(); go(at - 1); return; }
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!(key in KEYS)) return;
    event.preventDefault();
    event.stopPropagation();
    const box = [...rows[at].querySelectorAll("input[type=radio]")].find((one) => one.value === KEYS[key]);
    if (box) { box.checked = true; box.focus(); }
    if (KEYS[key]) go(at + 1);
  });
  if (matchMedia("(min-width: 768px)").matches && rows.length) go(0);
})();
