// A programme as a part of the page. Only text and attributes are set: no value is read as HTML.

import { DAYS, KINDS, TYPES, addDays, capitalise, count, day, dose, list, listGrounds, range, tempo } from "./words.js";
import { snippets } from "./snippets.js";
import { addTabs } from "./tabs.js";

const answer = document.getElementById("answer");
const lists = new Map();

/** The items of a list of the API by a key. A list that could not be loaded is asked for again. */
function load(path, key) {
  if (!lists.has(path)) {
    lists.set(path, fetch(path).then((found) => found.json())
      .then(({ items }) => new Map(items.map((item) => [item[key], item])))
      .catch(() => lists.delete(path) && new Map()));
  }
  return lists.get(path);
}

/** A copy of a template, and a function that finds its elements, also once it is in the page. */
function copyOf(name) {
  const part = document.getElementById(name).content.firstElementChild.cloneNode(true);
  return [part, (selector) => part.querySelector(selector)];
}

const make = (tag, textContent, more) => Object.assign(document.createElement(tag), { textContent }, more);

/** Fill a list; without items, take it out. */
function fillOrRemove(into, texts) {
  if (texts.length) into.replaceChildren(...texts.map((text) => make("li", text)));
  else into.remove();
}

const sentences = (reasons = []) => reasons.map(({ sentence }) => sentence);

/** Show on what a reason rests, as soon as somebody asks. */
function explain(details, reason) {
  details.addEventListener("toggle", async () => {
    fillOrRemove(details.querySelector("ul"), listGrounds(reason, await load("/evidence", "id")));
  }, { once: true });
}

function drawExercise(exercise, program, week) {
  const [part, find] = copyOf("exercise-view");
  const { slug, rest_s } = exercise;
  const details = program.exercise_details[slug];
  const reason = exercise.reason ?? week.other_reasons?.[details.track] ?? week.reason;
  find("img").alt = details.name;
  find("img").src = `/exercises/${slug}/illustration.svg?view=both`;
  find("h6").textContent = details.name;
  fillOrRemove(find(".dose"), dose(exercise, program.spec.units));
  find(".tempo").textContent = tempo(details.tempo, rest_s);
  fillOrRemove(find(".cues"), details.cues);
  find(".faults").textContent = `Watch out for: ${details.common_faults.join("; ")}.`;
  find(".evidence span").textContent = reason.sentence;
  explain(find(".evidence"), reason);
  load("/exercises", "slug").then((known) => {
    const { pictures, setup = [], movement = [] } = known.get(slug) ?? {};
    find("img").alt = pictures?.alt ?? details.name;
    fillOrRemove(find("ol"), [...setup, ...movement]);
  });
  return part;
}

/** Whether the guided session was done on this device: for longer than the tab if its visitor said so. */
function isDone(id, week, number) {
  try {
    const kept = [localStorage, sessionStorage].map((area) => JSON.parse(area.getItem(`pushoff/done/${id}`)));
    return kept.flat().some((one) => one?.week === week && one.session === number && one.status !== "abandoned");
  } catch { return false; }
}

function drawSession(session, program, week) {
  const [part, find] = copyOf("session-view");
  const when = session.date ? day(session.date) : DAYS[session.weekday];
  const link = (selector, href) => Object.assign(find(selector), { href, ariaLabel: `${find(selector).textContent}: ${when}` });
  find("h5").textContent = isDone(program.program_id, week.index, session.index) ? `${when} (done)` : when;
  find("h5").id = `session-${session.index}`;
  find(".minutes").textContent = `About ${session.est_minutes} minutes, warm-up included${TYPES[session.type] ?? ""}`;
  link(".train", `/train?program_id=${program.program_id}&week=${week.index}&session=${session.index}`);
  link(".fit", `/programs/${program.program_id}/weeks/${week.index}/sessions/${session.index}/workout.fit`);
  fillOrRemove(find(".notes"), [...sentences(session.timing_advice), ...(session.trimmed ? ["Shortened to fit your time."] : [])]);
  find(".exercises").append(...session.exercises.map((exercise) => drawExercise(exercise, program, week)));
  return part;
}

function drawWeek(program, week) {
  const [part, find] = copyOf("week-view");
  const { index, kind, phase, start_date: start, sessions } = week;
  const name = KINDS[kind] && kind !== phase ? `${phase}, ${KINDS[kind]} week` : phase;
  find("h4").textContent = `Week ${index}: ${name}${start ? `, ${day(start)} to ${day(addDays(start, 6))}` : ""}`;
  find(".why").textContent = week.reason.sentence;
  fillOrRemove(find(".notes"), [...sentences(week.notes), ...(week.retest ? ["Repeat the heel-rise test, if nothing hurts."] : [])]);
  find(".warm-up").append(program.warm_up);
  find(".zip").href = `/programs/${program.program_id}/weeks/${index}/workouts.zip`;
  if (sessions.length) find(".sessions").append(...sessions.map((session) => drawSession(session, program, week)));
  else part.replaceChildren(...part.querySelectorAll("h4, .why, .notes"), make("p", "No sessions this week."));
  return part;
}

