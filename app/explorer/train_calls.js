// What the guided session asks of the service and of the browser's storage.
import { isPain, makeId } from "./train_session.js";
import { day } from "./words.js";

/** The JSON of an answer. Throws the problem if there is one. */
export async function call(path, { method = "GET", body, key } = {}) {
  const headers = { Accept: "application/json" };
  if (body) headers["Content-Type"] = "application/json";
  if (key) headers.Authorization = `Bearer ${key}`;
  let answer, content;
  try {
    answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
    content = await answer.json();
  } catch {
    throw { title: "No answer", detail: "The service did not answer. Try again in a moment." };
  }
  if (!answer.ok) throw { ...content, successor: findSuccessor(answer.headers.get("Link")) };
  return content;
}
/** The path of the programme that stands in for a retired one. Other addresses are no such path. */
const findSuccessor = (link) => link?.match(/<(\/programs\/[\w-]+)>; *rel="successor-version"/)?.[1];

export const adapt = (id, sessions, through_week) =>
  call(`programs/${id}/adapt`, { method: "POST", body: { sessions, through_week } });

// A browser may forbid storage: then the session lives as long as its page.
export function recall(area, key) {
  try { return JSON.parse(window[area].getItem(key)); } catch { return null; }
}
export function store(area, key, value) {
  try {
    value ? window[area].setItem(key, JSON.stringify(value)) : window[area].removeItem(key);
  } catch { /* forbidden */ }
}

// The sessions done in a programme: until the tab closes, or for longer if the visitor asks for it.
const logOf = (id) => `pushoff/done/${id}`;
export const forgetDone = (id) =>
  ["localStorage", "sessionStorage"].forEach((area) => store(area, logOf(id), null));
export const isRemembered = (id) => recall("localStorage", logOf(id)) !== null;
export function listDone(id) {
  return ["localStorage", "sessionStorage"].map((area) => recall(area, logOf(id))).find(Array.isArray) ?? [];
}
export function keepDone(id, completed, remember = isRemembered(id)) {
  const sessions = listDone(id).filter((one) => one.session_id !== completed.session_id).concat(completed);
  store("localStorage", logOf(id), remember && sessions);
  store("sessionStorage", logOf(id), sessions);
}

// Whoever changes what a run holds raises the number: a run in another form is not found.
export const keyOf = (id, week, number) => `pushoff/train/3/${id}/${week}/${number}`;

/** A new run of a session, as what was done before leaves it. Throws a problem. */
export async function load({ key, id, week, number }) {
  const at = `programs/${id}`;
  const rest = Promise.all([call(`${at}/weeks/${week}/sessions/${number}`), call("warning-signs"),
    call("reasons/CLEARANCE_REQUIRED"), call("reasons/PAIN_ABOVE_5")]);
  rest.catch(() => {});
  const program = await call(at);
  try {
    const [planned, signs, clearance, pain] = await rest;
    const adapted = await follow(program, week, number);
    const found = adapted
      ?? { plan: planned, week: program.weeks.find(({ index }) => index === week), warnings: [], remarks: [] };
    return {
      key, program_id: id, week, session: number, session_id: makeId(Date.now()), screen: "start", at: 0, began: null,
      extra_s: 0, done: {}, out: [], red_flags: [], plan: found.plan, warnings: found.warnings,
      remarks: [...found.remarks, ...warnIfEarly(program.spec.start_date)],
      reason: found.week.reason, reasons: found.week.other_reasons ?? {}, warm_up: program.warm_up,
      units: program.spec.units, disclaimer: program.disclaimers[0],
      signs: signs.items, stop_sentence: clearance.variants.warning_sign_logged.earned, pain_sentence: pain.earned,
    };
  } catch (problem) {
    throw { ...problem, programme: at };
  }
}
function warnIfEarly(start) {
  const today = new Date(Date.now()).toLocaleDateString("sv");
  return start > today ? [`The programme begins on ${day(start)}: a session before then does not count.`] : [];
}
/** The session after all that was done on this device up to its week; nothing if nothing was done. */
async function follow({ program_id: id, exercise_details: known }, week, number) {
  const done = listDone(id);
  if (!done.length) return null;
  return followAll(id, known, done, week, number).catch((problem) => {
    throw problem.errors ? { ...problem, forget: () => forgetDone(id) } : problem;
  });
}
async function followAll(id, known, done, week, number) {
  const before = done.filter((one) => one.week <= week), isLater = before.length === done.length;
  // A warning sign stops every week, also those before it.
  const now = await adapt(id, done, Math.max(week, ...done.map((one) => one.week)) - 1);
  if (now.status === "blocked") throw { title: "Stop here", detail: now.reason.sentence };
  const then = isLater ? now : await adapt(id, before, week - 1);
  const { exercise_details, reason, sessions } = then.week, names = { ...known, ...exercise_details };
  const pains = [...then.changes, ...now.changes].filter(isPain).map(({ from, to, sentence }) =>
    `${names[(from ?? to).slug]?.name ?? (from ?? to).slug}: ${sentence}`);
  const warnings = [...new Set(pains)];
  const session = sessions.find(({ index }) => index === number);
  if (!session) throw { title: "This session is left out", detail: warnings.join(" ") || reason.sentence };
  const remarks = isLater ? [] : ["This week is earlier than what you did here last: the later sessions were not used."];
  return { week: then.week, warnings, remarks, plan: { ...session, exercise_details } };
}
