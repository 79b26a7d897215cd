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
