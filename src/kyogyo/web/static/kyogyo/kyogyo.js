/* What a page does beyond HTML. Nothing here is needed: without it every link and form still works. */
"use strict";

(() => {
  const says = document.body.dataset;

  /** Show a note at the foot, for what the server could not say itself. */
  function note(text) {
    const box = document.createElement("div");
    box.className = "notice notice-problem";
    box.setAttribute("role", "alert");
    const words = document.createElement("p");
    words.textContent = text;
    box.append(words, closer());
    document.getElementById("notices")?.append(box);
  }

  function closer() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-quiet button-small button-icon";
    button.dataset.close = "";
    button.setAttribute("aria-label", says.close ?? "×");
    button.textContent = "×";
    return button;
  }

  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-close]");
    if (close) close.closest(".notice")?.remove();

    const copy = event.target.closest("[data-copy]");
    if (copy && navigator.clipboard) {
      const held = document.getElementById(copy.dataset.copy);
      navigator.clipboard.writeText(held.value ?? held.textContent.trim()).then(() => {
        copy.textContent = copy.dataset.copied;
      });
    }
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = document.querySelector("details.menu[open]");
      if (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    }
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const search = document.querySelector("[data-search]");
      if (search) {
        event.preventDefault();
        if (search.matches("input")) search.focus();
        else search.click();
      }
    }
  });

  // A form that was sent is not sent twice by a second press.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post") || event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    else form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // Fields that change the page at once say so: <select data-submits>.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
  });

  document.body.addEventListener("htmx:sendError", () => note(says.offline));
  document.body.addEventListener("htmx:timeout", () => note(says.offline));
  document.body.addEventListener("htmx:responseError", (event) => {
    // Those with words of their own are shown where they belong (see responseHandling).
    if (event.detail.xhr.status >= 500 || event.detail.xhr.status === 429) note(says.failed);
  });
})();
