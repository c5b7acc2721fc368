import { describe, expect, it } from "vitest";
import { groupIncidents, type FailingPod } from "../../../functions/scan/incidents.ts";
import type { Failure } from "../../../functions/shared/kubernetes/failures.ts";
import { WEB } from "../../support/objects.ts";

const CRASH: Failure = { reason: "CrashLoopBackOff", container: "app", exitCode: 1 };
const API = { kind: "Deployment", namespace: "shop", name: "api" };

function failing(name: string, workload: FailingPod["workload"] = WEB, ...failures: Failure[]): FailingPod {
  return { name, node: "node-0", workload, failures: failures.length === 0 ? [CRASH] : failures };
}

describe("incidents", () => {
  it("are one for fifty crashing pods of one Deployment, with a few of their names", () => {
    const pods = Array.from({ length: 50 }, (_, index) => failing(`web-1-${index}`));

    expect(groupIncidents(pods, [])).toEqual([
      {
        workload: WEB,
        failures: [{ reason: "CrashLoopBackOff", container: "app", exit_code: 1, count: 50, nodes: ["node-0"] }],
        failing_pods: 50,
        sample_pods: ["web-1-0", "web-1-1", "web-1-2"],
      },
    ]);
  });

  it("are as many as there are workloads, those of one name in another namespace or of another kind included", () => {
    const workloads = [WEB, { ...WEB, namespace: "blog" }, { ...WEB, kind: "StatefulSet" }];

    expect(
      groupIncidents(
        workloads.map((workload) => failing("web-0", workload)),
        [],
      ),
    ).toHaveLength(3);
  });

  it("come with the most failing pods first, then by name, whatever order they were found in", () => {
    const pods = [
      failing("web-1"),
      failing("db-0", { ...WEB, name: "db" }),
      failing("api-1", API),
      failing("api-2", API),
    ];
    const order = (found: FailingPod[]) => groupIncidents(found, []).map(({ workload }) => workload.name);

    expect(order(pods)).toEqual(["api", "db", "web"]);
    expect(order(pods.toReversed())).toEqual(["api", "db", "web"]);
  });

  it("hold a limited HPA and the failing pods of its target together", () => {
    const limited = { workload: { ...WEB }, failures: [{ reason: "TooManyReplicas", message: "HPA web: wants more" }] };

    expect(groupIncidents([failing("web-1")], [limited])).toMatchObject([
      { failing_pods: 1, failures: [{ reason: "CrashLoopBackOff" }, { reason: "TooManyReplicas", count: 1 }] },
    ]);
  });

  it("keep the ways to fail apart by container and exit code, and the four most frequent of them", () => {
    const other = (exitCode: number): Failure => ({ ...CRASH, exitCode });
    const pods = [
      ...[2, 3, 4, 5].map((code) => failing(`web-${code}`, WEB, other(code))),
      failing("web-a", WEB, { ...CRASH, container: "proxy" }, other(137)),
      failing("web-b", WEB, { ...CRASH, container: "proxy" }, other(137)),
    ];
    const [incident] = groupIncidents(pods, []);

    expect(incident?.failures.slice(0, 2)).toEqual([
      { reason: "CrashLoopBackOff", container: "proxy", exit_code: 1, count: 2, nodes: ["node-0"] },
      { reason: "CrashLoopBackOff", container: "app", exit_code: 137, count: 2, nodes: ["node-0"] },
    ]);
    expect(incident?.failures).toHaveLength(4);
  });

  it("carry no more of a message than fits on a line", () => {
    const message = `panic:\n\tno config\u0000${"!".repeat(5_000)}`;
    const [incident] = groupIncidents([failing("web-1", WEB, { ...CRASH, message })], []);

    expect(incident?.failures[0]?.message).toMatch(/^panic: no config !+…$/);
    expect(incident?.failures[0]?.message).toHaveLength(200);
  });
});
