// Down the column of temperatures by Enter and the arrows; the form works without it.
(function () {
  "use strict";
  document.querySelectorAll("form[data-column]").forEach(function (form) {
    var fields = Array.prototype.slice.call(form.querySelectorAll("input[name^='temperature:']"));
    form.addEventListener("keydown", function (event) {
      var at = fields.indexOf(event.target);
      if (at < 0 || event.isComposing) {
        return;
      }
      var step = event.key === "Enter" || event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
      if (!step) {
        return;
      }
      event.preventDefault();
      var next = fields[at + step];
      if (next) {
        next.focus();
        next.select();
      } else if (step > 0) {
        form.querySelector("button.btn-primary").focus();
      }
    });
    var first = form.querySelector("[aria-invalid]") || (matchMedia("(min-width: 768px)").matches && !location.hash && fields[0]);
    if (first) {
      first.focus({ preventScroll: true });
    }
  });
})();
