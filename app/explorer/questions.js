// The form: its answers as a query of GET /programs, a query as its answers, errors beside fields.

import { capitalise, day } from "./words.js";

const form = document.getElementById("spec");
const kept = document.getElementById("kept");
const LISTS = ["step_heights_cm", "equipment"];
// Parameters that the form asks for under another name.
const FIELDS = { races: "race_date", step_heights_in: "step_heights_cm", weekdays: "days_per_week" };
// What a person reads in place of the name of a field.
const LABELS = {
  __proto__: null,
  red_flags: "what is true for you",
  pain_now: "pain now",
  injury_last_3_months: "injury in the last three months",
  race_date: "race day",
  start_date: "first day",
  days_per_week: "strength days a week",
  run_schedule: "running week",
  step_heights_cm: "steps and boxes",
  heel_rise_test: "heel-rise test",
  side_plank_test: "side-plank test",
  session_minutes: "minutes for a session",
  body_mass: "body mass",
  avoid_below_level: "keep the heel above the step",
};
// Parameters of the address that the form has no field for.
let extras = [];

for (const later of form.querySelectorAll(".later")) later.disabled = false;
form.noValidate = true;
const pristine = group(new FormData(form));

function group(pairs) {
  const values = new Map();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
  return values;
}

const fieldsOf = (name) => [...form.elements].filter((field) => field.name === name && field.type !== "hidden");

/** The answers as a query: the level, and all that differs from the untouched form. */
export function read() {
  const query = new URLSearchParams();
  for (const [name, all] of group(new FormData(form))) {
    const untouched = `${all}` === `${pristine.get(name)}` && !extras.some(([other]) => other === name);
    if (untouched && name !== "level") continue;
    const values = all.filter(Boolean);
    // Nothing ticked is an empty list, which is not the same as no answer.
    if (!values.length && LISTS.includes(name)) query.append(name, "");
    for (const value of values) query.append(name, value);
  }
  for (const [name, value] of extras) query.append(name, value);
  return query;
}

/** Show the answers of a query. What has no field is kept, and shown. */
export function fill(query) {
  form.reset();
  const values = group(query);
  extras = [...values].flatMap(([name, all]) => put(fieldsOf(name), all).map((value) => [name, value]));
  for (const part of form.querySelectorAll(".part")) {
    part.open = [...part.querySelectorAll("[name]")]
      .some(({ name }) => values.has(name) && `${values.get(name)}` !== `${pristine.get(name)}`);
  }
  showExtras();
  warn();
}

/** Put values into the fields of one name; return those that have no place. */
function put(fields, values) {
  if (/checkbox|radio/.test(fields[0]?.type)) {
    for (const field of fields) field.checked = values.includes(field.value);
    return values.filter((value) => value && !fields.some((field) => field.value === value));
  }
  return values.filter((value, at) => {
    const field = fields[at];
    if (field) field.value = value;
    return !field || (field.matches("select") && field.value !== value);
  });
}

function showExtras() {
  kept.hidden = !extras.length;
  kept.querySelector("span").textContent = extras.map((pair) => pair.join(" = ")).join(", ");
}

kept.querySelector("button").addEventListener("click", () => {
  extras = [];
  showExtras();
  document.getElementById("plan").focus();
});

/** An urgent sign is answered at once: nobody has to wait for the other questions. */
function warn() {
  form.querySelector(".urgent").hidden = !form.querySelector("[data-urgent]:checked");
}
form.addEventListener("change", warn);

/** Text where a number or a day belongs. The browser does not hand it out, so nobody else sees it. */
export const findUnreadable = () => [...form.elements].filter((field) => field.validity?.badInput)
  .map(({ name, type }) => ({ parameter: name, detail: `must be a ${type === "date" ? "day" : "number"}` }));

/** A sentence of the API with the labels of the fields in place of their names. */
export const nameFields = (text) => text.replace(/\w+/g, (name) => (name in LABELS ? `“${LABELS[name]}”` : name));

/** The parameter of an error, also of one in a body. */
const parameterOf = ({ parameter, pointer = "" }) => parameter ?? pointer.split("/")[2] ?? "";

/** Put errors beside their fields; without errors, clear them. Returns those that have no field. */
export function showErrors(errors) {
  for (const old of form.querySelectorAll(".error")) old.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.setAttribute("aria-describedby", field.dataset.hint ?? "");
  }
  const named = errors.map((error) => ({ parameter: parameterOf(error), detail: nameFields(error.detail) }));
  return named.filter(({ parameter, detail }, at) => {
    const [field] = [FIELDS[parameter] ?? parameter, `${parameter}.left`].flatMap(fieldsOf);
    if (!field) return true;
    const error = Object.assign(document.createElement("p"),
      { id: `error-${at}`, className: "error", textContent: capitalise(detail) });
    (field.closest(".group") ?? field).after(error);
    field.dataset.hint ??= field.getAttribute("aria-describedby") ?? "";
    field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${error.id}`);
    field.setAttribute("aria-invalid", "true");
    const part = field.closest(".part");
    if (part) part.open = true;
    return false;
  });
}

/** What of a spec has changed, by name, and the names of what was dropped: null asks for nothing. */
export function compare({ start, ...old }, wanted) {
  const names = Object.keys(old).filter((name) => JSON.stringify(old[name]) !== JSON.stringify(wanted[name]));
  const changed = Object.fromEntries(names.map((name) => [name, wanted[name]]));
  // These two have another way to say nothing.
  if (changed.run_schedule === null) changed.run_schedule = Array(7).fill("rest");
  if (changed.weekdays === null) {
    delete changed.weekdays;
    changed.days_per_week = wanted.days_per_week;
  }
  return { changed, dropped: names.filter((name) => changed[name] === null) };
}

/** The spec of a programme that was opened by its id, as a query. `start` has no field. */
export function toQuery({ start, ...spec }) {
  const query = new URLSearchParams();
  const usual = {
    deload_every: 4,
    load_increment: spec.units === "metric" ? 1 : 2.5,
    ramp: "gentle",
    sex: "unspecified",
    timezone: "UTC",
  };
  const add = (name, value) => {
    if (value === null || value === false || value === usual[name]) return;
    if (typeof value !== "object") query.append(name, value);
    else if (name === "races") for (const { date, taper } of value) query.append(name, taper ? date : `${date}:no-taper`);
    else if (name === "pauses") for (const { from, to } of value) query.append(name, `${from}/${to}`);
    else if (LISTS.includes(name) && !value.length) query.append(name, "");
    else if (Array.isArray(value)) for (const one of value) query.append(name, one);
    else for (const key in value) add(`${name}.${key}`, value[key]);
  };
  for (const name in spec) if (name !== "days_per_week" || !spec.weekdays) add(name, spec[name]);
  if (spec.races.length === 1 && spec.races[0].taper) {
    query.delete("races");
    query.set("race_date", spec.races[0].date);
  }
  return query;
}

/** The answers in short, for the closed form. */
export function summary() {
  const { level, days_per_week: days, race_date: race } = form.elements;
  return [level.value, `${days.value} days a week`, race.value && `race on ${day(race.value)}`].filter(Boolean).join(", ");
}
