"use strict";

// Swagger UI has a dark mode. Follow the system's setting, and its changes.
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", paint);
paint();

// Swagger UI leaves some elements without a name, or where no keyboard reaches. These attributes
// correct them, by what axe-core finds.
const CORRECTIONS = [
  [".copy-to-clipboard > button", (button) => button.setAttribute("aria-label", "Copy")],
  [".close-modal", (button) => button.setAttribute("aria-label", "Close")],
  // A schema without a title has a button without a text.
  [
    ".json-schema-2020-12-accordion:not(:has(.json-schema-2020-12__title))",
    (button) => button.setAttribute("aria-label", "Schema"),
  ],
  // The label "Apply credentials" hides the visible one from those who speak to their computer.
  [".modal-btn.authorize", (button) => button.removeAttribute("aria-label")],
  ["textarea.body-param__text", (area) => area.setAttribute("aria-label", "Request body")],
  // A long response scrolls inside its box.
  ["pre.microlight", (box) => box.setAttribute("tabindex", "0")],
  // It is a table, not a landmark.
  [".responses-table[role=region]", (table) => table.removeAttribute("role")],
  // Swagger UI's headings go from level 1 to level 3.
  ["h3, h4, h5", (heading) => heading.setAttribute("aria-level", heading.localName[1] - 1)],
];

function correct() {
  for (const [selector, change] of CORRECTIONS) {
    document.querySelectorAll(`#swagger-ui :is(${selector})`).forEach(change);
  }
}

new MutationObserver(correct).observe(document.getElementById("swagger-ui"), {
  childList: true,
  subtree: true,
});

// The path of an operation is a link inside the button that opens it: show the path alone. The
// address of an opened operation is in the address bar. There is one server, so nothing to choose.
const components = () => ({
  wrapComponents: {
    OperationSummaryPath: (Path, { React }) => (props) =>
      React.createElement(Path, { ...props, getComponent: withoutLinks(props.getComponent, React) }),
    ServersContainer: () => () => null,
  },
});

function withoutLinks(getComponent, React) {
  const PlainPath = ({ text }) => React.createElement("span", null, text);
  return (name, ...rest) => (name === "DeepLink" ? PlainPath : getComponent(name, ...rest));
}

SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  persistAuthorization: true,
  plugins: [components],
  // The default theme has too little contrast.
  syntaxHighlight: { theme: "tomorrow-night" },
  tryItOutEnabled: true,
  // The validator badge would send the URL of this service to another host.
  validatorUrl: null,
});
