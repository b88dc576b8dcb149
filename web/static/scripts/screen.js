// The screen that faces the applicant: it asks what to show, and takes a signature if one is drawn.
(() => {
  "use strict";

  const POLL_MS = 1000;

  function poll() {
    const { screen, shown } = document.body.dataset;
    const answered = !document.querySelector("[data-answer]");
    const ask = async () => {
      try {
        const said = await (await fetch(screen, { headers: { Accept: "application/json" } })).json();
        const changed = said.shown !== (shown || "") || (said.shown && said.answered !== answered);
        if (changed || !said.paired) {
          location.replace(location.pathname + location.search);
          return;
        }
      } catch {
        // No network: the screen stays as it is.
      }
      setTimeout(ask, POLL_MS);
    };
    setTimeout(ask, POLL_MS);
  }

  function signature(canvas) {
    const pen = canvas.getContext("2d");
    const clear = document.querySelector("[data-clear]");
    const form = document.querySelector("[data-answer]");
    let drawing = false;
    pen.lineWidth = 3;
    pen.lineCap = "round";
    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
    };
    canvas.addEventListener("pointerdown", (event) => {
      drawing = true;
      clear.hidden = false;
      canvas.setPointerCapture(event.pointerId);
      pen.beginPath();
      pen.moveTo(...at(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!drawing) return;
      pen.lineTo(...at(event));
      pen.stroke();
    });
    canvas.addEventListener("pointerup", () => { drawing = false; });
    clear.addEventListener("click", () => {
      pen.clearRect(0, 0, canvas.width, canvas.height);
      clear.hidden = true;
    });
    form.addEventListener("submit", () => {
      if (!clear.hidden) form.elements.signature.value = canvas.toDataURL("image/png");
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    if (document.body.dataset.screen) poll();
    document.querySelectorAll("[data-signature]").forEach(signature);
  });
})();
