// A kiosk that many people use: whoever has gone is forgotten, what was typed and the language too.
(() => {
  "use strict";

  const wait = Number(document.body.dataset.forgets) * 1000;
  let timer = 0;
  const forget = () => location.replace(`${location.pathname}?anew=1`);
  const touched = () => {
    clearTimeout(timer);
    timer = setTimeout(forget, wait);
  };

  for (const kind of ["pointerdown", "keydown", "input", "scroll"]) addEventListener(kind, touched, { passive: true });
  // A page from the browser's own memory may be that of somebody else.
  addEventListener("pageshow", (event) => { if (event.persisted) forget(); });
  touched();
})();
