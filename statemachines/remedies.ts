import { REMEDIES } from "../functions/remedies/contracts.ts";
import type { States } from "./asl.ts";
import { task } from "./states.ts";

/** All that is known of the workload so far. */
export const RUN = { "run.$": "$" } as const;
/** How often the state was tried before: a remedy that is tried again may have been done already. */
const ATTEMPT = { "attempt.$": "$$.State.RetryCount" } as const;

/** How often the execution was redriven: what its state says of the workload may be days old. */
export const REDRIVE = { "redrive.$": "$$.Execution.RedriveCount" } as const;
/** Where an execution that was redriven finds out where to go on. */
export const TAKE_UP = "Take claim up again";

/** The remedies that can be undone, and the states that undo them. */
const UNDOS = REMEDIES.flatMap(({ action, undo }) => (undo === "cannot be undone" ? [] : [{ action, undo }]));

/** Which state carries out the remedy of each name. */
export const APPLY_ROUTES = Object.fromEntries(REMEDIES.map(({ action, apply }) => [action, apply.name]));

/** Which state undoes the remedy of each name. */
export const UNDO_ROUTES = Object.fromEntries(UNDOS.map(({ action, undo }) => [action, undo.name]));

/** The states that carry the remedies out. One that ends with an error may have done something all the same. */
export const APPLY_STATES: States = Object.fromEntries(
  REMEDIES.map(({ action, apply: { name, comment }, undo }) => [
    name,
    task({
      does: "remedy",
      comment,
      function: action,
      // A remedy that cannot be undone has this operation alone.
      parameters: { ...(undo === "cannot be undone" ? {} : { operation: "apply" }), ...ATTEMPT, ...REDRIVE, ...RUN },
      result: "$.remedy",
      onRedrive: TAKE_UP,
      onError: { keep: "$.remedy_error", next: "Look what was done" },
      next: "Applied?",
    }),
  ]),
);

/** The states that undo the remedies. Whether one that ends with an error has done it all the same is looked at, too. */
export const UNDO_STATES: States = Object.fromEntries(
  UNDOS.map(({ action, undo: { name, comment } }) => [
    name,
    task({
      does: "undo",
      comment,
      function: action,
      parameters: { operation: "undo", ...REDRIVE, ...RUN },
      result: "$.undo",
      onRedrive: TAKE_UP,
      onError: { keep: "$.undo_error", next: "Verify undo" },
      next: "Undone?",
    }),
  ]),
);
