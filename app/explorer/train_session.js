// A session as values: its sets in the order to do them, the words for them, and what was done as
// the completed session that adapt and PUT /sessions take. No page, no clock, no storage.
import { capitalise, listPhases, range, stepHeight } from "./words.js";

const SIDES = {
  side_plank: ["side", "the side that faces the floor"],
  bridge: ["leg", "the leg that stands on the floor or on the chair"],
};
// The science is that of the service: tests hold these three against it.
const PAIN_TO_WATCH = 3;
export const TOO_MUCH_PAIN = 5;
/** The codes of reasons that pain gives, the strongest first. */
export const PAIN_CODES = ["PAIN_ABOVE_5", "SIBLING_PAIN", "PAIN_WORSE_NEXT_MORNING", "PAIN_PERSISTS",
  "PAIN_NOT_SETTLING", "PAIN_ACCEPTABLE_HOLD", "RETURN_AFTER_PAIN"];
export const PAIN_HINT = `0: none. 1 to ${PAIN_TO_WATCH - 1}: you notice it. `
  + `${PAIN_TO_WATCH} to ${TOO_MUCH_PAIN}: clear, the exercise does not grow. Above ${TOO_MUCH_PAIN}: stop this exercise.`;
const FIELDS = { athlete_id: "Your id", notes: "Notes", srpe: "Effort of the session", reps: "Reps",
  duration_s: "Seconds", rir: "Reserve", pain: "Pain", load: "Weight", started_at: "Start",
  ended_at: "End", performed_at: "Time", program_id: "Programme", week: "Week", session: "Session" };

/** The sets of a session, one step each. The sides of a pair are done in turn. */
export function listSteps({ exercises }) {
  return exercises.flatMap((exercise, at) => {
    const most = Math.max(...exercise.sets.map((planned) => planned.count));
    return Array.from({ length: most }, (_, n) => exercise.sets.flatMap((planned, entry) =>
      n < planned.count ? [{ at, entry, exercise, planned, number: n + 1 }] : [])).flat();
  });
}

/** Seconds of rest between a set that was done and another: none between the sides of a pair. */
export const findRest = (done, next) =>
  done.at === next.at && done.number === next.number ? 0 : done.exercise.rest_s;

export const describeDose = ({ reps, reps_max, seconds, seconds_max }) =>
  seconds ? `${range(seconds, seconds_max)} seconds` : `${range(reps, reps_max)} reps`;

/** How to do a set: tempo, step, weight and what to leave in reserve. */
export function describeWay({ exercise, planned }, tempo, units) {
  const beat = listPhases(tempo).map(([word, seconds]) => `${seconds} s ${word}`).join(", ");
  return [
    beat && `${beat}.`,
    exercise.step_height_cm && `Step: ${stepHeight(exercise.step_height_cm, units)}.`,
    planned.load && `Weight: ${planned.load.value} ${planned.load.unit}.`,
    exercise.load_choice && "Take a weight of your choice.",
    `Stop with about ${planned.seconds ? `${planned.reserve_s} seconds` : planned.rir} more left in you.`,
  ].filter(Boolean).join(" ");
}

/** What works, and what that means: ["Left side", "the side that faces the floor"]. */
export function describeSide(side, track) {
  const [noun, meaning] = SIDES[track] ?? ["leg", "the leg that works"];
  if (side !== "both") return [`${capitalise(side)} ${noun}`, meaning];
  return [/plank/.test(track) ? "Both sides" : "Both legs", "at the same time"];
}

/** Where a repetition stands after so many milliseconds of a set: {rep, phase, left, share}. */
export function findBeat(elapsed, tempo) {
  const phases = listPhases(tempo);
  const cycle = phases.reduce((sum, [, seconds]) => sum + seconds * 1000, 0);
  let within = elapsed % cycle;
  const beat = { rep: Math.floor(elapsed / cycle) + 1, share: within / cycle };
  for (const [phase, seconds] of phases) {
    if (within < seconds * 1000) return { ...beat, phase, left: Math.ceil(seconds - within / 1000) };
    within -= seconds * 1000;
  }
}

