import { expect, test } from "vitest";
import { violations } from "../invariants.ts";
import { observed, request, told, workload } from "../observed.ts";
import { mayChange, writtenOf } from "./written.ts";

const APPLICATION = "/apis/argoproj.io/v1alpha1/namespaces/shop/applications/shop";
const PATCHED = [request("PATCH", APPLICATION), request("PATCH", APPLICATION)];
const ON = { automated: { prune: true, selfHeal: true } };
const BEFORE = { "applications/shop": { uid: "1", labels: {}, annotations: {}, spec: { syncPolicy: ON } } };
const UNDONE = workload({ outcome: "RolledBack", needs_person: true });

/** What a run broke that says it has undone its remedy, where this is the Application afterwards. */
function brokenBy(after: object) {
  const before = writtenOf(BEFORE, PATCHED);
  const { situation } = observed({});
  return violations(
    observed({
      situation: { ...situation, writes: { "PATCH applications": 2 }, mayChange: mayChange(before) },
      workloads: [UNDONE],
      outcomes: ["RolledBack"],
      notifications: [told(UNDONE)],
      requests: PATCHED,
      before,
      after: writtenOf({ "applications/shop": { ...BEFORE["applications/shop"], ...after } }, PATCHED),
    }),
  );
}

test("what is undone is exactly as it was before", () => {
  expect(brokenBy({})).toEqual([]);
});

test.each<[string, object]>([
  ["a sync policy that is not restored", { spec: { syncPolicy: {} } }],
  ["one that is restored in part", { spec: { syncPolicy: { automated: { prune: true } } } }],
  ["a mark that stays", { annotations: { "eks-remediation/paused-automated-sync": "{}" } }],
])("%s is found", (_what, after) => {
  expect(brokenBy(after)).toEqual([
    { invariant: "accounted", detail: "it says RolledBack, and applications/shop is not as before" },
  ]);
});

test("what was not written is not looked at", () => {
  expect(writtenOf({ ...BEFORE, "deployments/web": {} }, PATCHED)).toEqual(BEFORE);
});
