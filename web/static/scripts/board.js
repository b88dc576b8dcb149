// A screen that nobody touches turns its own page: what cannot be fetched now leaves the page as
// it is and is asked for again, so that no error of the server or the network ends it.
(() => {
  "use strict";

  const sheets = (page) => [...page.querySelectorAll("link[rel=stylesheet]")].map((one) => one.href).join(" ");

  function show(page, address) {
    const shown = document.querySelector("main[data-turns]");
    const fresh = page.querySelector("main");
    // A form, or a new version of the site, needs its own scripts and styles.
    if (!fresh?.dataset.turns || sheets(page) !== sheets(document)) {
      location.replace(address);
      return;
    }
    shown.replaceWith(document.adoptNode(fresh));
  }

  async function turn() {
    const { turns, next } = document.querySelector("main[data-turns]").dataset;
    const address = new URL(next, location.href).href;
    try {
      const answer = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(turns * 1000) });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        if (page.querySelector("main")) show(page, address);
      }
    } catch {
      // No network, or no server: the page stays until there is one.
    }
    wait();
  }

  function wait() {
    setTimeout(turn, document.querySelector("main[data-turns]").dataset.turns * 1000);
  }

  wait();
})();
