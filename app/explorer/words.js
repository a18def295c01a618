// Numbers of a programme in words.

export const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
export const KINDS = { deload: "lighter", taper: "taper", race: "race", transition: "easy", pause: "pause" };
export const TYPES = { C: ", calf raises", S: ", step-ups and what goes with them" };
export const BASIS = {
  evidence: "published findings",
  engineering: "our own choice, which no study settles",
  mixed: "published findings and our own choice",
};
const PHASES = { up_s: "up", hold_s: "hold", down_s: "down", bottom_s: "at the bottom" };

export const count = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;
export const range = (low, high) => (low === high ? `${low}` : `${low} to ${high}`);
export const capitalise = (text) => text.charAt(0).toUpperCase() + text.slice(1);
export const list = (words) => new Intl.ListFormat("en-GB").format(words);

/** "Monday 30 November", and 2026 if asked for. */
export const day = (iso, year) => new Date(iso).toLocaleDateString("en-GB",
  { weekday: "long", day: "numeric", month: "long", year, timeZone: "UTC" }).replaceAll(",", "");

export const addDays = (iso, days) => new Date(Date.parse(iso) + days * 864e5).toISOString().slice(0, 10);

/** The sets of an exercise: a line for all sides that are alike, and the height of the step. */
export function dose({ sets, load_choice, step_height_cm: height }, units) {
  const [first, second] = sets.map((one) => describeSets(one, load_choice));
  const lines = first === second ? [`${first}, on each side, ${sets[0].side} first`]
    : second ? [first, second].map((line, at) => `${capitalise(sets[at].side)}: ${line}`) : [first];
  return height ? [...lines, `On a step of ${stepHeight(height, units)}`] : lines;
}

export const stepHeight = (cm, units) => (units === "imperial" ? `${Math.round(cm / 2.54)} in` : `${cm} cm`);

function describeSets({ count: sets, reps, reps_max, seconds, seconds_max, load, rir, reserve_s }, choice) {
  const work = reps ? ` of ${range(reps, reps_max)}` : `, hold ${range(seconds, seconds_max)} s`;
  const weight = choice ? " with a weight of your choice" : load?.value ? ` with ${load.value} ${load.unit}` : "";
  return `${count(sets, "set")}${work}${weight}, leave ${reps ? rir : `${reserve_s} s`} in reserve`;
}

/** "2 s up, 1 s hold, 3 s down · rest 60 s between sets". A hold has no tempo. */
export function tempo(seconds, rest) {
  const parts = listPhases(seconds).map(([word, time]) => `${time} s ${word}`);
  return `${parts.join(", ")}${parts.length ? " · " : ""}rest ${rest} s between sets`;
}

/** The phases of a repetition that take time, in order: [["up", 2], ["hold", 1], ["down", 3]]. */
export const listPhases = (seconds) => Object.entries(PHASES)
  .map(([key, word]) => [word, seconds?.[key]]).filter(([, time]) => time);

/** On what a reason rests, one line each. `known` has the items of /evidence by id. */
export function listGrounds({ basis, evidence }, known) {
  const lines = evidence.map((id) => {
    const { rule, source, confidence } = known.get(id) ?? { rule: `${id} could not be loaded.` };
    return `${rule}${source ? ` Source: ${source}. Confidence: ${confidence}.` : ""}`;
  });
  return basis ? [`Basis: ${BASIS[basis]}.`, ...lines] : lines;
}
