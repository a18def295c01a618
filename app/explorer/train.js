// The guided session: one thing at a time, on the public API alone. `run` is all there is to know of
// it: kept in sessionStorage, with every time as a moment, so that a reload or a nap of the tab loses
// nothing. Each screen draws itself from `run`.
import { keyOf, load, recall, store } from "./train_calls.js";
import {
  button, checkbox, keepTime, make, makeDial, makePicture, makeScale, makeStepper, paragraph,
} from "./train_controls.js";
import * as session from "./train_session.js";
import { showSummary } from "./train_summary.js";
import { dose } from "./words.js";

const LEAD_MS = 5000, TICK_MS = 200;
const AWAKE = ["warmup", "set", "entry", "rest", "pain"];
const UNUSABLE = "What this tab had kept of this session could not be used, and is gone: begin again.";
const UNREADABLE = "The sessions that this device remembers could not be read.";
const [main, foot, said, dialog, ask, more, progress] =
  ["main", "footer", "#said", "dialog", "#ask", "#more", "#progress"].map((one) => document.querySelector(one));
let run, steps, lock, heard, tick = () => {};

const details = (step) => run.plan.exercise_details[step.exercise.slug];
const sideOf = (step) => session.describeSide(step.planned.side, details(step).track);
const placeOf = ({ number, planned }) => `set ${number} of ${planned.count}`;
const titleOf = (step) => `${details(step).name}, ${sideOf(step)[0].toLowerCase()}, ${placeOf(step)}`;
const nextAt = (at) => steps.findIndex((step, i) => i > at && !run.out.includes(step.at));

/** Says a thing to screen readers, and aloud if the runner wants it. */
function say(text, buzz = 0) {
  said.textContent = text;
  speak(text);
  if (run.vibrate && buzz) navigator.vibrate?.(buzz);
}
function speak(text) {
  if (!run.voice) return;
  speechSynthesis.cancel();
  speechSynthesis.speak(new SpeechSynthesisUtterance(text));
}
/** Does something once for each new event of a count. */
function once(event, act) {
  if (heard !== event) act();
  heard = event;
}
async function keepAwake() {
  if (!AWAKE.includes(run?.screen)) return lock?.release();
  if (lock && !lock.released) return;
  // A low battery may refuse it.
  lock = await navigator.wakeLock?.request("screen").catch(() => null);
}

function show(title, text, actions, onTick) {
  const look = run?.screen ?? "refused";
  document.body.className = look;
  document.title = `${title} · Pushoff`;
  main.replaceChildren(...text.filter(Boolean));
  if (!main.querySelector("h1")) main.prepend(make("h1", {}, title));
  foot.replaceChildren(...actions.filter(Boolean));
  ask.hidden = !run;
  more.hidden = progress.hidden = !AWAKE.includes(look);
  if (run) [progress.max, progress.value] = [steps.length, Object.keys(run.done).length];
  scrollTo(0, 0);
  const heading = main.querySelector("h1");
  heading.tabIndex = -1;
  heading.focus();
  tick = onTick || (() => {});
  tick();
}
function go(screen, changes) {
  Object.assign(run, changes, { screen });
  store("sessionStorage", run.key, run);
  keepAwake();
  heard = null;
  SCREENS[screen]();
}
const save = () => store("sessionStorage", run.key, run);

const lastDone = () => Number(Object.keys(run.done).reduce(
  (a, b) => (run.done[b].performed_at < run.done[a].performed_at ? a : b)));

/** The moment at which a set may begin: that of the last one done, and its rest. */
function findRestEnd(at) {
  if (at < 0 || (!run.draft && !Object.keys(run.done).length)) return 0;
  const index = run.draft ? run.edit : lastDone(), { performed_at } = run.draft ?? run.done[index];
  return performed_at + 1000 * (session.findRest(steps[index], steps[at]) + run.extra_s);
}
function advance() {
  const at = nextAt(run.at);
  Object.assign(run, { back: null, draft: null, began: null });
  if (at < 0) return finish();
  // Who skips a set has had the rest before it.
  go(run.screen !== "set" && findRestEnd(at) > Date.now() ? "rest" : "set", { at });
}
function finish(changes) {
  run.started_at ??= Date.now();
  run.ended_at ??= Date.now();
  go("summary", { began: null, draft: null, back: null, ...changes });
}

