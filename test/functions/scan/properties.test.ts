import fc from "../../support/properties.ts";
import { describe, expect, it } from "vitest";
import { groupIncidents, type FailingPod } from "../../../functions/scan/incidents.ts";
import { POD_SUSPECTS } from "../../../functions/scan/suspects.ts";
import { cellsOf } from "../../../functions/scan/table.ts";
import { Incident } from "../../../functions/run/contracts.ts";
import { failuresOf, overdueFailures } from "../../../functions/kinds/failing/overdue.ts";
import { podFailures } from "../../../functions/kinds/failing/pod-failures.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import { ago, NOW, WEB } from "../../support/objects.ts";
import { anyPod, failingPod, healthyPod } from "../../support/pod-arbitraries.ts";
import { DEADLINES } from "../../support/pod-rows.ts";
import { POD_PRINTER, printed } from "../../../local/embedded/printers/index.ts";

const moment = { now: NOW, deadlines: DEADLINES, lostNodes: new Map([["node-9", ago(900)]]) };

function isSuspect(pod: Pod): boolean {
  const rows = cellsOf(printed(POD_PRINTER, [pod], NOW), POD_SUSPECTS.columns) ?? [];
  return rows.some((cells) => POD_SUSPECTS.isSuspect(...cells));
}

/** A failing pod as the scan passes it on, of one of a few workloads. */
const found = fc
  .tuple(
    fc.oneof(
      failingPod.map(({ pod }) => pod),
      anyPod,
    ),
    fc.constantFrom("web", "api", "db"),
    fc.nat(),
  )
  .map(([pod, workload, number]): FailingPod => ({
    name: `${workload}-${number}`,
    node: pod.spec?.nodeName,
    workload: { ...WEB, name: workload },
    failures: failuresOf(pod, moment),
  }))
  .filter(({ failures }) => failures.length > 0);

describe("detection, of whatever pods there are,", () => {
  it("never throws, and every failure has a reason", () => {
    const lostNodes = new Map([["node-0", ago(900)]]);

    fc.assert(
      fc.property(anyPod, (pod) => {
        isSuspect(pod);
        for (const failure of [
          ...podFailures(pod),
          ...overdueFailures(pod, moment),
          ...failuresOf(pod, moment),
          ...failuresOf(pod, { ...moment, lostNodes }),
        ]) {
          expect(failure.reason).toEqual(expect.any(String));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("finds each that is in a failing state: by its status, and by the row that is printed of it", () => {
    fc.assert(
      fc.property(failingPod, ({ row, pod }) => {
        expect(failuresOf(pod, moment)).toContainEqual(expect.objectContaining({ reason: row.reason }));
        expect(isSuspect(pod)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it("reports none that is well", () => {
    fc.assert(
      fc.property(healthyPod, ({ pod }) => {
        expect(failuresOf(pod, moment)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("incidents, of whatever pods fail,", () => {
  it("count each of them once, and fit the contract", () => {
    fc.assert(
      fc.property(fc.array(found, { maxLength: 30 }), (pods) => {
        const incidents = groupIncidents(pods, []);

        expect(incidents.reduce((sum, { failing_pods }) => sum + failing_pods, 0)).toBe(pods.length);
        for (const incident of incidents) expect(Incident.safeParse(incident).error).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });

  it("are the same in whatever order the pods were found, but for the samples and the nodes", () => {
    const comparable = (pods: FailingPod[]) =>
      groupIncidents(pods, []).map(({ workload, failing_pods }) => ({ workload, failing_pods }));

    fc.assert(
      fc.property(fc.array(found, { maxLength: 10 }), (pods) => {
        expect(comparable(pods.toReversed())).toEqual(comparable(pods));
      }),
      { numRuns: 100 },
    );
  });
});
