/* The list of journeys: ticking all, and saying how many are ticked. Without this each is ticked alone. */
"use strict";

(() => {
  const boxes = () => [...document.querySelectorAll('#many input[name="journey"]')];

  function say() {
    const ticked = boxes().filter((box) => box.checked).length;
    const says = document.querySelector("[data-ticked]");
    if (says) {
      says.hidden = ticked === 0;
      says.textContent = says.dataset.says.replace("{n}", ticked);
    }
    const all = document.querySelector("[data-tick-all]");
    if (all) {
      all.hidden = false;
      all.checked = ticked > 0 && ticked === boxes().length;
      all.indeterminate = ticked > 0 && !all.checked;
    }
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-tick-all]")) {
      for (const box of boxes()) box.checked = event.target.checked;
    }
    if (event.target.matches('[data-tick-all], #many input[name="journey"]')) say();
  });
  window.addEventListener("pageshow", say);
  say();
})();
