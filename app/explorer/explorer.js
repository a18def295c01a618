// The front page: the form makes the address, the address is a request to the API, and the page
// shows its answer. /programs/{id}/weeks/{n}/sessions/{k} and what is above it are this page, too.

import * as questions from "./questions.js";
import { clear, showBlocked, showProblem, showProgramme } from "./programme.js";

const form = document.getElementById("spec");
const fold = document.getElementById("questions");
const section = document.getElementById("answer");
const status = document.getElementById("status");
// The request under way, which a newer one ends, and the address that the page shows.
let running = new AbortController();
let shown = "";

/** The path of the request that the address stands for; empty on the empty page. */
function requestPath({ pathname, search }) {
  return pathname.match(/^\/programs\/[^/]+/)?.[0] ?? (search && `/programs${search}`);
}

/** Show what the address asks for. After a click, `focus` leads the reader to it. */
async function show(focus) {
  running.abort();
  const { signal } = running = new AbortController();
  const path = requestPath(location);
  shown = address();
  questions.fill(new URLSearchParams(location.search));
  questions.showErrors([]);
  if (path) {
    status.textContent = "Planning …";
    section.setAttribute("aria-busy", "true");
    const state = await ask(path, signal);
    if (signal.aborted) return;
    setState(state);
    status.textContent = section.querySelector("h2").textContent;
    const session = section.querySelector(`#session-${location.pathname.match(/sessions\/(\d+)$/)?.[1]}`);
    if (session) session.focus();
    else if (focus || state === "error") (form.querySelector("[aria-invalid]") ?? section.querySelector("h2")).focus();
  } else {
    form.elements.start_date.value = nextMonday();
    clear();
    setState("empty");
  }
}

function setState(state) {
  document.body.dataset.state = state;
  section.removeAttribute("aria-busy");
  fold.open = state === "empty" || state === "error";
  document.getElementById("answered").textContent = questions.summary();
}

/** Ask the API and draw its answer; returns the state of the page. */
async function ask(path, signal) {
  let answer, body;
  try {
    answer = await fetch(path, { headers: { Accept: "application/json" }, signal });
    body = await answer.json();
  } catch {
    if (!signal.aborted) showProblem("The service did not answer", "Your answers are still here. Please try again in a moment.");
    return "error";
  }
  if (!answer.ok) return refuse(body);
  if (body.status === "blocked") {
    showBlocked(body);
    return "blocked";
  }
  if (!path.includes("?")) questions.fill(questions.toQuery(body.spec));
  showProgramme(body, new URL(path, location));
  return "planned";
}

function refuse({ title, detail, errors = [] }) {
  const others = questions.showErrors(errors);
  if (errors.length) showProblem("Please look at your answers again", others.length ? "" : "Each field says what would be right.", others);
  else showProblem(title, detail);
  return "error";
}

const nextMonday = () => {
  const today = new Date();
  today.setDate(today.getDate() + ((8 - today.getDay()) % 7 || 7));
  return today.toLocaleDateString("sv");
};

const address = () => location.pathname + location.search;

function go(to) {
  if (to !== address()) history.pushState(null, "", to);
  show(true);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const unreadable = questions.findUnreadable();
  if (!unreadable.length) {
    go(`/?${questions.read()}`);
    return;
  }
  refuse({ errors: unreadable });
  setState("error");
  form.querySelector("[aria-invalid]").focus();
});

document.getElementById("example").addEventListener("click", (event) => {
  event.preventDefault();
  go(`/${event.target.search}&start_date=${nextMonday()}`);
});

// A link within the page comes here, too.
addEventListener("popstate", () => address() === shown || show(false));
show(false);
