/* What allauth's script only tells the console, said to the person: why a passkey could not be used. */
"use strict";

(() => {
  const says = document.currentScript.dataset;

  function reason(error) {
    if (!window.isSecureContext || error?.name === "SecurityError") return says.address;
    if (error?.name === "NotAllowedError" || error?.name === "AbortError") return says.cancelled;
    if (error?.name === "InvalidStateError") return says.known;
    return says.failed;
  }

  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const box = document.createElement("div");
    box.className = "notice notice-problem";
    box.setAttribute("role", "alert");
    const words = document.createElement("p");
    words.textContent = reason(event.detail.exception);
    box.append(words);
    document.getElementById("notices").replaceChildren(box);
  });
})();
