// "What if": without this script all steps are listed; with it a slider shows one of them.
for (const box of document.querySelectorAll("[data-what-if]")) {
  const slider = box.querySelector("input[type=range]");
  const steps = [...box.querySelectorAll("[data-step]")];
  const show = () => {
    for (const step of steps) step.hidden = step.dataset.step !== slider.value;
    const now = steps[Number(slider.value)];
    slider.setAttribute("aria-valuetext", now ? now.textContent.trim().replace(/\s+/g, " ") : "");
  };
  slider.hidden = false;
  slider.addEventListener("input", show);
  show();
}
