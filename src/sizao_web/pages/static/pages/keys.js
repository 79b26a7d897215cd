// "/" leads to the search box of the frame, unless somebody is typing.
(function () {
  "use strict";
  document.addEventListener("keydown", function (event) {
    var at = document.activeElement;
    var typing = at && (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName));
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    var boxes = Array.prototype.filter.call(document.querySelectorAll("input[name=q]"), function (box) {
      return box.offsetParent !== null;
    });
    if (boxes.length) {
      event.preventDefault();
      boxes[0].focus();
      boxes[0].select();
    }
  });
})();
