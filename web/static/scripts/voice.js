// A telephone on the page: dials, says, presses keys, records speech, reads answers aloud.
(() => {
  "use strict";

  const PAUSE_MS = 1500;
  const POLL_MS = 3000;
  const VOICES = { zh: "zh-CN", en: "en", ug: "ug" };
  const NEEDS_WHOLE = new Set(["number", "code", "rate_number", "rate_code"]);
  const PROOFS = { code: 4, rate_code: 6 };

  const phone = document.querySelector("[data-phone]");
  const one = (name) => phone.querySelector(`[data-${name}]`);
  const token = phone.querySelector("[name=csrfmiddlewaretoken]").value;
  const words = document.getElementById("words");
  let seq = 0;
  let node = "";
  let typed = "";
  let pause = 0;
  let polling = 0;
  let ordered = 0;
  let sending = Promise.resolve();

  const state = (text) => { one("state").textContent = text; };

  function line(who, text) {
    if (!text) return;
    const row = document.createElement("li");
    const name = document.createElement("span");
    const said = document.createElement("span");
    name.className = "phone-who";
    name.textContent = who;
    said.textContent = text;
    said.dir = "auto";
    row.append(name, said);
    one("lines").append(row);
    one("lines").scrollTop = one("lines").scrollHeight;
  }

  function aloud(text, language) {
    if (!one("aloud").checked || !window.speechSynthesis || !text) return;
    speechSynthesis.cancel();
    const said = new SpeechSynthesisUtterance(text);
    said.lang = VOICES[language] || language;
    speechSynthesis.speak(said);
  }

  function live(on) {
    for (const part of phone.querySelectorAll("[data-digit], [data-say], [data-record], [data-hang-up]")) part.disabled = !on;
    words.disabled = !on;
    one("dial").disabled = on;
    one("number").disabled = on;
    if (on) words.focus();
  }

  async function ask(path, fields) {
    const body = new FormData();
    body.append("call", phone.dataset.call);
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    const answer = await fetch(path, { method: "POST", body, headers: { "X-CSRFToken": token, Accept: "application/json" } });
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.sentence || phone.dataset.wrong);
    return said;
  }

  // One event after the other, each with the next number; what failed is sent again as it was.
  function tell(kind, fields = {}) {
    seq += 1;
    const event = { seq, kind, ...fields };
    sending = sending.then(async () => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return told(await ask("/voice/call/", event));
        } catch (error) {
          if (attempt < 3 && error instanceof TypeError) continue;
          state(error.message);
          return null;
        }
      }
    });
    return sending;
  }

  function told(answer) {
    node = answer.node || node;
    ordered = Math.max(ordered, answer.order || 0);
    line(phone.dataset.machine, answer.say);
    aloud(answer.say, answer.language);
    if (answer.do === "hang_up") over();
    if (answer.do === "connect") {
      state(phone.dataset.waiting);
      polling = polling || setTimeout(poll, POLL_MS);
    }
    return answer;
  }

  async function poll() {
    polling = 0;
    try {
      const now = await ask("/voice/state/", {});
      // An order is told until it is done: what was heard once is not said again.
      for (const order of now.orders.filter((each) => each.id > ordered)) {
        ordered = order.id;
        state("");
        told(order);
      }
      if (now.state === "ended") return;
      if (now.state === "taken") state(`${phone.dataset.taken}${now.operator}`);
    } catch (error) {
      state(error.message);
    }
    polling = setTimeout(poll, POLL_MS);
  }

  function over() {
    tell("ended");
    clearTimeout(polling);
    live(false);
    one("dial").disabled = true;
    state(phone.dataset.over);
  }

  one("dial").addEventListener("click", async () => {
    live(true);
    state("");
    tell("started", { phone: one("number").value, language: phone.dataset.language });
    tell("ringing");
    await tell("answered", { language: phone.dataset.language });
  });

  one("hang-up").addEventListener("click", () => {
    if (window.speechSynthesis) speechSynthesis.cancel();
    over();
  });

  one("words").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = words.value.trim();
    if (!text) return;
    line(phone.dataset.you, text);
    words.value = "";
    tell("said", { value: text });
  });

  words.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      one("words").requestSubmit();
    }
  });

  // A number is keyed until hash or a pause; everything else is one key.
  function press(digit) {
    typed += digit;
    one("typed").textContent = typed;
    clearTimeout(pause);
    if (!NEEDS_WHOLE.has(node) || digit === "#") send();
    else pause = setTimeout(send, typed.length >= (PROOFS[node] || Infinity) ? 0 : PAUSE_MS * 3);
  }

  function send() {
    clearTimeout(pause);
    if (!typed) return;
    line(phone.dataset.you, PROOFS[node] || node === "rating" ? "••••" : typed);
    tell("key", { value: typed });
    typed = "";
    one("typed").textContent = "";
  }

  for (const key of phone.querySelectorAll("[data-digit]")) key.addEventListener("click", () => press(key.dataset.digit));

  const record = one("record");
  let recorder = null;
  if (record) {
    const name = record.textContent;
    record.addEventListener("click", async () => {
      if (recorder) {
        recorder.stop();
        return;
      }
      try {
        const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
        const parts = [];
        recorder = new MediaRecorder(stream);
        recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
        recorder.addEventListener("stop", async () => {
          stream.getTracks().forEach((track) => track.stop());
          record.textContent = name;
          record.setAttribute("aria-pressed", "false");
          const kind = recorder.mimeType;
          recorder = null;
          state(phone.dataset.hearing);
          try {
            const heard = await ask("/voice/speech/", { speech: new Blob(parts, { type: kind }) });
            state("");
            line(phone.dataset.you, heard.text);
            tell("said", { value: heard.text });
          } catch (error) {
            state(error.message);
          }
        });
        recorder.start();
        record.textContent = record.dataset.stop;
        record.setAttribute("aria-pressed", "true");
      } catch {
        state(phone.dataset.denied);
      }
    });
  }
})();
