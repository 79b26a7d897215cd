// The tube in the hand: who is in it, how full it is, and what would prove nothing. The form works without it.
// What could not be sent is kept by pages/unsent.js; here the people of such a tube are marked as taken.
(() => {
  "use strict";
  const form = document.querySelector("form[data-tube]");
  if (!form) return;
  const say = (name, values = {}) => Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), form.getAttribute(`data-w-${name}`) || "");
  const note = form.querySelector(".save-note");
  const counter = form.querySelector(".tube-count");
  const rows = [...form.querySelectorAll("li.who")];
  const boxes = rows.map((row) => row.querySelector("input"));
  const row = (person) => rows.find((one) => one.dataset.person === person);
  const chosen = () => rows.filter((one) => one.querySelector("input").checked);
  const others = () => form.elements.other.value.trim().split(/[\s,，、]+/).filter(Boolean);
  const name = (one) => one.dataset.name || one.dataset.person;
  const used = new Map([...document.querySelectorAll("[data-tube-taken]")].map((one) => [one.dataset.tubeTaken, ""]));
  const number = () => (crypto.randomUUID ? crypto.randomUUID() : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16)));

  // What is wrong with the tube as it stands; nothing when it can be saved.
  function wrong() {
    const people = chosen(), count = people.length + others().length;
    const alone = people.find((one) => Number(one.dataset.largest) < count);
    const most = Number(form.dataset.most);
    const tube = form.elements.tube.value.trim();
    if (tube && form.dataset.tubes && !new RegExp(form.dataset.tubes).test(tube)) return `${tube}: ${say("form")}`;
    if (count > most) return say("full", { m: most });
    if (alone) return Number(alone.dataset.largest) === 1 ? say("alone", { who: name(alone) }) : say("full", { m: alone.dataset.largest });
    return "";
  }
  function count() {
    const people = chosen();
    const most = Math.min(Number(form.dataset.most), ...people.map((one) => Number(one.dataset.largest)));
    counter.textContent = say("count", { n: people.length + others().length, m: most });
    note.textContent = wrong();
  }

  form.addEventListener("change", count);
  form.elements.other.addEventListener("input", count);
  form.addEventListener("submit", (event) => {
    const tube = form.elements.tube.value.trim();
    const people = [...chosen().map((one) => one.dataset.person), ...others()];
    const unlisted = others().length && !form.elements.anyway.checked;
    const problem = wrong() || (!tube && say("notube")) || (!people.length && say("nobody")) || (used.has(tube) && used.get(tube) !== form.elements.visit.value && say("used", { t: tube })) || (unlisted && say("unlisted"));
    if (problem) {
      event.preventDefault();
      event.stopPropagation();
      note.textContent = problem;
      (tube ? note : form.elements.tube).focus?.();
      return;
    }
    form.dataset.door = tube;
    form.dataset.said = people.length === 1 ? people[0] : `${say("people", { n: people.length })} ${people.join(" ")}`;
  });

  // Enter in the number of the tube goes to the people: a scanner ends with it.
  form.elements.tube.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || chosen().length || others().length) return;
    event.preventDefault();
    (find || boxes.find((one) => !one.disabled))?.focus();
  });

  const find = form.querySelector("[data-find]");
  if (find) {
    find.closest("label").hidden = false;
    find.addEventListener("input", () => {
      const wanted = find.value.trim().toLowerCase();
      rows.forEach((one) => { one.hidden = Boolean(wanted) && !`${one.dataset.person} ${one.dataset.name}`.toLowerCase().includes(wanted); });
    });
    find.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const seen = rows.filter((one) => !one.hidden);
      const exact = rows.find((one) => one.dataset.person.toLowerCase() === find.value.trim().toLowerCase());
      const found = exact || (seen.length === 1 && seen[0]);
      if (!found) { note.textContent = find.value.trim() ? `${say("missing")}${find.value.trim()}` : ""; return; }
      const box = found.querySelector("input");
      if (box.disabled) { note.textContent = found.querySelector(".is-in")?.textContent || ""; return; }
      box.checked = true;
      find.value = "";
      rows.forEach((one) => { one.hidden = false; });
      count();
    });
  }
  form.querySelectorAll("button[data-all]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const mine = rows.filter((one) => one.dataset.of === button.dataset.all && !one.querySelector("input").disabled);
      const on = mine.some((one) => !one.querySelector("input").checked);
      mine.forEach((one) => { one.querySelector("input").checked = on; });
      count();
    });
  });

  function mark(person, tube) {
    const one = row(person);
    if (!one) return;
    const box = one.querySelector("input");
    box.checked = false;
    box.disabled = Boolean(tube);
    one.classList.toggle("is-taken", Boolean(tube));
    one.querySelector(".is-in")?.remove();
    if (!tube) return;
    const word = document.createElement("span");
    word.className = "state state-met is-in";
    word.textContent = say("in", { t: tube });
    one.querySelector(".who-main").append(" ", word);
  }
  const values = (entry, wanted) => entry.fields.filter(([key]) => key === wanted).map(([, value]) => value);
  const peopleOf = (entry) => [...values(entry, "person"), ...values(entry, "other").flatMap((text) => text.split(/[\s,，、]+/))];

  document.addEventListener("unsent:became", (event) => {
    const { entry, answer } = event.detail;
    if (entry.to !== new URL(form.action).pathname) return;
    event.preventDefault();
    const [tube] = values(entry, "tube");
    const current = form.elements.visit.value === entry.id;
    const refused = answer.refused?.length || entry.note === "refused";
    if (refused) {
      if (current) note.textContent = (answer.refused || []).join(" ");
      else { peopleOf(entry).forEach((one) => mark(one, "")); used.delete(tube); }
      if (current && form.elements.other.closest("details")) form.elements.other.closest("details").open = true;
      return;
    }
    peopleOf(entry).forEach((one) => mark(one, tube));
    used.set(tube, entry.id);
    if (answer.said?.html) {
      document.getElementById("taken").insertAdjacentHTML("afterbegin", answer.said.html); // made by our own server from escaped templates
      document.getElementById("taken-none")?.remove();
    }
    if (current) next();
  });

  function next() {
    form.elements.visit.value = number();
    delete form.elements.at.dataset.fixed;
    for (const field of ["tube", "other"]) form.elements[field].value = "";
    form.elements.anyway.checked = false;
    count();
    form.elements.tube.focus();
  }

  document.addEventListener("unsent:opened", (event) => {
    const { entry } = event.detail;
    event.preventDefault();
    form.elements.visit.value = entry.id;
    form.elements.at.value = values(entry, "at")[0];
    form.elements.at.dataset.fixed = "";
    form.elements.tube.value = values(entry, "tube")[0] || "";
    const unlisted = [];
    for (const person of peopleOf(entry)) {
      const one = row(person);
      if (one) one.querySelector("input").checked = true;
      else unlisted.push(person);
    }
    form.elements.other.value = unlisted.join(" ");
    form.elements.other.closest("details").open = true;
    count();
    note.textContent = (entry.why || []).join(" ");
  });

  document.addEventListener("DOMContentLoaded", () => { count(); if (!note.textContent && !location.hash) form.elements.tube.focus({ preventScroll: true }); });
})();
