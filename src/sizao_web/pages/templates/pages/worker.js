{% load static %}// Keeps the page that says "no connection" on the phone, and nothing about anybody. Every other page comes from the server or not at all.
const NAME = "sizao-{{ unsent.desk }}-{{ version }}";
const OFFLINE = "{{ unsent.offline }}";
const PARTS = [OFFLINE, "{% static 'vendor/tabler.min.css' %}", "{% static 'pages/sizao.css' %}", "{% static 'pages/unsent.js' %}"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(PARTS)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("sizao-{{ unsent.desk }}-") && name !== NAME;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  const path = new URL(event.request.url).pathname;
  if (event.request.mode === "navigate") {
    event.respondWith(fetch(event.request).catch(() => caches.match(OFFLINE)));
  } else if (PARTS.includes(path)) {
    event.respondWith(fetch(event.request).catch(() => caches.match(path)));
  }
});
