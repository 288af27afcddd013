/* Parts of a page marked data-live follow what others do: told by /events, else they ask every 15 seconds.
   Nothing is asked while the page is hidden, and at most every 15 seconds however much happens. */
"use strict";

(() => {
  const REST_MS = 15_000; // between two looks, and without events
  const CLOCKS_MS = 300_000; // clocks are said in minutes: look this often when nothing happens
  const TRIES_MS = 30_000; // before events are asked for again that were refused

  let events = null;
  let isTold = false;
  let last = Date.now() - REST_MS; // the first change is shown at once
  let timer = 0;

  function parts() {
    return document.querySelectorAll("[data-live]");
  }

  /** Look once `ms` have gone by, or sooner where it is to be looked sooner already. */
  let due = Infinity;
  function lookIn(ms) {
    const at = Date.now() + ms;
    if (at >= due) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(look, ms);
  }

  function look() {
    due = Infinity;
    if (document.hidden) return;
    last = Date.now();
    let isBusy = false;
    for (const part of parts()) {
      // Whoever is at work in it keeps it as it is (see work.js), and it is tried again.
      if (window.kyogyoIsBusy?.(part)) isBusy = true;
      else window.htmx?.trigger(part, "news");
    }
    lookIn(isTold && !isBusy ? CLOCKS_MS : REST_MS);
  }

  function listen() {
    if (events || document.hidden || !window.EventSource || !parts().length) return;
    events = new EventSource("/events");
    events.addEventListener("open", () => { isTold = true; });
    events.addEventListener("change", () => {
      // Not everybody in the same moment, and the first at once.
      lookIn(Math.max(Math.random() * 500, last + REST_MS - Date.now()));
    });
    events.addEventListener("error", () => {
      isTold = false;
      lookIn(REST_MS);
      if (events?.readyState === EventSource.CLOSED) {
        events = null;
        setTimeout(listen, TRIES_MS);
      }
    });
  }

  function hush() {
    events?.close();
    events = null;
    isTold = false;
    clearTimeout(timer);
    due = Infinity;
  }

  document.addEventListener("visibilitychange", () => {
    hush();
    if (!document.hidden && parts().length) {
      listen();
      lookIn(Math.max(0, last + 1_000 - Date.now()));
    }
  });
  window.addEventListener("pagehide", hush);
  window.addEventListener("pageshow", () => {
    if (!parts().length) return;
    listen();
    lookIn(REST_MS);
  });
})();
