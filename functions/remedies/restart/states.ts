import type { RemedyStates } from "../states.ts";

export const RESTART: RemedyStates = {
  action: "restart",
  apply: {
    name: "Restart",
    comment: "Evicts failing pods as their disruption budget allows, or deletes the leftovers of failed ones.",
  },
  undo: "cannot be undone",
};
