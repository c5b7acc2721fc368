import type { RemedyStates } from "../states.ts";

export const SCALE: RemedyStates = {
  action: "scale",
  apply: {
    name: "Scale",
    comment: "Moves the bounds of the HPA, or the replicas where no HPA owns them.",
  },
  undo: {
    name: "Undo scaling",
    comment: "Only while the object is as the remedy left it: a change by somebody else stands.",
  },
};
