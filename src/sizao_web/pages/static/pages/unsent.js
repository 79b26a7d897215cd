// Answers that have not reached the server yet. They are written down on the phone before they are sent, and leave
// it only when the server has answered for them: never lost, and with the form's own number never counted twice.
// Only numbers and answers are kept, no names. frame.js deletes them when somebody signs out.
//
// A form takes part by data-visit: its own number stands in its field `visit`, its moment in `at`. data-needs selects
// the fields of which one must be filled in; data-said, where the desk's script writes it, is what the list says of it.
// Whoever wants to know what became of an entry listens for `unsent:became` (detail: entry, answer; cancel it to keep the
// form as it is), and for `unsent:opened` (detail: entry) when a refused one is opened again.
(() => {
  "use strict";
  const box = document.getElementById("unsent");
  if (!box) return;
  const KEY = "sizao-unsent";
  const PATIENCE = 20000; // milliseconds until a request counts as lost
  const AGAIN = 10000; // milliseconds between two tries
  const say = (name) => box.getAttribute(`data-w-${name}`) || "";
  const account = box.dataset.account;
  // The moment of a visit is the server's clock carried on: phones are set wrong, and a demonstration's clock is moved.
  const ahead = box.dataset.now ? Date.parse(box.dataset.now) - Date.now() : 0;
  const arrived = [];
  let sending = false;

  const load = () => { try { return JSON.parse(localStorage.getItem(KEY) || "[]"); } catch { return []; } };
  const save = (entries) => localStorage.setItem(KEY, JSON.stringify(entries));
  const change = (id, make) => {
    const entries = load();
    const at = entries.findIndex((one) => one.id === id);
    const made = make(at < 0 ? null : entries[at]);
    if (at >= 0) entries.splice(at, 1);
    if (made) entries.splice(at < 0 ? entries.length : at, 0, made);
    save(entries);
  };
  const mine = () => load().filter((one) => one.account === account);
  const cookie = (name) => document.cookie.split("; ").map((one) => one.split("=")).find(([key]) => key === name)?.[1] || "";

  async function send(entry) {
    // What the server said, or why it could not be asked.
    let response;
    try {
      response = await fetch(entry.to || box.dataset.record, {
        method: "POST", body: new URLSearchParams(entry.fields), credentials: "same-origin", redirect: "manual",
        headers: { Accept: "application/json", "X-CSRFToken": cookie("csrftoken") }, signal: AbortSignal.timeout(PATIENCE),
      });
    } catch { return { note: "offline" }; }
    if (response.type === "opaqueredirect" || response.status === 401) return { note: "signin" };
    if (response.status === 403) return { note: "forbidden" };
    if (response.status >= 500 || response.status === 408 || response.status === 429) return { note: "busy" };
    let said;
    try { said = await response.json(); } catch { return { note: "busy" }; }
    if (said.problem) return { refused: [said.problem] };
    const refused = said.entries.filter((one) => one.outcome === "refused");
    return { said, refused: refused.map((one) => `${one.person}: ${one.why}`) };
  }

  async function deliver(entry) {
    const answer = await send(entry);
    if (answer.note) change(entry.id, (one) => one && { ...one, note: answer.note });
    else if (answer.refused.length) change(entry.id, (one) => one && { ...one, note: "refused", why: answer.refused });
    else {
      change(entry.id, () => null);
      arrived.push(entry);
    }
    return answer;
  }

  async function deliverAll() {
    if (sending || !account) return;
    sending = true;
    try {
      for (const entry of mine()) {
        if (entry.note === "refused") continue;
        const answer = await deliver(entry);
        show(entry, answer);
        draw();
        if (answer.note) break;
      }
    } finally { sending = false; }
    draw();
  }

  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail, cancelable: true }));
  const node = (tag, text, attributes = {}) => {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  };
  const clock = (at) => new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: box.dataset.zone || undefined });
  const answersOf = (entry) => entry.fields.filter(([name, value]) => name.startsWith("answer:") && value)
    .map(([name, value]) => `${name.slice(7)} ${say(value)}`).join(" · ") || entry.said || "";

  function draw() {
    const entries = account ? mine() : load();
    const others = account ? load().filter((one) => one.account !== account) : [];
    box.replaceChildren();
    box.hidden = !(entries.length || others.length || arrived.length);
    box.classList.toggle("all-sent", !entries.length && !others.length);
    if (entries.length + others.length) {
      box.append(node("h2", say("waiting").replace("{n}", entries.length + others.length)), node("p", say("kept")));
    }
    const list = node("ul");
    for (const entry of arrived) list.append(row(entry, say("sent")));
    for (const entry of entries) list.append(entryRow(entry));
    for (const entry of others) list.append(row(entry, say("other")));
    box.append(list);
    if (account && entries.some((one) => one.note !== "refused")) {
      const retry = node("button", say("retry"), { type: "button", class: "btn btn-sm" });
      retry.addEventListener("click", deliverAll);
      box.append(retry);
    }
  }

  function row(entry, why) {
    const line = node("li");
    line.append(node("strong", entry.door), node("span", `${entry.clock} ${answersOf(entry)}`), node("span", why, { class: "entry-why" }));
    return line;
  }

  function entryRow(entry) {
    const refused = entry.note === "refused";
    const line = row(entry, refused ? `${say("refused")}: ${(entry.why || []).join("; ")}` : say(entry.note || "offline"));
    if (refused) {
      if (entry.page) line.append(node("a", say("open"), { class: "btn btn-sm", href: `${entry.page}${entry.page.includes("?") ? "&" : "?"}entry=${entry.id}` }));
      const drop = node("button", say("discard"), { type: "button", class: "btn btn-sm" });
      drop.addEventListener("click", () => { if (confirm(say("sure"))) { change(entry.id, () => null); draw(); } });
      line.append(drop);
    }
    return line;
  }

  // The card of an entry on this page, if it is here, says what became of it.
  function show(entry, answer) {
    if (!tell("unsent:became", { entry, answer })) return;
    const form = [...document.querySelectorAll("form[data-visit]")].find((one) => one.elements.visit.value === entry.id);
    if (!form) return;
    const door = form.closest("details.door");
    const note = form.querySelector(".save-note");
    if (answer.note) {
      note.textContent = say("stored-here");
      door?.classList.add("is-kept");
      if (door) door.open = false;
      return;
    }
    door?.classList.remove("is-kept");
    note.textContent = answer.refused.join("; ");
    if (answer.refused.length || !answer.said) return;
    const holder = node("div");
    holder.innerHTML = answer.said.html; // made by our own server from escaped templates
    form.replaceWith(holder);
    door?.classList.add("is-done");
  }

  function keep(form) {
    const at = form.elements.at;
    // A form sent before keeps its moment: the same form with another moment would be another fact.
    if (!("fixed" in at.dataset)) { at.value = new Date(Date.now() + ahead).toISOString(); at.dataset.fixed = ""; }
    const fields = [...new FormData(form).entries()].filter(([name, value]) => name !== "csrfmiddlewaretoken" && value !== "");
    const entry = { id: form.elements.visit.value, account, door: form.dataset.door, page: form.dataset.page, to: new URL(form.action).pathname, said: form.dataset.said || "", clock: clock(at.value), fields, note: "" };
    change(entry.id, () => entry);
    return entry;
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.dataset.visit || !account || event.defaultPrevented) return;
    const note = form.querySelector(".save-note");
    const answered = [...form.querySelectorAll(form.dataset.needs)].some((one) => one.value.trim());
    if (!answered) { event.preventDefault(); note.textContent = say("nothing"); return; }
    let entry;
    try { entry = keep(form); } catch { return; } // nowhere to keep it: the plain form is sent as without this script
    event.preventDefault();
    note.textContent = say("sending");
    const answer = await deliver(entry);
    if (!answer.note && !answer.refused.length) arrived.pop(); // its card says so
    show(entry, answer);
    draw();
  });

  // A refused entry is opened again with what was typed, its number and its moment.
  function fill() {
    const wanted = new URLSearchParams(location.search).get("entry");
    const entry = wanted && mine().find((one) => one.id === wanted);
    const form = document.querySelector("form[data-visit]");
    if (!entry || !form || !tell("unsent:opened", { entry })) return;
    for (const [name, value] of entry.fields) {
      if (["household", "office", "door", "person"].includes(name) || name.startsWith("way:")) continue;
      const field = form.elements.namedItem(name);
      if (field instanceof RadioNodeList) field.value = value;
      else if (field?.type === "checkbox") field.checked = field.value === value;
      else if (field) field.value = value;
    }
    form.elements.at.dataset.fixed = "";
    form.querySelector(".save-note").textContent = (entry.why || []).join("; ");
  }

  // The page without connection sends nothing itself: it looks whether the server answers, and opens the list.
  async function back() {
    try {
      const answer = await fetch(box.dataset.alive, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
      if (answer.ok) location.replace(box.dataset.scope);
    } catch { /* still no connection */ }
  }

  window.addEventListener("online", () => (account ? deliverAll() : back()));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) account ? deliverAll() : back(); });
  window.addEventListener("storage", draw);
  setInterval(() => { if (!account) back(); else if (mine().length) deliverAll(); }, AGAIN);
  if (account && "serviceWorker" in navigator) navigator.serviceWorker.register(box.dataset.worker, { scope: box.dataset.scope }).catch(() => {});
  // The desk's own script, which stands after this one, listens before anything is told.
  document.addEventListener("DOMContentLoaded", () => { fill(); mine().forEach((entry) => tell("unsent:became", { entry, answer: { note: entry.note || "offline", refused: [] } })); draw(); deliverAll(); });
})();
