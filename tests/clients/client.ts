// An app in TypeScript that knows the service by its generated types alone. Compiling it holds the
// types to how they are meant to be used; running it prints what it met, as JSON.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Schemas = components["schemas"];

const [address, key] = process.argv.slice(2) as [string, string];
const anyone = createClient<paths>({ baseUrl: address });
const app = createClient<paths>({
  baseUrl: address,
  headers: { Authorization: `Bearer ${key}` },
});

function describe(answer: Schemas["Program"] | Schemas["Blocked"]): string {
  switch (answer.status) {
    case "planned":
      // @ts-expect-error: a programme that is planned has no code of what blocks it
      void answer.code;
      return `${answer.weeks.length} weeks at ${answer.spec.level}`;
    case "blocked":
      // @ts-expect-error: nothing is planned, so there are no weeks
      void answer.weeks;
      return answer.code;
    default:
      return answer satisfies never;
  }
}

function take<T>(answer: { data?: T; error?: Schemas["Problem"]; response: Response }): T {
  if (answer.data === undefined) {
    throw new Error(answer.error?.detail ?? `status ${answer.response.status}`);
  }
  return answer.data;
}

const shortest = take(await anyone.POST("/programs", { body: {} }));
const blocked = take(await anyone.POST("/programs", { body: { pain_now: 7 } }));
// @ts-expect-error: a field that does not exist is a mistake already here
const misspelt: Schemas["SpecInput"] = { week: 8 };
const refused = await anyone.POST("/programs", { body: misspelt });
if (shortest.status !== "planned") {
  throw new Error("not planned");
}
const again = take(
  await anyone.GET("/programs/{program_id}", {
    params: { path: { program_id: shortest.program_id } },
  }),
);

const first = again.weeks[0]?.sessions[0]?.exercises[0];
if (first === undefined) {
  throw new Error("nothing to do in the first session");
}
// Sets that are alike stand in one entry.
const everySet = first.sets.flatMap((planned) =>
  Array.from({ length: planned.count }, () => planned),
);
const session_id = crypto.randomUUID();
const done: Schemas["SessionUpload"] = {
  athlete_id: "runner-7",
  program_id: again.program_id,
  week: 1,
  session: 1,
  started_at: "2024-05-06T18:30:00+02:00",
  sets: everySet.map((planned) => ({
    exercise: first.slug,
    side: planned.side,
    // A hold has seconds in place of repetitions.
    reps: planned.reps ?? null,
    duration_s: planned.seconds ?? null,
    performed_at: "2024-05-06T18:35:00+02:00",
  })),
};
const stored = take(
  await app.PUT("/sessions/{session_id}", { params: { path: { session_id } }, body: done }),
);
const page = take(
  await app.GET("/sessions", { params: { query: { athlete_id: "runner-7", limit: 10 } } }),
);
// The same call gives CSV to whoever asks for that.
if (typeof page === "string") {
  throw new Error("CSV without having asked for it");
}
const kept: Schemas["CompletedSession"] = take(
  await app.GET("/sessions/{session_id}", { params: { path: { session_id } } }),
);
const missing = await app.GET("/sessions/{session_id}", {
  params: { path: { session_id: crypto.randomUUID() } },
});

console.log(
  JSON.stringify({
    shortest: describe(shortest),
    blocked: describe(blocked),
    refused: refused.error?.errors?.[0]?.pointer,
    same: again.program_id === shortest.program_id,
    outcome: stored.outcome,
    listed: page.items.map((session) => session.session_id === session_id),
    reps: kept.sets.map((set) => set.reps),
    planned: everySet.map((set) => set.reps),
    named: again.exercise_details[first.slug]?.name,
    next: [stored.next?.week, stored.next?.session],
    missing: missing.error?.type,
  }),
);
