// What the guided session asks of the service and of the browser's storage.
import { isPain, makeId } from "./train_session.js";

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
  if (!answer.ok) throw content;
  return content;
}
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
export const isRemembered = (id) => recall("localStorage", logOf(id)) !== null;
export const listDone = (id) => recall("localStorage", logOf(id)) ?? recall("sessionStorage", logOf(id)) ?? [];
export function keepDone(id, completed, remember = isRemembered(id)) {
  const sessions = listDone(id).filter((one) => one.session_id !== completed.session_id).concat(completed);
  store("localStorage", logOf(id), remember && sessions);
  store("sessionStorage", logOf(id), sessions);
}

/** A new run of a session, as what was done before leaves it. Throws a problem. */
export async function load({ key, id, week, number }) {
  const at = `programs/${id}`;
  const rest = Promise.all([call(`${at}/weeks/${week}/sessions/${number}`), call("warning-signs"),
    call("reasons/CLEARANCE_REQUIRED"), call("reasons/PAIN_ABOVE_5")]);
  rest.catch(() => {});
  const program = await call(at);
  try {
    const [planned, signs, clearance, pain] = await rest;
    const adapted = await follow(id, week, number);
    const found = adapted
      ?? { plan: planned, week: program.weeks.find(({ index }) => index === week), warnings: [] };
    return {
      key, program_id: id, week, session: number, session_id: makeId(Date.now()), screen: "start", at: 0, began: null,
      extra_s: 0, done: {}, out: [], red_flags: [], plan: found.plan, warnings: found.warnings,
      reason: found.week.reason, reasons: found.week.other_reasons ?? {}, warm_up: program.warm_up,
      unit: program.spec.units === "imperial" ? "lb" : "kg", disclaimer: program.disclaimers[0],
      signs: signs.items, stop_sentence: clearance.variants.warning_sign_logged.earned, pain_sentence: pain.earned,
    };
  } catch (problem) {
    throw { ...problem, programme: at };
  }
}
/** The session after those done on this device in the same week or the one before; else nothing. */
async function follow(id, week, number) {
  const done = listDone(id);
  const last = Math.max(0, ...done.map((one) => one.week));
  if (!last || week < last || week > last + 1) return null;
  const answer = await adapt(id, done, week - 1);
  if (answer.status === "blocked") throw { title: "Stop here", detail: answer.reason.sentence };
  const warnings = answer.changes.filter(isPain).map(({ sentence }) => sentence);
  const session = answer.week?.sessions.find(({ index }) => index === number);
  if (!session) throw { title: "This session is left out", detail: warnings.join(" ") };
  return { week: answer.week, warnings, plan: { ...session, exercise_details: answer.week.exercise_details } };
}
