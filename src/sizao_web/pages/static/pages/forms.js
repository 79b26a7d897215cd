// What a form gains from a script; every form works without it.
// The buttons "now" write the server's clock, which a demonstration moves by whole days.
(function () {
  "use strict";
  var clock = document.querySelector("form[data-now]");
  var opened = performance.now();
  function now() {
    var shown = new Date(clock.dataset.now + "Z");
    return new Date(shown.getTime() + (performance.now() - opened)).toISOString().slice(0, 16);
  }
  if (clock) {
    document.querySelectorAll("button[data-now-for]").forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", function () {
        document.getElementById(button.dataset.nowFor).value = now();
      });
    });
  }
  // A second tap while the first is on its way: the record's number makes it one record anyhow.
  document.querySelectorAll("form[data-once]").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      if (form.dataset.sent) {
        event.preventDefault();
      }
      form.dataset.sent = "1";
    });
    window.addEventListener("pageshow", function () { delete form.dataset.sent; });
  });
})();