function endSet(step, performed_at) {
  const { reps = null, seconds, load = null } = step.planned;
  const past = performed_at - run.began, held = run.began ? Math.floor(past / 1000) : seconds;
  if (seconds && held < 0) return go("set", { began: null });
  const counted = run.began && !seconds && past >= 0
    ? session.countReps(past, details(step).tempo, step.planned) : reps;
  go("entry", { edit: run.at, began: null, extra_s: 0,
    draft: { reps: counted, duration_s: seconds ? held : null, rir: null, pain: null, load, performed_at } });
}
function correct(index) {
  const back = run.back ?? run.screen;
  go("entry", { edit: index, began: null, back, draft: { performed_at: Date.now(), ...run.done[index] } });
}
function saveSet() {
  const wrong = main.querySelector("input:invalid");
  if (wrong) return wrong.reportValidity();
  run.done[run.edit] = { set_id: session.makeId(Date.now()), ...run.draft };
  if (run.draft.pain > session.TOO_MUCH_PAIN) return go("pain");
  run.back ? go(run.back, { back: null, draft: null }) : advance();
}
function leaveOut(exercise) {
  run.out.push(exercise);
  const isHere = run.back !== "summary" && steps[run.at].at === exercise;
  run.back && !isHere ? go(run.back, { back: null, draft: null }) : advance();
}

const SCREENS = {
  start() {
    const list = run.plan.exercises.map((exercise) =>
      make("li", {}, `${run.plan.exercise_details[exercise.slug].name}: ${dose(exercise, run.units).join(". ")}.`));
    const { sentence } = run.reason, isWarned = run.warnings.some((text) => text.endsWith(sentence));
    show(`Week ${run.week}, session ${run.session}`, [
      paragraph(`About ${run.plan.est_minutes} minutes, warm-up included. ${isWarned ? "" : sentence}`),
      ...run.warnings.map((text) => paragraph(text, "alarm")), ...run.remarks.map((text) => paragraph(text)),
      make("ol", {}, ...list), ...makeOptions(), paragraph(run.disclaimer, "hint"),
    ], [button("Start", () => go("warmup", { started_at: Date.now() }), "")]);
  },
  warmup() {
    const [dial, turn] = makeDial("Since you began");
    show("Warm up", [paragraph(run.warm_up, "big"), dial], [button("I am warm", () => go("set"), "")], () => {
      const past = Math.max(0, Date.now() - run.started_at) / 1000;
      const seconds = String(Math.floor(past % 60)).padStart(2, "0");
      turn(`${Math.floor(past / 60)}:${seconds}`, "since you began", (past % 60) / 60);
    });
  },
  set() {
    const step = steps[run.at], { exercise, planned } = step, { name, cues, tempo, track, picture } = details(step);
    const [side, meaning] = sideOf(step), before = steps[run.at - 1], holds = planned.seconds;
    const switches = run.done[run.at - 1] && session.findRest(before, step) === 0;
    const [dial, turn] = makeDial("Count"), counts = run.began !== null;
    const reason = exercise.reason ?? run.reasons[track] ?? run.reason;
    const begin = () => go("set", { began: Date.now() + LEAD_MS }), end = () => endSet(step, Date.now());
    show(titleOf(step), [
      picture && makePicture(picture, name, { holds, left: planned.side === "left" }),
      make("div", {},
        switches && !counts && paragraph("⇄ Switch sides", "switch"),
        make("h1", {}, name),
        make("p", { class: "side" }, make("strong", {}, side), make("span", {}, ` ${meaning}`)),
        make("p", { class: "dose" }, make("strong", {}, session.describeDose(planned)), " ",
          make("span", {}, placeOf(step))),
        counts && dial,
        paragraph(session.describeWay(step, tempo, run.units)),
        !counts && make("ul", {}, ...cues.map((cue) => make("li", {}, cue))),
        !counts && paragraph(`Why: ${reason.sentence}`, "hint")),
    ], [
      !counts && button(holds ? "Start the hold" : "Count for me", begin, holds ? "" : "quiet"),
      button(!holds ? "Set done" : counts ? "Stop" : "I held it", end, holds && !counts ? "quiet" : ""),
    ], counts && (() => count(step, tempo, turn)));
    document.body.classList.toggle("counts", counts);
    if (counts) return say("Get ready.");
    say(`${switches ? "Switch sides. " : ""}${titleOf(step)}, ${session.describeDose(planned)}.`, switches && 200);
  },
  entry() {
    const step = steps[run.edit], { planned, exercise } = step, { draft } = run, holds = planned.seconds;
    const unit = planned.load?.unit ?? (run.units === "imperial" ? "lb" : "kg"), clock = make("p", { role: "timer" });
    const set = (name) => (value) => { draft[name] = value; save(); };
    show("How was it?", [
      paragraph(titleOf(step)),
      holds ? makeStepper("Seconds", draft.duration_s, 5, 600, set("duration_s"))
        : makeStepper("Reps", draft.reps, 1, 1000, set("reps")),
      (planned.load || exercise.load_choice) && makeStepper(`Weight, ${unit}`, draft.load?.value, "any", 1000,
        (value) => set("load")(value === null ? null : { value, unit })),
      makeScale({ question: "Worst pain in this set", hint: session.PAIN_HINT, value: draft.pain, change: set("pain") }),
      makeScale({ value: draft.rir, change: set("rir"), unit: holds ? 5 : 1,
        question: holds ? "How many more seconds could you have held?" : "How many more could you have done?" }),
    ], [clock, button("Save the set", saveSet, "")], () => {
      const left = Math.ceil((findRestEnd(nextAt(run.at)) - Date.now()) / 1000);
      clock.textContent = run.back || left <= 0 ? "" : `Rest: ${left} s`;
    });
  },
  pain() {
    const step = steps[run.edit];
    show("Stop this exercise", [
      make("p", { class: "alarm", role: "alert" }, `${details(step).name}, pain ${run.draft.pain}. ${run.pain_sentence}`),
      paragraph("What you did stays recorded as it was. Sets that you leave out are not recorded."),
    ], [
      button("Leave it out", () => leaveOut(step.at), ""),
      button("Correct the number", () => go("entry")),
      button("End the session", () => finish()),
    ]);
  },
  rest() {
    const step = steps[run.at], [dial, turn] = makeDial("Rest");
    const total = () => findRestEnd(run.at) - Date.now();
    const end = () => go("set", { extra_s: 0 });
    show("Rest", [dial, paragraph(`Next: ${titleOf(step)}, ${session.describeDose(step.planned)}.`, "big")], [
      button("Skip the rest", end, ""),
      button("+15 s", () => { run.extra_s += 15; save(); tick(); }),
      button("Correct last set", correctLast),
    ], () => {
      const left = Math.ceil(total() / 1000);
      if (left <= 0) {
        end();
        return say(`Rest is over. ${said.textContent}`, 200);
      }
      if (left <= 3) once(left, () => speak(String(left)));
      turn(left, "seconds", left / (step.exercise.rest_s + run.extra_s));
    });
  },
  summary: () => showSummary({ run, steps, show, save, correct, resume, again, titleOf }),
};

