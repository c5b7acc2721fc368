import type { Incident } from "./contracts.ts";

/**
 * Whether an agent or a person asks for exactly this remedy, and so has decided. A remedy that the schedule or an event names is
 * what the workflow does by itself.
 */
export function isAskedFor({ requested, origin }: Pick<Incident, "requested" | "origin">): boolean {
  return requested !== undefined && origin !== "found";
}

/** Whether somebody waits for an answer: they ask for a remedy, or what would be done, or have decided about what was proposed. */
export function isAnswered(incident: Pick<Incident, "requested" | "origin" | "approval">): boolean {
  const { origin, approval } = incident;
  return isAskedFor(incident) || approval !== undefined || origin === "agent" || origin === "person";
}

/** Whether somebody has decided that exactly this remedy is carried out: they have asked for it by name, or approved it. */
export function isDecided(incident: Pick<Incident, "requested" | "origin" | "approval">): boolean {
  return isAskedFor(incident) || incident.approval?.decision === "approve";
}
