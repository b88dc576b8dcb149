// The operator's screen: keys, joining another request, taking over an answer.
// Without scripts every button still files the call.
(() => {
  "use strict";

  const one = (selector, root = document) => root.querySelector(selector);
  const form = one("form[data-main]");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    const opened = one(`[data-open-key="${CSS.escape(event.key)}"]`);
    const pressed = one(`[data-key="${CSS.escape(event.key)}"]`);
    const reached = one(`[data-focus-key="${CSS.escape(event.key)}"]`);
    if (!opened && !pressed && !reached) return;
    event.preventDefault();
    // What cannot be undone from here is only reached by its key, and done with Enter.
    if (reached) {
      reached.focus();
      return;
    }
    if (pressed) {
      pressed.click();
      return;
    }
    opened.open = true;
    one("textarea, select, input", opened)?.focus();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || !form) return;
    if (button.dataset.join) form.elements.into.value = button.dataset.join;
    if (button.dataset.line) form.elements.line.value = button.dataset.line;
    if (button.dataset.answer) {
      form.elements.answer.value = button.dataset.answer;
      form.elements.answer.closest("details").open = true;
      form.elements.answer.focus();
    }
  });

  // While somebody speaks, Enter in a field must not send the call anywhere: keys do that.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches(".line-call input")) return;
    event.preventDefault();
  });

  // What the operator has chosen stands, whatever the words sound like afterwards.
  document.addEventListener("change", (event) => {
    const field = event.target.closest("#kind select, #kind input");
    if (!field || !form) return;
    field.closest("#kind").removeAttribute("id");
    form.elements.chosen.value = "1";
  });

  // In a longer language what the keys mean takes two rows: the buttons stay above them.
  const keys = one("aside.keys-hint");
  if (keys) {
    new ResizeObserver(() => {
      document.documentElement.style.setProperty("--keys-high", `${keys.offsetHeight}px`);
    }).observe(keys);
  }

  // Where something is wrong the summary of it has the focus.
  const first = form && (one("#f-text", form) || one("input:checked", form)
    || one("select, textarea, input:not([type=hidden])", form));
  if (first && !one("[data-focus]")) {
    first.focus();
    // What the caller has said already stands there: one goes on after it.
    if (first.matches("textarea")) first.setSelectionRange(first.value.length, first.value.length);
  }
})();
