import type { RemedyStates } from "../states.ts";

export const ROLLBACK: RemedyStates = {
  action: "rollback",
  apply: {
    name: "Roll back",
    comment: "Puts the pod template of a healthy revision back.",
  },
  undo: {
    name: "Undo rollback",
    comment: "Only while the object is as the remedy left it: a change by somebody else stands.",
  },
};
