/* The page that confirms the columns of a roll: the sample follows the choice, another header or sheet reloads. */
(function () {
  "use strict";

  document.addEventListener("change", (event) => {
    const where = event.target.closest("[data-where]");
    if (where) { where.submit(); return; }
    const column = event.target.closest("[data-column]");
    if (!column) return;
    const sample = document.querySelector("[data-sample-of='" + event.target.value + "']");
    column.querySelector("[data-sample]").textContent = sample ? sample.value : "";
  });
})();
