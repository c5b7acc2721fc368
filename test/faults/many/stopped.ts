import { mapConcurrently } from "../../../functions/shared/concurrency.ts";
import type { ExecutionEvent } from "../../../local/engine/engine.ts";
import type { Run } from "../../../local/scenarios/run-workflow.ts";
import { WORKLOAD } from "../../../statemachines/workload.ts";
import { runAtOnce } from "../crowd/executions.ts";
import type { Stage } from "../stage.ts";
import { MANY_POLICY, playMany, type Played } from "./workloads.ts";

const PATIENCE_SECONDS = 240;
const NAME = "stopped";
/** As many as the Map has at the same time. */
const AT_ONCE = 10;

/** What the state of a workload holds, as far as it matters here. */
interface State {
  incident: { workload: { name: string } };
}

/** Stops an execution with so many workloads when half of them have come to a state, and redrives it. */
export async function stopAtSize(stage: Stage, workloads: number, state: string): Promise<Played> {
  const what = `stopped when half had come to \`${state}\``;
  return await playMany(stage, { name: "many-stopped", what, workloads }, async (proxy, request) => {
    const stop = new AbortController();
    let entered = 0;
    const [stopped] = await runAtOnce(
      proxy,
      [
        {
          ...{ name: NAME, request, signal: stop.signal },
          onEvent: (event) => {
            if (event.type === "entered" && event.state === state && ++entered * 2 >= workloads) stop.abort();
          },
        },
      ],
      MANY_POLICY,
      PATIENCE_SECONDS,
    );
    if (stopped?.run === undefined || !stop.signal.aborted) {
      throw new Error(`Not half of the workloads came to ${state}.`);
    }
    const redriven = await mapConcurrently(openIterations(stopped.run), AT_ONCE, async (redrive) => {
      return await runAtOnce(proxy, [{ name: NAME, request, redrive }], MANY_POLICY, PATIENCE_SECONDS);
    });
    return [stopped, ...redriven.flat()];
  });
}

/** Where each iteration was that had not ended; one that had not begun begins. */
function openIterations({ events }: Run): { state: string; input: unknown; count: number }[] {
  const last = new Map<string, ExecutionEvent>();
  const done = new Set<string>();
  let base: object = {};
  for (const event of events.filter(({ state }) => state in WORKLOAD.States)) {
    const name = (event.input as State).incident.workload.name;
    if (event.type === "entered") {
      last.set(name, event);
      if (event.state === WORKLOAD.StartAt) base = event.input as object;
    }
    const definition = WORKLOAD.States[event.state];
    if (event.type === "exited" && definition !== undefined && "End" in definition) done.add(name);
  }
  const detected = events.find(({ output }) => hasIncidents(output))?.output as {
    detection: { incidents: State["incident"][] };
  };
  return detected.detection.incidents
    .filter(({ workload }) => !done.has(workload.name))
    .map((incident) => {
      const { state = WORKLOAD.StartAt, input = { ...base, incident } } = last.get(incident.workload.name) ?? {};
      return { state, input, count: 1 };
    });
}

function hasIncidents(output: unknown): boolean {
  return typeof output === "object" && output !== null && "detection" in output;
}
