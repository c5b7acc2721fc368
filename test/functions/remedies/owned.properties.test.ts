import fc from "../../support/properties.ts";
import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import { workloadObject } from "../../../functions/kinds/object-ref.ts";
import type { Plan } from "../../../functions/remedies/remedy.ts";
import { planOf, remedyFor } from "../../../functions/remedies/remedies.ts";
import type { RequestedRemedy } from "../../../functions/run/contracts.ts";
import { hpaRef, pathOf } from "../../../functions/shared/object-ref.ts";
import { evidence, incident, policy, WEB } from "../../support/objects.ts";
import { arbitraryOwnerMark, marked, UNOWNED, type OwnerMark } from "../../support/owner-marks.ts";
import { shownCluster } from "../../support/shown-cluster.ts";
import { arbitraryWorld, worldOf, type World } from "../../support/worlds.ts";
import { writerFor } from "../../support/writers.ts";

const RUNS = { numRuns: 1_000, seed: 20_260_601 };
const PATHS = { workload: pathOf(workloadObject(WEB)), hpa: pathOf(hpaRef("shop", "web")) };
type Owned = keyof typeof PATHS;

/** What is asked for: nothing, as by a scan, or a remedy, as by a runbook. */
const request: fc.Arbitrary<RequestedRemedy | undefined> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  fc.constantFrom<RequestedRemedy>(
    { action: "rollback" },
    { action: "rollback", revision: 1 },
    { action: "scale", replicas: 5 },
    { action: "restart", pod: "web-1-0" },
  ),
);
const owned = fc.constantFrom<Owned>("workload", "hpa");

function withMark(world: World, on: Owned, mark: OwnerMark): World {
  const { workload, hpa } = world;
  if (on === "workload") return { ...world, workload: { ...workload, metadata: marked(workload.metadata, mark) } };
  return { ...world, hpa: hpa === undefined ? undefined : { ...hpa, metadata: marked(hpa.metadata, mark) } };
}

const diagnose = (world: World, requested: RequestedRemedy | undefined) =>
  classify(evidence({ ...world, incident: incident(requested === undefined ? {} : { requested }) }), policy());

/** The paths of what a plan writes to, beside pods: these are only ever replaced, by whoever owns them. */
function written(plan: Plan | undefined): string[] {
  if (plan === undefined) return [];
  return remedyFor(plan.action)
    .writes(plan, WEB)
    .filter(({ kind }) => kind !== "Pod")
    .map(pathOf);
}

/** Whether the mark is about a field that the plan would write: a rollback writes the template, scaling anything else. */
function isAbout({ field }: OwnerMark, { action }: Plan): boolean {
  return field === undefined || action !== "rollback" || field === "template";
}

describe("whatever owns a workload or its HPA, and however it is told,", () => {
  it("no plan writes to it, of no remedy, whether or not it is asked for, unless a tool's own state comes back", () => {
    const seen = { owned: 0, free: 0 };
    fc.assert(
      fc.property(arbitraryWorld, request, arbitraryOwnerMark, owned, (drawn, requested, mark, on) => {
        const world = worldOf(drawn);
        const { remedy, owner } = diagnose(withMark(world, on, mark), requested);
        const plan = planOf(remedy);
        if (written(planOf(diagnose(world, requested).remedy)).includes(PATHS[on])) seen.owned++;
        if (plan === undefined || !written(plan).includes(PATHS[on]) || !isAbout(mark, plan)) return;
        expect({ action: plan.action, tool: mark.tool, owner: owner !== undefined }, mark.what).toEqual({
          action: "rollback",
          tool: true,
          owner: true,
        });
        seen.free++;
      }),
      RUNS,
    );
    // Without the mark, so many of them would have been written to.
    expect(seen.owned).toBeGreaterThan(RUNS.numRuns / 20);
    expect(seen.free).toBeLessThan(seen.owned / 4);
  });

  it("what nobody owns is written to all the same", () => {
    let plans = 0;
    fc.assert(
      fc.property(arbitraryWorld, request, (drawn, requested) => {
        const world = worldOf(drawn);
        const plan = planOf(diagnose(world, requested).remedy);
        const { workload } = world;
        const metadata = marked(workload.metadata, { what: "nobody", metadata: UNOWNED });
        expect(planOf(diagnose({ ...world, workload: { ...workload, metadata } }, requested).remedy)).toEqual(plan);
        if (plan !== undefined) plans++;
      }),
      RUNS,
    );
    expect(plans).toBeGreaterThan(RUNS.numRuns / 20);
  });

  it("the writer refuses it where it has got that owner since it was planned", async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(arbitraryWorld, request, arbitraryOwnerMark, owned, async (drawn, requested, mark, on) => {
        const world = worldOf(drawn);
        const plan = planOf(diagnose(world, requested).remedy);
        if (plan === undefined || !written(plan).includes(PATHS[on]) || !isAbout(mark, plan)) return;
        const cluster = shownCluster(withMark(world, on, mark));
        const occasion = { mayBeOwn: () => Promise.resolve(false), requested: requested !== undefined };
        await expect(
          remedyFor(plan.action).carryOut(writerFor(cluster, WEB, plan), plan, occasion),
          mark.what,
        ).rejects.toMatchObject({ name: "ObjectChanged" });
        expect(cluster.writes.map(({ path }) => path.replace(/\/scale$/, ""))).not.toContain(PATHS[on]);
        refused++;
      }),
      RUNS,
    );
    expect(refused).toBeGreaterThan(RUNS.numRuns / 20);
  });
});
