/* The board: cards are dragged by pointer, and each column says beforehand what it needs.
   Without this, "Move" on each card opens a page that does the same. */
"use strict";

(() => {
  const board = document.querySelector("[data-board]");
  if (!board) return;
  const dialog = document.getElementById("move");
  const body = document.getElementById("move-body");
  const title = document.getElementById("move-title");
  const known = new Map(); // journey -> promise of its gates
  const START_AFTER = 6; // px: less is a click
  let drag = null;

  board.classList.add("can-drag");

  /** The gates of a journey; asked for as soon as somebody shows interest in its card. */
  function gatesOf(journey) {
    if (!known.has(journey)) {
      const asked = fetch(`/board/gates/${journey}/`, { headers: { Accept: "application/json" } })
        .then((answer) => (answer.ok ? answer.json() : { gates: {} }))
        .then((answer) => answer.gates)
        .catch(() => ({}));
      known.set(journey, asked);
    }
    return known.get(journey);
  }

  /** Put the part at `address` into the dialog and open it. */
  async function open(address) {
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    if (!answer.ok) {
      window.location.assign(address);
      return;
    }
    body.innerHTML = await answer.text();
    stayInside();
    dialog.showPopover();
    body.querySelector("input:not([type=hidden]), select, textarea, a, button")?.focus();
  }

  body.addEventListener("htmx:afterSwap", stayInside);

  /** The answer to a refused form comes back into the dialog; a move that was made loads the board anew. */
  function stayInside() {
    for (const form of body.querySelectorAll('form[method="post"]:not([hx-post])')) {
      form.setAttribute("hx-post", form.getAttribute("action"));
      form.setAttribute("hx-target", "#move-body");
      form.setAttribute("hx-swap", "innerHTML");
    }
    htmx.process(body);
  }

  function gateAddress(journey, stage) {
    const back = encodeURIComponent(board.dataset.back);
    return `/journeys/${journey}/gate/?to=${encodeURIComponent(stage)}&back=${back}`;
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-move], [data-gate-link]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      const card = link.closest("[data-card]");
      if (card) title.textContent = card.dataset.name;
      open(link.href);
    }
  });

  board.addEventListener("pointerover", (event) => {
    const card = event.target.closest("[data-card]");
    if (card && event.pointerType === "mouse") gatesOf(card.dataset.card);
  });

  board.addEventListener("pointerdown", (event) => {
    const card = event.target.closest("[data-card]");
    if (!card || event.button !== 0 || event.pointerType === "touch") return;
    if (event.target.closest("[data-move]")) return;
    const box = card.getBoundingClientRect();
    drag = {
      card, x: event.clientX, y: event.clientY, dx: event.clientX - box.left,
      dy: event.clientY - box.top, width: box.width, flying: null, over: null, gates: {},
    };
  });

  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    if (!drag.flying) {
      if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < START_AFTER) return;
      lift();
    }
    event.preventDefault();
    drag.flying.style.left = `${event.clientX - drag.dx}px`;
    drag.flying.style.top = `${event.clientY - drag.dy}px`;
    scrollAtEdges(event.clientX);
    const over = targetAt(event.clientX, event.clientY);
    if (over !== drag.over) {
      drag.over?.classList.remove("is-over");
      over?.classList.add("is-over");
      drag.over = over;
    }
  });

  document.addEventListener("pointerup", () => {
    if (!drag) return;
    const { card, over, flying, gates } = drag;
    end();
    if (!flying) return;
    // The click that follows a drag is not one on the card's link.
    window.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), 50);
    const stage = over?.dataset.stage;
    if (!stage || stage === card.dataset.stage || !gates[stage]) return;
    title.textContent = card.dataset.name;
    open(gateAddress(card.dataset.card, stage));
  });

  document.addEventListener("pointercancel", end);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") end();
  });
  board.addEventListener("dragstart", (event) => event.preventDefault());

  function swallow(event) {
    event.preventDefault();
    event.stopPropagation();
  }

  function lift() {
    const copy = drag.card.cloneNode(true);
    copy.classList.add("tile-flies");
    copy.setAttribute("aria-hidden", "true");
    copy.style.width = `${drag.width}px`;
    document.body.append(copy);
    drag.flying = copy;
    drag.card.classList.add("tile-lifted");
    document.body.classList.add("is-dragging");
    const lifted = drag;
    gatesOf(drag.card.dataset.card).then((gates) => {
      if (drag !== lifted) return;
      drag.gates = gates;
      show(gates, drag.card.dataset.stage);
    });
  }

  /** Each column says whether the card could go there, and what it would need first. */
  function show(gates, here) {
    for (const place of board.querySelectorAll("[data-stage]:not([data-card])")) {
      if (place.dataset.stage === here) continue;
      const gate = gates[place.dataset.stage];
      const kind = !gate ? "no" : gate.open ? "open" : "needs";
      place.classList.add(`gate-${kind}`);
      const words = place.querySelector("[data-gate]");
      words.hidden = false;
      words.textContent = !gate ? board.dataset.no : gate.open ? board.dataset.open
        : `${board.dataset.needs} ${gate.why.slice(0, 3).join(" / ")}${gate.why.length > 3 ? " …" : ""}`;
    }
  }

  function targetAt(x, y) {
    const place = document.elementFromPoint(x, y)?.closest("[data-stage]:not([data-card])");
    return place && board.contains(place) && drag.gates[place.dataset.stage] ? place : null;
  }

  function scrollAtEdges(x) {
    const box = board.getBoundingClientRect();
    if (x > box.right - 60) board.scrollLeft += 18;
    if (x < box.left + 60) board.scrollLeft -= 18;
  }

  function end() {
    if (!drag) return;
    drag.flying?.remove();
    drag.card.classList.remove("tile-lifted");
    document.body.classList.remove("is-dragging");
    for (const place of board.querySelectorAll(".gate-open, .gate-needs, .gate-no, .is-over")) {
      place.classList.remove("gate-open", "gate-needs", "gate-no", "is-over");
    }
    for (const words of board.querySelectorAll("[data-gate]")) {
      words.hidden = true;
      words.textContent = "";
    }
    drag = null;
  }

})();
