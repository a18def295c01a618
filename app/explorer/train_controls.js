// The controls of the guided session as elements: buttons, a dial, number keys, scales, the picture.
// They know nothing about a session. What a control has to tell, it tells a function.

/** An element. `props` are attributes; those that are null or false are left out. */
export function make(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value != null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child));
  return node;
}

export const paragraph = (text, look) => make("p", { class: look }, text);

export function button(text, click, look = "quiet", label = null) {
  const node = make("button", { type: "button", class: look, "aria-label": label }, text);
  node.addEventListener("click", click);
  return node;
}

export function checkbox(text, checked, change) {
  const input = make("input", { type: "checkbox", checked });
  input.addEventListener("change", () => change(input.checked));
  return make("label", { class: "check" }, input, text);
}

/** A ring with a number in it, and the function that turns it: turn(number, word, share). */
export function makeDial(label) {
  const dial = make("div", { class: "dial", role: "timer", "aria-label": label });
  dial.innerHTML = '<svg viewBox="0 0 100 100" aria-hidden="true"><circle cx="50" cy="50" r="46"/>'
    + '<circle class="hand" cx="50" cy="50" r="46" pathLength="100"/></svg><strong></strong><span></span>';
  const [ring, number, word] = dial.children;
  return [dial, (shown, below, share) => {
    number.textContent = shown;
    word.textContent = below;
    ring.lastChild.setAttribute("stroke-dasharray", `${Math.min(1, Math.max(0, share)) * 100} 100`);
  }];
}

/** A number between two big keys. An empty field is null: not known. */
export function makeStepper(label, value, step, most, change) {
  const input = make("input", { type: "number", inputmode: "decimal", min: 0, max: most,
    step: step === "any" ? "any" : 1, value, placeholder: "–", "aria-label": label });
  const tell = () => change(input.value === "" ? null : input.valueAsNumber);
  const add = (by) => {
    input.value = Math.min(most, Math.max(0, (input.valueAsNumber || 0) + by));
    tell();
  };
  const by = step === "any" ? 1 : step;
  input.addEventListener("input", tell);
  return make("div", { class: "stepper" }, make("span", { "aria-hidden": "true" }, label),
    button("−", () => add(-by), "quiet", `${label}: ${by} less`), input,
    button("+", () => add(by), "quiet", `${label}: ${by} more`));
}

/** A choice from 0 to 10, or not known, which is null. */
export function makeScale({ question, hint, value, change, unit = 1 }) {
  const name = question.replace(/\W/g, "");
  const cells = [...Array(11).keys(), null].map((score) => {
    const input = make("input", { type: "radio", name, checked: score === (value ?? null) });
    input.addEventListener("change", () => change(score));
    const text = score === null ? "don't know" : String(score * unit);
    return make("label", { class: score === null ? "unknown" : null }, input, make("span", {}, text));
  });
  return make("fieldset", { class: "scale" }, make("legend", {}, question),
    hint && paragraph(hint, "hint"), make("div", {}, ...cells));
}

/** The moving picture at an address; both ends where motion is unwanted. The dial counts a hold. */
export function makePicture(address, name, { holds, left }) {
  const prefers = (what) => matchMedia(`(prefers-${what})`).matches;
  const view = prefers("reduced-motion: reduce") ? "both" : holds ? "end" : "motion";
  const data = `${address}?view=${view}&theme=${prefers("color-scheme: dark") ? "dark" : "light"}`;
  // Pictures show the right side. Both ends have words, which cannot be turned.
  const look = left && view !== "both" && "left";
  const object = make("object", { type: "image/svg+xml", data, class: look, tabindex: -1, inert: true });
  const picture = make("div", { class: "picture", role: "img", "aria-label": name }, object);
  object.addEventListener("load", () => {
    const text = object.contentDocument?.querySelector("desc")?.textContent;
    if (text) picture.setAttribute("aria-label", text);
  });
  object.addEventListener("error", () => picture.remove());
  return picture;
}

/** Puts the picture where a repetition stands, so that it beats with the count. */
export function keepTime(elapsed) {
  const motions = document.querySelector("object")?.contentDocument?.getAnimations() ?? [];
  for (const motion of motions) {
    if (elapsed < 0) {
      motion.pause();
      motion.currentTime = 0;
    } else {
      if (motion.playState !== "running") motion.play();
      if (Math.abs(motion.currentTime - elapsed) > 150) motion.currentTime = elapsed;
    }
  }
}