function count(step, tempo, turn) {
  const { seconds, seconds_max, reps, reps_max } = step.planned, past = Date.now() - run.began;
  keepTime(past);
  if (past < 0) {
    const left = Math.ceil(-past / 1000);
    if (left <= 3) once(-left, () => speak(String(left)));
    return turn(left, "get ready", 1 + past / LEAD_MS);
  }
  if (seconds) return countHold(step, past / 1000, turn);
  const { rep, phase, left, share } = session.findBeat(past, tempo);
  if (rep > reps_max) {
    once("stop", () => say("That is the most for this set. Stop.", 200));
    return turn(reps_max, "stop here", 1);
  }
  once(rep, () => (rep === reps + 1 && reps < reps_max ? say(`${reps}: target reached.`, 200) : speak(String(rep))));
  turn(rep, `of ${reps}: ${phase} ${left}`, share);
}
function countHold({ planned: { seconds, seconds_max } }, past, turn) {
  if (past >= seconds_max) {
    endSet(steps[run.at], run.began + seconds_max * 1000);
    return say("That is the most for this hold. Stop.", 200);
  }
  if (past < seconds) {
    const left = Math.ceil(seconds - past);
    if (left <= 5 || left % 10 === 0) once(left, () => speak(String(left)));
    return turn(left, left === 1 ? "second to go" : "seconds to go", past / seconds);
  }
  once("target", () => say(`Target reached. Hold on while the line stays, up to ${seconds_max} seconds.`, 200));
  turn(Math.floor(past), `held, up to ${seconds_max}`, (past - seconds) / (seconds_max - seconds));
}

const makeOptions = () => [
  window.speechSynthesis && ["voice", "Count aloud"],
  navigator.vibrate && ["vibrate", "Vibrate"],
].filter(Boolean).map(([name, text]) => checkbox(text, run[name], (on) => { run[name] = on; save(); }));
const correctLast = () => correct(lastDone());
/** Goes on with the first set that is neither done nor left out. */
function resume() {
  const at = steps.findIndex((step, i) => !run.done[i] && !run.out.includes(step.at));
  return at < 0 ? null : () => go("set", { at, ended_at: null });
}

