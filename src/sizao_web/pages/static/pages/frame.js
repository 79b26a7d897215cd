// A paper is printed by a button: no telephone has the key for it.
(() => {
  "use strict";
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
    for (const words of button.parentElement.querySelectorAll("[data-print-words]")) words.hidden = true;
  }
})();
// The menu closes by Escape, which gives the focus back to its button, and by a press anywhere else.
(() => {
  "use strict";
  const open = () => document.querySelector("details.menu[open]");
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && open();
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("pointerdown", (event) => {
    const menu = open();
    if (menu && !menu.contains(event.target)) menu.open = false;
  });
})();
// Signing out leaves nothing about anybody on a shared phone: unsent answers are deleted, after a question.
(() => {
  "use strict";
  const KEY = "sizao-unsent";
  document.addEventListener("submit", (event) => {
    const words = event.target instanceof HTMLFormElement && event.target.dataset.signsOut;
    if (!words) return;
    let waiting = [];
    try { waiting = JSON.parse(localStorage.getItem(KEY) || "[]"); } catch { waiting = []; }
    if (waiting.length && !confirm(words.replace("{n}", waiting.length))) { event.preventDefault(); return; }
    localStorage.removeItem(KEY);
    if ("caches" in window) caches.keys().then((names) => names.forEach((name) => caches.delete(name)));
    navigator.serviceWorker?.getRegistrations().then((found) => found.forEach((one) => one.unregister()));
  });
})();