/** The repetitions that were done in so many milliseconds of a count: from half of one on it is one. */
export function countReps(elapsed, tempo, { reps_max }) {
  const { rep, share } = findBeat(elapsed, tempo);
  return Math.min(reps_max, share < 0.5 ? rep - 1 : rep);
}

/** A moment in RFC 3339, with the offset of this device. */
export function writeMoment(ms) {
  const offset = -new Date(ms).getTimezoneOffset();
  const two = (n) => String(Math.floor(Math.abs(n))).padStart(2, "0");
  const local = new Date(ms + offset * 60_000).toISOString().slice(0, 23);
  return `${local}${offset < 0 ? "-" : "+"}${two(offset / 60)}:${two(Math.abs(offset) % 60)}`;
}

/** A UUID of version 7 (RFC 9562): 48 bits of time, then chance. */
export function makeId(ms) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(ms / 2 ** (40 - 8 * i)) % 256;
  bytes[6] = (bytes[6] & 15) | 0x70;
  bytes[8] = (bytes[8] & 63) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function findStatus(run, steps) {
  const count = Object.keys(run.done).length;
  if (run.warned || !count) return "abandoned";
  return count === steps.length ? "completed" : "partial";
}

/** The completed session. What was not entered is null; a set that was skipped is not in it. */
export function buildCompletedSession(run, athleteId) {
  const steps = listSteps(run.plan);
  return {
    session_id: run.session_id,
    athlete_id: athleteId,
    program_id: run.program_id,
    week: run.week,
    session: run.session,
    started_at: writeMoment(run.started_at),
    ended_at: run.ended_at && writeMoment(run.ended_at),
    status: findStatus(run, steps),
    srpe: run.srpe ?? null,
    notes: run.notes || null,
    ...(run.red_flags.length && { red_flags: run.red_flags }),
    sets: steps.flatMap(({ exercise, planned, number }, i) => run.done[i] ? [{
      set_id: run.done[i].set_id,
      exercise: exercise.slug,
      side: planned.side,
      set_index: number,
      reps: run.done[i].reps ?? null,
      duration_s: run.done[i].duration_s ?? null,
      rir: run.done[i].rir ?? null,
      pain: run.done[i].pain ?? null,
      performed_at: writeMoment(run.done[i].performed_at),
      load: run.done[i].load ?? null,
      kind: "work",
    }] : []),
  };
}

export const describeDone = ({ reps, duration_s, rir, pain, load }) => [
  duration_s != null ? `${duration_s} s` : `${reps ?? "unknown"} reps`,
  load && `${load.value} ${load.unit}`,
  rir != null && (duration_s != null ? `${rir * 5} s left` : `${rir} left`),
  pain != null && `pain ${pain}`,
].filter(Boolean).join(", ");

const painRank = ({ code }) => (PAIN_CODES.includes(code) ? PAIN_CODES.indexOf(code) : 99);

/** The changes of an answer of adapt, what hurts first. */
export const sortChanges = (changes) => [...changes].sort((a, b) => painRank(a) - painRank(b));

export const isPain = (change) => painRank(change) < 99;

const describeWork = ({ sets, reps, seconds, load }) =>
  `${sets} × ${seconds ? `${seconds} s` : reps}${load ? ` with ${load.value} ${load.unit}` : ""}`;

export function describeChange({ from, to }, name) {
  if (!to) return "not in that week.";
  if (!from) return `${describeWork(to)} in the week.`;
  const [before, after] = [describeWork(from), describeWork(to)];
  if (from.slug !== to.slug) return `becomes ${name(to.slug)}, ${after} in the week.`;
  return before === after ? `stays at ${after} in the week.` : `from ${before} to ${after} in the week.`;
}

/** An error of a problem with the field in words: "Set 2 (Step-up, left), reps: …". */
export function describeError({ pointer, parameter, detail }, completed, name) {
  const path = (pointer ?? parameter ?? "").split("/");
  const field = FIELDS[path.at(-1)] ?? FIELDS[path.at(-2)] ?? path.at(-1);
  const set = path.includes("sets") && completed.sets[path[path.indexOf("sets") + 1]];
  const where = set ? `${name(set.exercise)}, ${set.side}, set ${set.set_index}: ` : "";
  return `${where}${field}${field ? ": " : ""}${detail}.`;
}
