// Tabs with one panel: a click, arrow keys, Home and End choose.

/** Add a tab for each `{ text, small, name }`; returns the function that chooses one. */
export function addTabs(list, panel, tabs, choose) {
  const buttons = tabs.map(({ text, small, name }, at) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", role: "tab", id: `${panel.id}-${at + 1}`, textContent: text });
    if (small) button.append(" ", Object.assign(document.createElement("small"), { textContent: small }));
    if (name) button.ariaLabel = name;
    button.setAttribute("aria-controls", panel.id);
    button.addEventListener("click", () => pick(at));
    return button;
  });
  function pick(at) {
    buttons.forEach((button, n) => {
      button.ariaSelected = n === at;
      button.tabIndex = n === at ? 0 : -1;
    });
    panel.setAttribute("aria-labelledby", buttons[at].id);
    choose(at);
  }
  list.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(event.target);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const to = (next + buttons.length) % buttons.length;
    buttons[to].focus();
    pick(to);
  });
  list.append(...buttons);
  return pick;
}
