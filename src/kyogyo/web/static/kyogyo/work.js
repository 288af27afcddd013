/* The desk by keyboard, parts that follow along, and drafts that outlive a failed post. Nothing here is needed. */
"use strict";

(() => {
  const typing = (element) => element.closest("input, textarea, select, [contenteditable]");
  const places = () => [...document.querySelectorAll("[data-place]")];

  /** j and k walk the queue; the other keys press what is marked with them in the place in hand. */
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "?") {
      const keys = document.getElementById("keys");
      if (keys) keys.togglePopover();
      return;
    }
    const every = places();
    if (!every.length) return;
    const here = every.indexOf(document.activeElement?.closest("[data-place]"));
    if (event.key === "j" || event.key === "k") {
      const next = Math.min(Math.max(here + (event.key === "j" ? 1 : -1), 0), every.length - 1);
      every[next].focus();
      every[next].scrollIntoView({ block: "nearest" });
      event.preventDefault();
    } else if (here >= 0) {
      const act = every[here].querySelector(`[data-key="${CSS.escape(event.key)}"]`);
      if (!act) return;
      event.preventDefault();
      act.click();
      if (act.matches("summary")) act.parentElement.querySelector("input:not([type=hidden])")?.focus();
    }
  });

  // What is done leaves the queue; the hand stays at the same place in it.
  let held = -1;

  /** Nobody's half-written words are swept away by news. */
  window.kyogyoIsBusy = (part) => {
    const isIn = part.contains(document.activeElement) && typing(document.activeElement);
    const fields = [...part.querySelectorAll("input:not([type=hidden]), textarea")];
    const isWritten = fields.some((one) => one.value !== one.defaultValue || one.checked !== one.defaultChecked);
    return Boolean(isIn || isWritten || part.querySelector("details[open]"));
  };
  document.addEventListener("htmx:beforeRequest", (event) => {
    const part = event.target;
    if (part.matches?.("[data-live]") && (document.hidden || window.kyogyoIsBusy(part))) event.preventDefault();
    held = places().indexOf(document.activeElement?.closest("[data-place]"));
  });
  document.addEventListener("htmx:afterSettle", () => {
    const every = places();
    if (held >= 0 && every.length) every[Math.min(held, every.length - 1)].focus({ preventScroll: true });
    held = -1;
  });

  /** A form marked data-draft="name" keeps what is typed in this tab until it was taken by the server. */
  const kept = (form) => `draft:${form.dataset.draft}`;
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const draft = form.hasAttribute("data-refused") ? null : sessionStorage.getItem(kept(form));
    if (draft) {
      for (const [name, value] of JSON.parse(draft)) {
        for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
          if (field.type === "radio" || field.type === "checkbox") field.checked ||= field.value === value;
          else if (field.type !== "hidden") field.value = value;
        }
      }
    }
    const keep = () => {
      const values = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
      sessionStorage.setItem(kept(form), JSON.stringify(values));
    };
    form.addEventListener("input", keep);
    form.addEventListener("change", keep);
  }
  // The page that comes after a form that was taken names its draft, so that it is forgotten.
  const taken = new URLSearchParams(location.search).get("filed");
  if (taken) sessionStorage.removeItem(`draft:${taken}`);
})();
