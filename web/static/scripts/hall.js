// The service window: everything from the keyboard, devices through the bridge on this machine.
// Words come from the page, translated. Without scripts every form of the page still works.
(() => {
  "use strict";

  const BRIDGE = "http://127.0.0.1:18765";
  const POLL_MS = 1000;
  const JPEG_QUALITY = 0.92;
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // ---- the bridge: docs/howto/window-devices.md ----------------------------------------------

  // The token of the pairing stays in this browser; the bridge asks for it beside the origin.
  const TOKEN = "tongban.bridge";
  const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });

  async function bridge(path, body) {
    const answer = await fetch(BRIDGE + path, {
      method: body === undefined ? "GET" : "POST",
      headers: { "Content-Type": "application/json", "X-Tongban-Token": localStorage.getItem(TOKEN) || "" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const said = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(said.message || said.error), { code: said.error });
    return said;
  }

  // The first use pairs: the code that the bridge shows is typed into the field for cards.
  async function pairFirst(field) {
    if (!/^\d{6}$/.test(field.value.trim())) return;
    const pair = await bridge("/v1/pair", { code: field.value.trim() });
    localStorage.setItem(TOKEN, pair.token);
    field.value = "";
  }

  async function device(capability) {
    const found = (await bridge("/v1/devices")).devices.find((each) => each.capabilities.includes(capability));
    if (!found) throw new Error("");
    return found.id;
  }

  // ---- the card ------------------------------------------------------------------------------

  async function readCard(button) {
    const form = button.form;
    const state = one("[data-card-state]", form);
    state.textContent = state.dataset.reading;
    try {
      if (form.elements.card) await pairFirst(form.elements.card);
      const read = await bridge("/v1/card/read", { device: await device("card") });
      form.elements.name.value = read.card.name;
      form.elements.id_number.value = read.card.id_number;
      if (button.hasAttribute("data-stay")) {
        state.textContent = "";
        next(form.elements.id_number);
      } else form.requestSubmit();
    } catch (no) {
      state.textContent = no.message && !(no instanceof TypeError) ? no.message : state.dataset.absent;
      (form.elements.card || form.elements.name).focus();
    }
  }

  // ---- moving with the keyboard --------------------------------------------------------------

  const isShown = (target) => target.getClientRects().length > 0;
  const isText = (target) =>
    target.matches("textarea, select, input:not([type=radio], [type=checkbox], [type=file], [type=hidden])");

  // The stops of a form: each field once; of a group the chosen option, else the first.
  function stops(form) {
    const seen = new Set();
    return [...form.elements].filter((field) => {
      if (field.disabled || field.readOnly || field.type === "hidden" || !isShown(field)) return false;
      if (field.matches("button, fieldset, output")) return field.matches("button[data-key='F8']");
      if (field.matches("[type=radio], [type=checkbox]")) {
        const group = field.closest(".choices") || field;
        if (seen.has(group)) return false;
        seen.add(group);
      }
      return true;
    }).map((field) => {
      const group = field.closest(".choices");
      return (group && one("input:checked", group)) || field;
    });
  }

  function next(field, step = 1) {
    const form = field.form;
    if (!form) return;
    const group = field.closest(".choices");
    const list = stops(form);
    const at = list.findIndex((each) => each === field || (group && each.closest(".choices") === group));
    const to = list[at + step];
    if (to) {
      to.focus();
      if (to.select && isText(to) && to.tagName !== "SELECT") to.select();
    }
  }

  function choose(group, number) {
    const option = all("input[type=radio], input[type=checkbox]", group)[number - 1];
    if (!option || option.disabled) return false;
    option.focus();
    option.checked = option.type === "radio" ? true : !option.checked;
    option.dispatchEvent(new Event("input", { bubbles: true }));
    option.dispatchEvent(new Event("change", { bubbles: true }));
    if (option.type === "radio") {
      if (group.hasAttribute("data-auto")) option.form.requestSubmit();
      else next(option);
    }
    return true;
  }

  function press(key) {
    const target = all("[data-key]").find((each) => each.dataset.key === key && isShown(each) && !each.disabled);
    if (!target) return false;
    if (target.matches("[type=checkbox]")) target.focus();
    target.click();
    return true;
  }

  function keys(event) {
    if (event.isComposing || event.altKey || event.metaKey) return;
    const target = event.target;
    if (event.ctrlKey) {
      if (event.key === "Enter" && target.form) { target.form.requestSubmit(); event.preventDefault(); }
      return;
    }
    if (/^F\d+$/.test(event.key)) {
      if (press(event.key)) event.preventDefault();
      return;
    }
    if (event.key === "Escape") {
      const back = one("[data-back]");
      if (back) { event.preventDefault(); back.click(); }
      return;
    }
    if (event.key === "Enter" && !event.shiftKey && target.form && target.form.matches("[data-main]")
        && target.matches("input:not([type=file]), select, textarea")) {
      event.preventDefault();
      const last = isText(target) && target.form.matches("[data-card]") && target.value !== "";
      if (last) target.form.requestSubmit();
      else next(target);
      return;
    }
    if (isText(target)) return;
    if (/^[1-9]$/.test(event.key)) {
      const group = target.closest ? target.closest(".choices") : null;
      if (group && choose(group, Number(event.key))) event.preventDefault();
      else if (press(event.key)) event.preventDefault();
      return;
    }
    if (event.key === "Enter" || event.key === " ") return;
    const known = { ArrowLeft: "left", ArrowRight: "right" }[event.key] || event.key.toLowerCase();
    if (target.matches && target.matches("input[type=radio]") && known !== event.key.toLowerCase()) return;
    if (press(known)) event.preventDefault();
    else if (document.body.dispatchEvent(new CustomEvent("hall:key", { detail: known, cancelable: true })) === false) event.preventDefault();
  }

  // Each group of choices tells its number keys.
  function numbered(group) {
    all("label.choice", group).slice(0, 9).forEach((label, at) => {
      const key = document.createElement("kbd");
      key.className = "key";
      key.textContent = String(at + 1);
      one("span", label).prepend(key, " ");
    });
  }

  // ---- captures ------------------------------------------------------------------------------

  // A capture becomes pages; each is shown, turned, and filed as a material by its number.
  class Capture {
    constructor(box) {
      this.box = box;
      this.words = box.dataset;
      this.pages = [];
      this.at = 0;
      this.live = one("[data-live]", box);
      this.stage = one("[data-stage]", box);
      this.image = one("[data-picture]", box);
      this.told = one("[data-capture-state]", box);
      this.token = one("[name=csrfmiddlewaretoken]", box).value;
      one("[data-camera]", box).addEventListener("click", () => this.guarded(() => this.camera(), "noCamera"));
      one("[data-bridge-capture]", box).addEventListener("click", () => this.guarded(() => this.documentCamera(), "noBridge"));
      const file = one("[data-file]", box);
      one("[data-pick]", box).addEventListener("click", () => file.click());
      file.addEventListener("change", () => this.guarded(async () => {
        for (const each of file.files) await this.take(each, each.name);
        file.value = "";
      }));
      one("[data-turn]", box).addEventListener("click", () => this.turn());
      one("[data-whole]", box).addEventListener("click", () => this.toggleWhole());
      one("[data-drop]", box).addEventListener("click", () => this.drop());
      all("[data-material]").forEach((button) =>
        button.addEventListener("click", () => this.guarded(() => this.sort(button.dataset.material))));
      document.body.addEventListener("hall:key", (event) => {
        if (event.detail === "left" || event.detail === "right") {
          this.move(event.detail === "left" ? -1 : 1);
          event.preventDefault();
        } else if (event.detail === "t" && one("[data-ocr]")) {
          this.guarded(() => this.read());
          event.preventDefault();
        }
      });
    }

    async guarded(act, failed = "failed") {
      this.told.textContent = this.words.busy;
      try {
        await act();
      } catch (no) {
        const plain = no instanceof TypeError || no instanceof DOMException || !no.message;
        this.told.textContent = plain ? this.words[failed] : no.message;
      }
    }

    async camera() {
      if (!this.live.srcObject) {
        this.live.srcObject = await navigator.mediaDevices.getUserMedia({
          video: { facingMode: "environment", width: { ideal: 3264 }, height: { ideal: 2448 } },
        });
        this.live.hidden = false;
        await this.live.play();
        this.told.textContent = "";
        return;
      }
      const canvas = document.createElement("canvas");
      canvas.width = this.live.videoWidth;
      canvas.height = this.live.videoHeight;
      canvas.getContext("2d").drawImage(this.live, 0, 0);
      const blob = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", JPEG_QUALITY); });
      await this.take(blob, "camera.jpg");
    }

    async documentCamera() {
      const shot = await bridge("/v1/image/capture", { device: await device("image") });
      for (const each of shot.images) await this.take(fromData(each), "capture.jpg");
    }

    async take(blob, name) {
      if (blob.type === "application/pdf") {
        this.pages.push({ blob, name, turn: 0, src: "" });
      } else {
        const form = new FormData();
        form.append("capture", blob, name);
        const cut = await this.post(this.words.url, form);
        const stem = name.replace(/\.\w+$/, "");
        const made = cut.pages.map((src, at) => page(src, `${stem}-${at + 1}.jpg`));
        made.forEach((each) => { each.whole = page(cut.whole, `${stem}.jpg`); each.parts = made; });
        this.pages.push(...made);
        this.at = this.pages.length - made.length;
        this.show();
        return;
      }
      this.at = this.pages.length - 1;
      this.show();
    }

    async post(url, form) {
      const answer = await fetch(url, {
        method: "POST", body: form, headers: { "X-CSRFToken": this.token, Accept: "application/json" },
      });
      const said = await answer.json();
      if (!answer.ok) throw new Error(said.error || said.sentence || "");
      return said;
    }

    async sort(material) {
      const current = this.pages[this.at];
      if (!current) {
        this.told.textContent = "";
        one("[data-pick]", this.box).focus();
        return;
      }
      const form = new FormData();
      form.append("material", material);
      form.append("page", current.blob, current.name);
      form.append("turn", String(current.turn));
      if (one("[data-original]", this.box).checked) form.append("original", "yes");
      await this.post(this.words.sort, form);
      this.pages.splice(this.at, 1);
      this.at = Math.max(0, Math.min(this.at, this.pages.length - 1));
      await this.refresh();
      this.show();
    }

    // The list of materials comes anew; pages that are not filed yet stay in this page's memory.
    async refresh() {
      const text = await (await fetch(location.pathname, { headers: { Accept: "text/html" } })).text();
      const fresh = new DOMParser().parseFromString(text, "text/html");
      one(".sheets").replaceWith(one(".sheets", fresh));
      all("[data-material]").forEach((button) =>
        button.addEventListener("click", () => this.guarded(() => this.sort(button.dataset.material))));
    }

    show() {
      const current = this.pages[this.at];
      this.stage.hidden = !current;
      this.told.textContent = "";
      if (!current) return;
      this.image.hidden = !current.src;
      if (current.src) this.image.src = current.src;
      this.image.dataset.turn = String(current.turn);
      one("[data-stage-words]", this.stage).textContent = current.src
        ? this.words.page.replace("{n}", this.at + 1).replace("{m}", this.pages.length)
        : this.words.pdf;
    }

    turn() {
      const current = this.pages[this.at];
      if (!current || !current.src) return;
      current.turn = (current.turn + 90) % 360;
      this.show();
    }

    toggleWhole() {
      const current = this.pages[this.at];
      if (!current || !current.whole) return;
      const parts = current.isWhole ? current.parts : [Object.assign(current.whole, { isWhole: true, whole: current.whole, parts: current.parts })];
      this.pages = [...this.pages.filter((each) => each !== current && !current.parts.includes(each)), ...parts];
      this.at = this.pages.length - parts.length;
      this.show();
    }

    drop() {
      this.pages.splice(this.at, 1);
      this.at = Math.max(0, Math.min(this.at, this.pages.length - 1));
      this.show();
    }

    move(step) {
      if (!this.pages.length) return;
      this.at = (this.at + step + this.pages.length) % this.pages.length;
      this.show();
    }

    // The last filed picture is read; each proposal is ticked by the clerk before it counts.
    async read() {
      const file = all("[data-ocr]").pop().dataset.ocr;
      const said = await this.post(`${this.words.reading}${file}/`, new FormData());
      const box = one("[data-proposals]");
      box.replaceChildren(proposalForm(box.dataset, said.proposals, this.token));
      box.hidden = false;
      this.told.textContent = "";
      const first = one("input", box);
      if (first) first.focus();
    }
  }

  const page = (src, name) => ({ src, name, blob: fromData(src), turn: 0 });

  function fromData(url) {
    const [head, body] = url.split(",");
    const bytes = Uint8Array.from(atob(body), (c) => c.charCodeAt(0));
    return new Blob([bytes], { type: head.slice(5).split(";")[0] });
  }

  function element(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  function proposalForm(words, proposals, token) {
    if (!proposals.length) return element("p", { textContent: words.none });
    const form = element("form", { method: "post", action: words.url, className: "stack" });
    form.append(element("h3", { textContent: words.title }));
    form.append(element("input", { type: "hidden", name: "csrfmiddlewaretoken", value: token }));
    for (const each of proposals) {
      const tick = element("input", { type: "checkbox", name: "take", value: each.code });
      const value = element("input", { className: "input", name: each.code, value: each.value });
      value.setAttribute("aria-label", each.label);
      const label = element("label", { className: "choice" }, tick, element("span", { textContent: each.label }));
      form.append(element("div", { className: "proposal" }, label, value, element("span", { className: "quiet", textContent: each.line })));
    }
    form.append(element("button", { className: "button-quiet", textContent: words.button }));
    return form;
  }

  // ---- the confirmation, the time ------------------------------------------------------------

  function poll(state) {
    const ask = async () => {
      try {
        const said = await (await fetch(state.dataset.poll, { headers: { Accept: "application/json" } })).json();
        if (said.state !== state.dataset.state) {
          state.dataset.state = said.state;
          state.textContent = said.words;
          const file = one("[data-submit]");
          if (file) {
            file.disabled = said.state !== "agreed";
            if (!file.disabled) file.focus();
          }
        }
      } catch {
        // The network comes back or the clerk reloads; the page says nothing that is not known.
      }
      setTimeout(ask, POLL_MS);
    };
    setTimeout(ask, POLL_MS);
  }

  function elapsed(box) {
    const since = Number(box.dataset.since);
    const show = () => {
      const seconds = Math.max(0, Math.floor((Date.now() - since) / 1000));
      one("[data-elapsed]", box).textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      box.dataset.late = String(seconds >= 180);
    };
    show();
    setInterval(show, 1000);
  }

  function firstField() {
    if (location.hash || one("[data-focus]")) return;
    const form = one("form[data-main]");
    const problem = one("[aria-invalid=true]");
    const isOpen = (each) => {
      const group = each.closest(".choices");
      return group ? !one("input:checked", group) : isText(each) && !each.value;
    };
    const field = problem || (form && (stops(form).find(isOpen) || stops(form)[0]));
    if (!field) one("#main").focus();
    else if (field.matches("fieldset")) one("input", field).focus();
    else field.focus();
  }

  document.addEventListener("DOMContentLoaded", () => {
    addEventListener("keydown", keys);
    all(".choices").forEach(numbered);
    all("[data-read-card]").forEach((button) => button.addEventListener("click", () => readCard(button)));
    all("[data-capture]").forEach((box) => new Capture(box));
    all("[data-poll]").forEach(poll);
    all("[data-since]").forEach(elapsed);
    all("[data-scan] input[type=file]").forEach((input) =>
      input.addEventListener("change", () => { if (input.files.length) input.form.requestSubmit(); }));
    wait(0).then(firstField);
  });
})();
