// The end of a guided session: what was done, how hard it was, what changes next, where to keep it.
// The visitor's id and key stay in the memory of the page.
import { adapt, call, isRemembered, keepDone, listDone } from "./train_calls.js";
import { button, checkbox, make, makeScale, paragraph } from "./train_controls.js";
import * as session from "./train_session.js";
import { DAYS, day, listGrounds } from "./words.js";

const TITLES = { completed: "Done", partial: "Done in part", abandoned: "Ended" };
let run, details, athlete = "me";

const name = (slug) => details[slug]?.name ?? slug.replaceAll("-", " ");
const completed = () => session.buildCompletedSession(run, athlete);
const fold = (title, ...content) => make("details", {}, make("summary", {}, title), ...content);
const makePlace = () => make("div", { class: "answer", tabindex: -1 });

/** Shows what comes of a question to the service, or its problem in words. */
async function answer(place, ask) {
  place.replaceChildren(paragraph("One moment."));
  try {
    place.replaceChildren(...(await ask()).filter(Boolean));
  } catch (problem) {
    const errors = (problem.errors ?? []).map((error) =>
      make("li", {}, session.describeError(error, completed(), name)));
    place.replaceChildren(make("div", { class: "alarm" }, make("strong", {}, problem.title),
      paragraph(problem.detail), errors.length && make("ul", {}, ...errors)));
  }
  place.focus();
}

function describeNext(next) {
  if (!next) return null;
  const query = new URLSearchParams({ program_id: run.program_id, week: next.week, session: next.session });
  const link = make("a", { href: `train?${query}` }, `week ${next.week}, session ${next.session}`);
  return make("p", {}, "Next: ", link, `, ${next.date ? day(next.date) : DAYS[next.weekday]}.`);
}

/** Why something changes, and on what that rests as soon as somebody asks. */
function makeWhy(change) {
  const grounds = make("ul"), why = fold(`Why? ${change.sentence}`, grounds);
  why.addEventListener("toggle", async () => {
    if (!why.open) return;
    const { items } = await call("evidence").catch(() => ({ items: [] }));
    const known = new Map(items.map((item) => [item.id, item]));
    grounds.replaceChildren(...listGrounds(change, known).map((line) => make("li", {}, line)));
  });
  return why;
}

const describeChange = (change) => make("li", {},
  make("strong", {}, `${name((change.from ?? change.to).slug)}:`),
  ` ${session.describeChange(change, name)}`, makeWhy(change));

/** What comes next as it stands, and the week after this one if nothing more is done: pain first. */
async function askWhatChanges() {
  const id = run.program_id;
  const sessions = [...listDone(id).filter((one) => one.session_id !== run.session_id), completed()];
  const [now, later] = await Promise.all([adapt(id, sessions), adapt(id, sessions, run.week)]);
  Object.assign(details, now.week?.exercise_details, later.week?.exercise_details);
  if (now.reason) return [paragraph(now.reason.sentence, "alarm")];
  const isOutside = now.data_notes.some((note) => note.code === "OUT_OF_RANGE" && note.session_id === run.session_id);
  const painful = new Map([...now.changes, ...later.changes].filter(session.isPain).map((change) =>
    [change.track, paragraph(`${name((change.from ?? change.to).slug)}: ${change.sentence}`, "alarm")]));
  return [
    ...painful.values(),
    describeNext(now.next),
    ...now.data_notes.map(({ sentence }) => paragraph(sentence, isOutside ? "alarm" : null)),
    later.week ? make("h2", {}, `Week ${later.week.index}, if nothing more is done before it`)
      : paragraph("This was the last week of the programme."),
    make("ul", {}, ...session.sortChanges(later.changes).map(describeChange)),
    !isOutside && paragraph(sessions.length > 1 ? `Counted: this session and ${sessions.length - 1} before it on this device.`
      : "Counted: this session alone. No other is known on this device.", "hint"),
  ];
}

async function storeSession(key) {
  if (!/^[!-~]+$/.test(key)) throw { title: "That is no API key", detail: "A key begins with push_." };
  const stored = await call(`sessions/${run.session_id}`, { method: "PUT", body: completed(), key });
  return [paragraph(`Stored. Outcome: ${stored.outcome}.`),
    ...stored.data_notes.map((note) => paragraph(note.detail, session.isPain(note) ? "alarm" : null)),
    describeNext(stored.next)];
}

function makeKeyForm(changed) {
  const place = makePlace(), key = make("input", { type: "password", autocomplete: "off" });
  const id = make("input", { type: "text", value: athlete, maxlength: 128, autocomplete: "off" });
  const form = make("form", {}, make("label", {}, "Your id in the app", id),
    make("label", {}, "API key", key), make("button", {}, "Store the session"));
  id.addEventListener("input", () => { athlete = id.value; changed(); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer(place, () => storeSession(key.value.trim()));
  });
  return fold("Store it with an API key",
    paragraph("The key stays in the memory of this page: it is never stored or put into the address."), form, place);
}

function makeSheet(sheet) {
  const copy = async (event) => {
    try {
      await navigator.clipboard.writeText(sheet.textContent);
      event.target.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(sheet);
    }
  };
  const download = () => {
    const file = new Blob([sheet.textContent], { type: "application/json" });
    make("a", { href: URL.createObjectURL(file), download: `${run.session_id}.json` }).click();
  };
  return fold("The session as JSON", sheet, button("Copy", copy), button("Download", download));
}

/** Draws the summary. `page` has the run, its steps, and what the page can do. */
export function showSummary(page) {
  ({ run } = page);
  details = { ...run.plan.exercise_details };
  const id = run.program_id, sheet = make("pre", { tabindex: 0, "aria-label": "The session as JSON" });
  const changed = () => {
    page.save();
    sheet.textContent = JSON.stringify(completed(), null, 2);
    keepDone(id, completed());
  };
  changed();
  const sets = page.steps.map((step, i) => run.done[i] && button(
    `${page.titleOf(step)}: ${session.describeDone(run.done[i])}`, () => page.correct(i)));
  const count = Object.keys(run.done).length;
  const minutes = Math.max(1, Math.round((run.ended_at - run.started_at) / 60_000));
  const notes = make("textarea", { maxlength: 2000, rows: 3 }, run.notes), next = makePlace();
  notes.addEventListener("input", () => { run.notes = notes.value; changed(); });
  const more = !run.warned && page.resume();
  page.show(run.warned ? "Stop here" : TITLES[completed().status], [
    run.warned && make("p", { class: "alarm big", role: "alert" }, run.stop_sentence),
    paragraph(`${count} of ${page.steps.length} sets in ${minutes} ${minutes === 1 ? "minute" : "minutes"}.`, "big"),
    count && fold("Look at your sets; press one to correct it", ...sets),
    makeScale({ question: "How hard was the whole session?", hint: "0: no effort. 10: as hard as it gets.",
      value: run.srpe, change: (value) => { run.srpe = value; changed(); } }),
    make("label", {}, "Notes, if you like", notes),
    checkbox("Remember the sessions of this programme on this device", isRemembered(id),
      (on) => keepDone(id, completed(), on)),
    button("What changes next?", () => answer(next, askWhatChanges), "whole"), next,
    paragraph("The service answers and stores nothing.", "hint"),
    makeKeyForm(changed), makeSheet(sheet),
  ], [more && button("Go on with the session", more), button("Do it again", page.again),
    make("a", { class: "button quiet", href: `programs/${id}` }, "The programme")]);
}
