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
// The programme of this address, if it goes on from an earlier one.
let continued = null;

/** The path of the request that the address stands for; empty on the empty page. */
function requestPath({ pathname, search }) {
  return pathname.match(/^\/programs\/[^/]+/)?.[0] ?? (search && `/programs${search}`);
}

/** Show what the address asks for. After a click, `focus` leads the reader to it. */
async function show(focus) {
  const path = requestPath(location);
  shown = address();
  setContinued(null);
  questions.fill(new URLSearchParams(location.search));
  if (path) {
    await work((signal) => plan(path, signal), focus);
  } else {
    running.abort();
    questions.showErrors([]);
    form.elements.start_date.value = today();
    clear();
    setState("empty");
  }
}

/** Run a task in place of the one under way, and show the state of the page that it returns. */
async function work(task, focus) {
  running.abort();
  const { signal } = running = new AbortController();
  questions.showErrors([]);
  status.textContent = "Planning …";
  section.setAttribute("aria-busy", "true");
  const state = await task(signal);
  if (signal.aborted) return;
  setState(state);
  status.textContent = section.querySelector("h2").textContent;
  const session = section.querySelector(`#session-${location.pathname.match(/sessions\/(\d+)$/)?.[1]}`);
  if (session) session.focus();
  else if (focus || state === "error") (form.querySelector("[aria-invalid]") ?? section.querySelector("h2")).focus();
}

function setContinued(program) {
  continued = program;
  document.getElementById("continued").hidden = !program;
}

function setState(state) {
  document.body.dataset.state = state;
  section.removeAttribute("aria-busy");
  fold.open = state === "empty" || state === "error";
  document.getElementById("answered").textContent = questions.summary();
}

/** Ask the API. Returns its answer, or the state of the page that shows why there is none. */
async function ask(path, signal, more) {
  let answer, body;
  try {
    answer = await fetch(path, { headers: { Accept: "application/json" }, signal, ...more });
    body = await answer.json();
  } catch {
    if (!signal.aborted) showProblem("The service did not answer", "Your answers are still here. Please try again in a moment.");
    return { state: "error" };
  }
  if (!answer.ok) return { state: refuse(body) };
  if (body.status !== "blocked") return { body };
  showBlocked(body);
  return { state: "blocked" };
}

/** Show the programme of a request; returns the state of the page. */
async function plan(path, signal) {
  const { body, state } = await ask(path, signal);
  if (!body || signal.aborted) return state;
  if (!path.includes("?")) {
    questions.fill(questions.toQuery(body.spec));
    setContinued(body.spec.start && body);
  }
  showProgramme(body, new URL(path, location));
  return "planned";
}

/** Plan the answers anew from where the programme on screen begins: `continue` keeps that. */
async function replan({ program_id: id, spec }, signal) {
  // The API reads the answers of the form as the spec that they mean.
  const { body: wanted, state } = await ask(`/programs?${questions.read()}`, signal);
  if (!wanted) return state;
  const { changed, dropped } = questions.compare(spec, wanted.spec);
  if (dropped.length) {
    const detail = "can be changed here, but not left out";
    return refuse({ errors: dropped.map((parameter) => ({ parameter, detail })) });
  }
  const { body, state: refused } = await ask(`/programs/${id}/continue`, signal, {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json" },
    body: JSON.stringify({ spec: changed }),
  });
  if (!body || signal.aborted) return refused;
  // What did not change keeps its id.
  const to = Object.keys(changed).length ? `/programs/${body.program_id}` : `/programs/${id}`;
  if (to !== address()) history.pushState(null, "", to);
  shown = address();
  return plan(to, signal);
}

function refuse({ title, detail, errors = [] }) {
  const others = questions.showErrors(errors);
  if (errors.length) showProblem("Please look at your answers again", others.length ? "" : "Each field says what would be right.", others);
  else showProblem(title, questions.nameFields(detail));
  return "error";
}

/** The day of the visitor: a session that is done now counts in a programme that begins today. */
const today = () => new Date().toLocaleDateString("sv");

const address = () => location.pathname + location.search;

function go(to) {
  if (to !== address()) history.pushState(null, "", to);
  show(true);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const unreadable = questions.findUnreadable();
  if (!unreadable.length) {
    if (continued) work((signal) => replan(continued, signal), true);
    else go(`/?${questions.read()}`);
    return;
  }
  refuse({ errors: unreadable });
  setState("error");
  form.querySelector("[aria-invalid]").focus();
});

document.getElementById("example").addEventListener("click", (event) => {
  event.preventDefault();
  go(`/${event.target.search}&start_date=${today()}`);
});

// A link within the page comes here, too.
addEventListener("popstate", () => address() === shown || show(false));
show(false);