function again() {
  const restart = () => { store("sessionStorage", run.key, null); location.reload(); };
  openDialog("Do it again?", [paragraph("What you did stays counted until this tab is closed.")],
    [["Yes, from the beginning", restart], ["No", null, ""]]);
}

/** Asks something. An action is [text, what to do once the dialog is closed, look]. */
function openDialog(title, content, actions) {
  const choose = ([text, act, look]) => button(text, () => { dialog.close(); act?.(); }, look);
  dialog.replaceChildren(make("h2", { id: "asked", tabindex: -1, autofocus: true }, title),
    make("div", {}, ...content), ...actions.filter(Boolean).map(choose));
  dialog.showModal();
}
function openMenu() {
  const inSet = ["set", "rest", "entry"].includes(run.screen) && !run.back;
  const corrects = Object.keys(run.done).length && ["set", "rest"].includes(run.screen);
  openDialog("Menu", makeOptions(), [
    corrects && ["Correct the last set", correctLast],
    inSet && ["Skip this set", advance],
    inSet && ["Skip this exercise", () => leaveOut(steps[run.at].at)],
    ["End the session", () => finish()],
    ["Close", null, ""],
  ]);
}
function openSigns() {
  const found = new Set();
  const signs = run.signs.map(({ code, question }) =>
    checkbox(question, false, (on) => {
      on ? found.add(code) : found.delete(code);
      dialog.lastChild.disabled = found.size > 0;
    }));
  const ifOne = make("p", { class: "alarm" }, make("strong", {}, "If one is true: "), run.stop_sentence);
  openDialog("Is one of these true?", [ifOne, ...signs], [
    // Who stops without saying which sign it was has one all the same: any code blocks the programme.
    ["Yes: stop the session",
      () => finish({ warned: true, red_flags: found.size ? [...found] : ["not_named"] }), "alarm"],
    ["No: go on"],
  ]);
}

function refuse({ title = "There is no such session", detail = "", programme, successor, forget }) {
  const [before, ...after] = successor ? detail.split(successor) : [detail];
  const link = successor && make("a", { href: successor }, successor);
  show(title, [make("p", {}, before, link, ...after), forget && paragraph(UNREADABLE)], [
    forget && button("Forget them and go on", () => { forget(); location.reload(); }),
    programme && make("a", { class: "button", href: programme }, "See the programme"),
    make("a", { class: "button", href: "./" }, "Make a programme"),
  ]);
}
async function open() {
  const query = new URLSearchParams(location.search);
  const id = query.get("program_id") ?? "";
  const [week, number] = [query.get("week") ?? "1", query.get("session") ?? "1"];
  if (!/^[\w-]{1,400}$/.test(id) || ![week, number].every((one) => /^\d{1,2}$/.test(one))) {
    return refuse({ detail: "The address has to name a programme, a week and a session." });
  }
  const key = keyOf(id, Number(week), Number(number)), kept = recall("sessionStorage", key);
  // What was not begun is asked for again: another session may have changed it.
  const isBegun = kept && kept.screen !== "start";
  if (isBegun && goOn(kept, key)) return;
  try {
    run = await load({ key, id, week: Number(week), number: Number(number) });
    if (isBegun) run.remarks.push(UNUSABLE);
  } catch (problem) {
    return refuse(problem);
  }
  steps = session.listSteps(run.plan);
  go("start");
}
/** Goes on with a kept run. Returns false if it has another form. */
function goOn(kept, key) {
  const { plan, at, done, out, red_flags, signs } = kept;
  try {
    steps = session.listSteps(plan);
    if (kept.key !== key || !steps[at] || typeof done !== "object" || ![out, red_flags, signs].every(Array.isArray)) return false;
    run = kept;
    go(run.screen);
    return true;
  } catch {
    run = null;
    return false;
  }
}

ask.addEventListener("click", openSigns);
more.addEventListener("click", openMenu);
document.addEventListener("visibilitychange", () => run && keepAwake());
// A picture has the colours of one theme: light and dark need a picture each.
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => run?.screen === "set" && SCREENS.set());
// A dialog stops nothing: times are moments. But nothing changes behind it.
setInterval(() => dialog.open || tick(), TICK_MS);
open();
