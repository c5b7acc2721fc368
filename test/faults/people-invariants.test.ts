import { describe, expect, test } from "vitest";
import { DEPLOYMENT, observed, PATCHED, request, WEB } from "./observed.ts";
import { peopleViolations, type SteppedIn } from "./people-invariants.ts";

const SCALED = { object: "deployments/web", path: ["spec", "replicas"], value: 3 };
const ROLLED_BACK = { ...WEB, spec: { replicas: 3, template: { image: "web:2" } } };

function stepped(more: Partial<SteppedIn>): SteppedIn {
  return {
    seen: observed({ after: { "deployments/web": ROLLED_BACK } }),
    set: [SCALED],
    lost: undefined,
    everythingGoes: false,
    replaced: false,
    forbiddenFrom: undefined,
    ...more,
  };
}

describe("a run beside somebody else", () => {
  test.each<[string, Partial<SteppedIn>]>([
    ["keeps its promises when their replicas stay beside its own change", {}],
    ["may have written before the workload opted out, or be about to", { forbiddenFrom: 1 }],
    [
      "is not blamed for what goes with a namespace that they deleted",
      { everythingGoes: true, seen: observed({ after: {} }) },
    ],
  ])("%s", (_name, more) => {
    expect(peopleViolations(stepped(more))).toEqual([]);
  });

  test.each<[string, Partial<SteppedIn>]>([
    ["overwrites what they set", { seen: observed({}) }],
    ["brings back what they deleted", { lost: "the namespace is not being deleted" }],
    ["reports their change as its own", { replaced: true }],
    [
      "writes to a workload that has opted out",
      {
        forbiddenFrom: 1,
        seen: observed({
          requests: [...PATCHED.slice(0, 1), { ...request("PATCH", DEPLOYMENT), number: 3 }],
          after: { "deployments/web": ROLLED_BACK },
        }),
      },
    ],
  ])("breaks its promise when it %s", (_name, more) => {
    expect(peopleViolations(stepped(more)).map(({ invariant }) => invariant)).toContain("theirs");
  });
});