function describe(find, { spec, weeks, days, phases }) {
  const race = spec.races.findLast(({ taper }) => taper);
  const minutes = weeks.flatMap(({ sessions }) => sessions.map(({ est_minutes }) => est_minutes));
  const time = `${range(Math.min(...minutes), Math.max(...minutes))} minutes each time`;
  const told = [
    minutes.length
      ? `Planned for ${list(days.map((one) => DAYS[one]))}, ${time}.`
      : "No session is planned: each week is a pause.",
    spec.start_date && `It begins on ${day(spec.start_date, "numeric")}.`,
    spec.start && "It goes on from what was reached before.",
  ];
  const goal = race ? `, up to your race on ${day(race.date, "numeric")}` : "";
  find("h2").textContent = `${count(weeks.length, "week")} of strength${goal}`;
  find(".lede").textContent = told.filter(Boolean).join(" ");
  fillOrRemove(find(".phases"), phases.map(({ name, from_week: from, to_week: to }) =>
    `${capitalise(name)}: ${from === to ? "week" : "weeks"} ${range(from, to)}`));
}

/** The week that the address names, else that of today, else the first. */
function findWeek(weeks) {
  const named = Number((location.hash || location.pathname).match(/week(?:-|s\/)(\d+)/)?.[1]);
  if (named >= 1 && named <= weeks.length) return named - 1;
  const today = new Date().toLocaleDateString("sv");
  return Math.max(0, weeks.findIndex(({ start_date: start }) => start && start <= today && today <= addDays(start, 6)));
}

async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Not allowed here, copy it by hand";
  }
}

/** Say what a link to a programme gives away. */
function warnOfLink(hint, spec) {
  const given = [spec.age && "age", spec.body_mass && "body mass"].filter(Boolean);
  hint.textContent = `The link holds your answers, your ${list(given)} too. Whoever has it can read them.`;
  hint.hidden = !given.length;
}

/** Print a programme with each week on a page of its own. */
function offerPrint(find, program) {
  const paper = find("#print");
  function lay() {
    paper.replaceChildren(...program.weeks.map((week) => drawWeek(program, week)));
    for (const one of paper.querySelectorAll("[id]")) one.removeAttribute("id");
    const pictures = [...paper.querySelectorAll("img")];
    for (const picture of pictures) picture.loading = "eager";
    return pictures;
  }
  find(".print").addEventListener("click", async () => {
    // A picture that cannot be loaded keeps nobody from the others.
    await Promise.allSettled(lay().map((picture) => picture.decode()));
    if (paper.isConnected) print();
  });
  // The browser's own command does not wait: it has the pictures that were seen, others may miss.
  window.onbeforeprint = () => paper.isConnected && !paper.hasChildNodes() && lay();
  window.onafterprint = () => paper.replaceChildren();
}

/** Show a programme. `url` is that of the request which it answers. */
export function showProgramme(program, url) {
  const [view, find] = copyOf("programme-view");
  const path = `/programs/${program.program_id}`;
  view.dataset.program = program.program_id;
  describe(find, program);
  fillOrRemove(find(".notes"), sentences(program.notices));
  find(".disclaimers").textContent = program.disclaimers.join(" ");
  find(".chart").src = `${path}/chart.svg`;
  find(".calendar").href = `${path}/calendar.ics`;
  find(".calendar").hidden = !program.spec.start_date;
  find(".share").addEventListener("click", ({ target }) => copy(location.origin + path, target));
  warnOfLink(find(".personal"), program.spec);
  offerPrint(find, program);

  const kinds = program.weeks.map(({ kind }) => KINDS[kind]);
  const pick = addTabs(find(".weeks"), find("#week"), kinds.map((small, at) => (
    { text: at + 1, small, name: `Week ${at + 1} ${small ?? ""}`.trim() })), (at) => {
    find("#week").replaceChildren(drawWeek(program, program.weeks[at]));
    if (view.isConnected) history.replaceState(null, "", `#week-${at + 1}`);
  });
  pick(findWeek(program.weeks));

  const code = find("code");
  const texts = Object.entries(snippets(url));
  addTabs(find(".languages"), find("#snippet"), texts.map(([text]) => ({ text })), (at) => {
    code.textContent = texts[at][1];
    find(".copy").textContent = "Copy";
  })(0);
  find(".copy").addEventListener("click", ({ target }) => copy(code.textContent, target));

  answer.replaceChildren(view);
  // Fetched before somebody asks, so that it is there when the network is not.
  load("/evidence", "id");
}

/** Say that there is no programme, and why. */
export function showBlocked(blocked) {
  const [view, find] = copyOf("blocked-view");
  find(".lede").textContent = blocked.sentence;
  find(".disclaimers").textContent = blocked.disclaimers.join(" ");
  explain(find(".evidence"), blocked);
  answer.replaceChildren(view);
}

/** Say what is wrong, apart from what stands beside a field. */
export function showProblem(title, detail, errors = []) {
  const [view, find] = copyOf("problem-view");
  find("h2").textContent = title;
  find("p").textContent = detail;
  fillOrRemove(find("ul"), errors.map((error) => `${error.parameter ?? ""} ${error.detail}`));
  answer.replaceChildren(view);
}

export const clear = () => answer.replaceChildren();
