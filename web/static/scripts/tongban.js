// Comfort for pages that work without it: autosave, one submission, counters, previews, keys.
// Every behaviour is switched on by a data attribute; words come from the page, translated.
(() => {
  "use strict";

  document.documentElement.dataset.scripted = "";

  const AUTOSAVE_AFTER_MS = 1200;
  const AUTOSAVE_RETRY_MS = [3000, 10000, 30000];
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // ---- forms: unsaved warning and one submission -------------------------------------------

  const dirty = new Set();

  addEventListener("beforeunload", (event) => {
    if (dirty.size > 0) event.preventDefault();
  });

  function watchChanges(form) {
    form.addEventListener("input", () => dirty.add(form));
    form.addEventListener("change", () => dirty.add(form));
    form.addEventListener("submit", () => dirty.delete(form));
    // A form that was refused comes back with what was typed, which is not saved anywhere.
    if (form.dataset.unsaved === "kept") dirty.add(form);
  }

  function submitOnce(form) {
    let sent = false;
    form.addEventListener("submit", (event) => {
      if (sent) {
        event.preventDefault();
        return;
      }
      sent = true;
      // Another form has typing in it: the browser asks, and whoever stays may send this one later.
      if (dirty.size > 0) setTimeout(() => { sent = false; });
      const button = event.submitter;
      if (!button || dirty.size > 0) return;
      button.setAttribute("aria-disabled", "true");
      if (button.dataset.busy) {
        button.dataset.idle = button.textContent;
        // After the browser has taken the name and value of the button.
        setTimeout(() => { button.textContent = button.dataset.busy; });
      }
    });
    // Coming back with the back button shows the page as it was left.
    addEventListener("pageshow", (event) => {
      if (!event.persisted) return;
      sent = false;
      all("[aria-disabled]", form).forEach((button) => {
        button.removeAttribute("aria-disabled");
        if (button.dataset.idle) button.textContent = button.dataset.idle;
      });
    });
  }

  // ---- autosave ----------------------------------------------------------------------------

  function autosave(form) {
    const status = one("[data-saved]", form) || one("[data-saved]");
    let timer = 0;
    let turn = 0;
    let failures = 0;

    function say(state, words) {
      if (!status) return;
      status.dataset.state = state;
      status.textContent = words;
    }

    async function save() {
      const mine = ++turn;
      const body = new FormData(form);
      // Files go with the form itself, never with the draft.
      for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
      say("saving", status ? status.dataset.saving : "");
      try {
        const answer = await fetch(form.dataset.autosave, {
          method: "POST",
          body,
          headers: { "X-Requested-With": "autosave", Accept: "application/json" },
          credentials: "same-origin",
        });
        if (!answer.ok) throw new Error(String(answer.status));
        const told = await answer.json();
        if (mine !== turn) return;
        const revision = one("[name=revision]", form);
        if (revision && told.revision !== undefined) revision.value = told.revision;
        failures = 0;
        dirty.delete(form);
        say("saved", told.text);
      } catch {
        if (mine !== turn) return;
        const wait = AUTOSAVE_RETRY_MS[Math.min(failures, AUTOSAVE_RETRY_MS.length - 1)];
        failures += 1;
        say("failed", status ? status.dataset.failed : "");
        clearTimeout(timer);
        timer = setTimeout(save, wait);
      }
    }

    form.addEventListener("input", (event) => {
      if (event.target.type === "file") return;
      clearTimeout(timer);
      timer = setTimeout(save, AUTOSAVE_AFTER_MS);
    });
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      turn += 1;
    });
    addEventListener("online", () => { if (failures > 0) save(); });
  }

  // ---- counters ----------------------------------------------------------------------------

  function counter(label) {
    const field = document.getElementById(label.dataset.counterOf);
    if (!field || field.maxLength < 0) return;
    const limit = field.maxLength;
    // The field may be overfilled by pasting; the counter says by how much.
    field.removeAttribute("maxlength");
    const show = () => {
      const left = limit - [...field.value].length;
      const words = left < 0 ? label.dataset.over : label.dataset.template;
      label.textContent = words.replace("{n}", String(Math.abs(left)));
      label.toggleAttribute("data-near", left < limit * 0.1);
    };
    field.addEventListener("input", show);
    show();
  }

  // ---- files: what was chosen, before it is sent -------------------------------------------

  const UNITS = ["B", "KB", "MB", "GB"];

  function size(bytes) {
    const step = bytes > 0 ? Math.min(3, Math.floor(Math.log(bytes) / Math.log(1000))) : 0;
    const value = bytes / 1000 ** step;
    return `${value < 10 && step > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS[step]}`;
  }

  function preview(input) {
    const list = one(`[data-preview-of="${CSS.escape(input.id)}"]`);
    if (!list) return;
    const most = Number(input.dataset.maxBytes || 0);
    input.addEventListener("change", () => {
      list.replaceChildren(...[...input.files].map((file) => {
        const item = document.createElement(list.tagName === "UL" ? "li" : "span");
        item.className = "file-item";
        if (/^image\/(png|jpeg|webp)$/.test(file.type)) {
          const reader = new FileReader();
          const image = document.createElement("img");
          image.alt = "";
          reader.addEventListener("load", () => { image.src = reader.result; });
          reader.readAsDataURL(file);
          item.append(image);
        }
        const words = document.createElement("span");
        words.textContent = `${file.name} · ${size(file.size)}`;
        item.append(words);
        if (most && file.size > most) {
          const fault = document.createElement("strong");
          fault.className = "field-error";
          fault.textContent = input.dataset.tooBig;
          item.append(fault);
        }
        return item;
      }));
      input.setCustomValidity(
        most && [...input.files].some((file) => file.size > most) ? input.dataset.tooBig : "");
    });
  }

  // ---- questions that depend on answers ----------------------------------------------------

  // data-needs="name=value|value;…": hidden until every named question has one of its answers.
  // A hidden question is disabled and so counts as unanswered for those that need it; they stand
  // below it. The server asks every question again that the answers need, so nothing depends on
  // this.
  function conditional(box) {
    const needs = box.dataset.needs.split(";").map((need) => need.split("="));
    const form = box.closest("form");
    const show = () => {
      const given = new FormData(form);
      const open = needs.every(([name, values]) =>
        given.getAll(name).some((answer) => values.split("|").includes(answer)));
      box.hidden = !open;
      all("input, select, textarea", box).forEach((control) => { control.disabled = !open; });
    };
    form.addEventListener("change", show);
    show();
  }

  // ---- keys of the desk --------------------------------------------------------------------

  const KEYS_OFF = "tongban.keys.off";

  function keysAreOff() {
    return localStorage.getItem(KEYS_OFF) === "1";
  }

  function isTyping(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  }

  function moveRow(step) {
    const rows = all("[data-row]");
    if (rows.length === 0) return;
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const next = rows[Math.max(0, Math.min(rows.length - 1, at + step))];
    const link = one("[data-open], a, button", next);
    if (link) link.focus();
  }

  // A verb opens and is ready to be typed into; nothing is ever sent by one key.
  function openVerb(box) {
    box.open = true;
    const field = one("form input:not([type=hidden]), form textarea, form select, form button", box);
    (field || one("summary", box)).focus();
    box.scrollIntoView({ block: "nearest" });
  }

  function press(key) {
    const target = one(`[data-key="${CSS.escape(key)}"]`);
    if (!target || target.closest("[hidden]")) return false;
    if (target.tagName === "DETAILS") openVerb(target);
    else if (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) target.focus();
    else target.click();
    return true;
  }

  // Out of a field to the head of its verb, where the next Escape closes it; nothing is lost.
  function escape(target) {
    const box = target.closest("details.act");
    if (!box) target.blur();
    else if (target.tagName === "SUMMARY") box.open = false;
    else one("summary", box).focus();
  }

  function keys(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key === "Escape" && event.target !== document.body) {
      escape(event.target);
      return;
    }
    if (isTyping(event.target)) return;
    if (keysAreOff()) return;
    if (event.key === "j") moveRow(1);
    else if (event.key === "k") moveRow(-1);
    else if (!press(event.key)) return;
    event.preventDefault();
  }

  function keysToggle(button) {
    const show = () => {
      button.textContent = keysAreOff() ? button.dataset.off : button.dataset.on;
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      localStorage.setItem(KEYS_OFF, keysAreOff() ? "0" : "1");
      show();
    });
    show();
  }

  // ---- small things ------------------------------------------------------------------------

  // data-all="group": one box that ticks all of its group; of use with scripts alone.
  function tickAll(box) {
    const mine = all(`[data-of="${CSS.escape(box.dataset.all)}"]`);
    box.closest("label").hidden = false;
    box.addEventListener("change", () => mine.forEach((one) => { one.checked = box.checked; }));
    mine.forEach((one) => one.addEventListener("change", () => {
      box.checked = mine.every((each) => each.checked);
    }));
  }

  // data-insert="id": put the button's text where the cursor stands in the field (常用意见).
  function insertText(button) {
    button.addEventListener("click", () => {
      const field = document.getElementById(button.dataset.insert);
      field.setRangeText(button.dataset.text, field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    });
  }

  // data-check="address" data-check-of="id": what is wrong with a text, asked while it is written.
  function checkText(place) {
    const field = document.getElementById(place.dataset.checkOf);
    let timer = 0;
    let turn = 0;
    const tell = (faults) => {
      const list = document.createElement("ul");
      list.className = "act-lines";
      for (const fault of faults) {
        const line = document.createElement("li");
        line.textContent = fault;
        list.append(line);
      }
      place.textContent = faults.length ? place.dataset.title : place.dataset.fine;
      if (faults.length) place.append(list);
      place.dataset.tone = faults.length ? "care" : "fine";
    };
    const ask = async () => {
      const mine = ++turn;
      const body = new FormData();
      body.set("text", field.value);
      body.set("csrfmiddlewaretoken", one("[name=csrfmiddlewaretoken]", field.form).value);
      try {
        const answer = await fetch(place.dataset.check, {
          method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin",
        });
        if (mine === turn && answer.ok) tell((await answer.json()).faults);
      } catch {
        // Without a line the rules are applied when the form is sent.
      }
    };
    field.addEventListener("input", () => {
      clearTimeout(timer);
      if (field.value.trim()) timer = setTimeout(ask, 600);
    });
  }

  function copyText(button) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const words = button.textContent;
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = words; }, 2000);
    });
  }

  // Where this browser is, into two fields, only when asked for.
  function locate(button) {
    if (!navigator.geolocation) return;
    const status = one("[data-located]", button.parentElement);
    button.hidden = false;
    button.addEventListener("click", () => {
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          document.getElementById(button.dataset.longitude).value = coords.longitude.toFixed(6);
          document.getElementById(button.dataset.latitude).value = coords.latitude.toFixed(6);
          status.textContent = button.dataset.done;
          document.dispatchEvent(new Event("tongban:located"));
        },
        () => { status.textContent = button.dataset.failed; },
        { enableHighAccuracy: true, timeout: 10000 },
      );
    });
  }

  function start(root) {
    const each = (selector, act) => {
      const found = root.matches && root.matches(selector) ? [root] : [];
      [...found, ...all(selector, root)].forEach(act);
    };
    each("form[data-unsaved]", watchChanges);
    each("form[data-once]", submitOnce);
    each("form[data-autosave]", autosave);
    each("[data-counter-of]", counter);
    each("input[type=file][data-preview]", preview);
    each("[data-needs]", conditional);
    each("[data-keys-toggle]", keysToggle);
    each("[data-insert]", insertText);
    each("[data-check]", checkText);
    each("[data-copy]", copyText);
    each("[data-locate]", locate);
    each("[data-all]", tickAll);
    each("button[data-print]", (button) => {
      button.hidden = false;
      button.addEventListener("click", () => print());
    });
    each("[data-focus]", (target) => target.focus());
  }

  document.addEventListener("DOMContentLoaded", () => {
    start(document);
    if (document.body.hasAttribute("data-keys")) addEventListener("keydown", keys);
    document.body.addEventListener("htmx:load", (event) => {
      if (event.detail.elt !== document.body) start(event.detail.elt);
    });
  });

  // Closed explanations are part of the paper.
  addEventListener("beforeprint", () => {
    all("details:not([open])").forEach((box) => {
      box.open = true;
      box.dataset.closed = "";
    });
  });
  addEventListener("afterprint", () => {
    all("details[data-closed]").forEach((box) => {
      box.open = false;
      box.removeAttribute("data-closed");
    });
  });
})();
