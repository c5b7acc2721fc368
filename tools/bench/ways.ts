/** The ways to find what fails that are measured side by side. */
export const WAYS = [
  "detection",
  "detection-plain",
  "floor",
  "floor-plain",
  "one-table",
  "typed-client",
  "typed-client-plain",
  "kubectl",
  "kubectl-plain",
] as const;
export type Way = (typeof WAYS)[number];

/** The files under `ways/` that are run. */
export type ScriptName = "detection" | "audit" | "diagnosis" | "floor" | "one-table" | "typed-client" | "kubectl";

/** How a script is run. */
export interface Run {
  script: ScriptName;
  /** Whether the API server may compress its answers. */
  compressed: boolean;
  /** How much memory its objects may take, in MiB. */
  memory: number;
}

/** A way, and how it is run. */
interface Script extends Run {
  name: string;
  /** What tells the names of what it finds, where it only gives their number. */
  names?: "audit";
}

/** What a function of 1,024 MB is left with; what is run with it is run as the function is. */
export const FUNCTION_MEMORY = 921;
/** Some ways need gigabytes, and Node would give up before the machine does. */
export const MUCH_MEMORY = 12_000;

export const SCRIPTS: Readonly<Record<Way, Script>> = {
  detection: { name: "this detection", script: "detection", compressed: true, memory: FUNCTION_MEMORY, names: "audit" },
  "detection-plain": {
    name: "this detection, nothing compressed",
    script: "detection",
    compressed: false,
    memory: FUNCTION_MEMORY,
    names: "audit",
  },
  "one-table": { name: "one Table request", script: "one-table", compressed: true, memory: MUCH_MEMORY },
  floor: { name: "bare Table requests", script: "floor", compressed: true, memory: MUCH_MEMORY },
  "floor-plain": {
    name: "bare Table requests, nothing compressed",
    script: "floor",
    compressed: false,
    memory: MUCH_MEMORY,
  },
  "typed-client": {
    name: "typed client, pages of 500",
    script: "typed-client",
    compressed: true,
    memory: MUCH_MEMORY,
  },
  "typed-client-plain": {
    name: "typed client, pages of 500, nothing compressed",
    script: "typed-client",
    compressed: false,
    memory: MUCH_MEMORY,
  },
  kubectl: {
    name: "`kubectl get pods -A -o json` into a script",
    script: "kubectl",
    compressed: true,
    memory: MUCH_MEMORY,
  },
  "kubectl-plain": {
    name: "`kubectl get pods -A -o json` into a script, nothing compressed",
    script: "kubectl",
    compressed: false,
    memory: MUCH_MEMORY,
  },
};

/** These read everything, whatever fails, and take long: they are measured once for each size. */
export const SLOW: readonly Way[] = ["typed-client", "typed-client-plain", "kubectl", "kubectl-plain"];
