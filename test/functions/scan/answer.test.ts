import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { answer, besideOthers, fitIncidents, MAX_BYTES } from "../../../functions/scan/answer.ts";
import type { FailingPod } from "../../../functions/scan/incidents.ts";
import type { Incident } from "../../../functions/run/contracts.ts";
import type { Detection } from "../../../functions/run/detection.ts";
import type { Hpa } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer } from "../../support/api-server.ts";
import { ago, hpa, imagePullPod, NOW, policy, WEB } from "../../support/objects.ts";
import { DEADLINES } from "../../support/pod-rows.ts";
import { scanned } from "../../support/scans.ts";
import { serve } from "../../support/served-cluster.ts";
import { controlledBy, hpaConditionOf, hpaWith } from "../../support/workload-objects.ts";

const moment = { now: NOW, deadlines: DEADLINES };
/** What the state of an execution may hold, in bytes. */
const STATE_LIMIT = 262_144;
const LONG = "ᎀ manifest unknown: the registry says a lot about it. ".repeat(100);

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

function failing(name: string, workload: string, failures: FailingPod["failures"]): FailingPod {
  return { name, node: "node-0", workload: { ...WEB, name: workload }, failures };
}

describe("the incidents of a scan", () => {
  const talkative = (index: number): Incident => ({
    workload: { ...WEB, name: `web-${index}` },
    failures: [
      { reason: "ImagePullBackOff", message: "x".repeat(200), since: ago(60), count: 5, nodes: ["a", "b", "c"] },
      { reason: "ProgressDeadlineExceeded", message: "y".repeat(200), since: ago(600), count: 1 },
    ],
    failing_pods: 5,
    sample_pods: ["p-1", "p-2", "p-3"],
  });
  const many = Array.from({ length: 200 }, (_, index) => talkative(index));

  it("keep every detail where all of them fit", () => {
    expect(fitIncidents(many.slice(0, 3), 200)).toEqual(many.slice(0, 3));
    expect(fitIncidents(many, 3)).toEqual(many.slice(0, 3));
  });

  it("are all there in brief where their details would leave some out", () => {
    const fitted = fitIncidents(many, 200);

    expect(bytesOf(many)).toBeGreaterThan(MAX_BYTES.incidents);
    expect(fitted.map(({ workload }) => workload)).toEqual(many.map(({ workload }) => workload));
    expect(fitted[0]).toEqual({
      workload: { ...WEB, name: "web-0" },
      failures: [
        { reason: "ImagePullBackOff", message: `${"x".repeat(79)}…`, since: ago(600), count: 5, nodes: ["a"] },
      ],
      failing_pods: 5,
      sample_pods: ["p-1"],
    });
  });
});

describe("one namespace", () => {
  /** An incident that says as much as one can. */
  const loud = (namespace: string, index: number): Incident => ({
    workload: { kind: "Deployment", namespace, name: `${"x".repeat(240)}-${index}` },
    failures: Array.from({ length: 4 }, (_, number) => ({
      reason: "R".repeat(60),
      container: `${"c".repeat(60)}-${number}`,
      message: "€".repeat(200),
      count: 1_000,
      nodes: ["n".repeat(253), "m".repeat(253), "o".repeat(253)],
    })),
    failing_pods: 1_000,
    sample_pods: ["p".repeat(253), "q".repeat(253), "r".repeat(253)],
  });
  const evil = Array.from({ length: 2_000 }, (_, index) => loud("evil", index));
  const quiet = { reason: "ImagePullBackOff", message: "m".repeat(200), count: 1, nodes: ["a", "b"] };
  const own = ["blog", "shop"].map((namespace): Incident => ({
    workload: { ...WEB, namespace },
    failures: [quiet, { ...quiet, reason: "ProgressDeadlineExceeded" }],
    failing_pods: 1,
    sample_pods: ["p-1", "p-2"],
  }));
  const isOwn = ({ workload }: { workload: { namespace: string } }) => workload.namespace !== "evil";

  it("crowds out its own incidents only, and takes no detail from those of others", () => {
    expect(fitIncidents([...evil, ...own], 200).filter(isOwn)).toEqual(own);
    expect(fitIncidents([...evil, ...own], 3).filter(isOwn)).toEqual(own);
    expect(fitIncidents([...evil, ...own], 200).length).toBeGreaterThan(40);
    expect(bytesOf(fitIncidents(evil, 500))).toBeLessThan(MAX_BYTES.incidents + 500);
  });

  it("has its worst incident first, and the others' first ones before its second", () => {
    expect(fitIncidents([...evil, ...own], 200).slice(0, 3)).toMatchObject(
      [evil[0], ...own].map((incident) => ({ workload: incident?.workload })),
    );
  });

  it("leaves room for others in what is told of a storm", () => {
    const { incidents, omitted } = besideOthers([...evil, ...own]);

    expect(incidents.filter(isOwn).map(({ workload }) => workload.namespace)).toEqual(["blog", "shop"]);
    expect(incidents.length + omitted).toBe(evil.length + own.length);
  });

  it("leaves room for the pods and the HPAs of others in the answer to detect_failures", () => {
    const pods = Array.from({ length: 5_000 }, (_, index): FailingPod => {
      const workload = { kind: "Pod", namespace: "evil", name: `${"x".repeat(240)}-${index}` };
      return { name: workload.name, node: undefined, workload, failures: [{ reason: "Error", message: LONG }] };
    });
    const shouting = Array.from({ length: 300 }, (_, index): Hpa => {
      const broken = hpaWith([hpaConditionOf("AbleToScale", "False", "FailedGetScale")]);
      const metric = {
        type: "External",
        external: { metric: { name: "m".repeat(120_000) }, target: { type: "Value" } },
      };
      return {
        ...broken,
        metadata: { name: `hpa-${index}`, namespace: "evil" },
        spec: { ...broken.spec, metrics: Array.from({ length: 50 }, () => metric) },
      };
    });
    const found = answer([...pods, failing("web-1", "web", [{ reason: "Error" }])], [...shouting, hpa()], moment);

    expect(found.pods?.filter(isOwnPod).map(({ name }) => name)).toEqual(["web-1"]);
    expect(found.hpas?.filter(isOwnPod)).toHaveLength(1);
    expect(found.hpas?.length).toBeGreaterThan(5);
  });
});

function isOwnPod({ namespace }: { namespace: string }): boolean {
  return namespace !== "evil";
}

describe("the answer to detect_failures", () => {
  const crash = { reason: "CrashLoopBackOff", container: "app", exitCode: 1, restarts: 7, message: "panic\nat main" };

  it("tells of each failing pod its namespace, node, workload and failures", () => {
    expect(answer([failing("web-1", "web", [crash])], [], moment)).toEqual({
      pods: [
        {
          namespace: "shop",
          name: "web-1",
          node: "node-0",
          workload: WEB,
          failures: [
            { reason: "CrashLoopBackOff", container: "app", exit_code: 1, restarts: 7, message: "panic at main" },
          ],
        },
      ],
      hpas: [],
      omitted_pods: 0,
      omitted_hpas: 0,
    });
  });

  it("names no node where there is none, and no more than four failures of a pod", () => {
    const many = Array.from({ length: 300 }, (_, index) => ({ ...crash, container: `c-${index}` }));
    const [pod] = answer([{ ...failing("web-1", "web", many), node: undefined }], [], moment).pods ?? [];

    expect(pod).not.toHaveProperty("node");
    expect(pod?.failures.map(({ container }) => container)).toEqual(["c-0", "c-1", "c-2", "c-3"]);
  });

  it("has the pods of the workload with the most failing pods first", () => {
    const pods = [failing("db-0", "db", [crash]), failing("web-1", "web", [crash]), failing("web-2", "web", [crash])];

    expect(answer(pods, [], moment).pods?.map(({ name }) => name)).toEqual(["web-1", "web-2", "db-0"]);
  });

  it("has the HPAs with problems first, and all others behind them", () => {
    const named = (name: string, one: Hpa): Hpa => ({ ...one, metadata: { name, namespace: "shop" } });
    const hpas = [
      named("idle", hpa()),
      named("limited", hpa({ limited: "TooManyReplicas" })),
      named("limited-just-now", hpa({ limited: "TooManyReplicas", limitedSince: NOW.toISOString() })),
      named("broken", hpaWith([hpaConditionOf("AbleToScale", "False", "FailedGetScale")])),
    ];

    expect(answer([], hpas, moment).hpas?.map(({ name }) => name)).toEqual([
      ...["limited", "broken", "idle", "limited-just-now"],
    ]);
  });

  it("leaves out what does not fit, the last first, and counts it", () => {
    const pods = Array.from({ length: 1_500 }, (_, index) =>
      failing(`web-${index}`, "web", [{ ...crash, message: LONG }]),
    );
    const problem = hpaWith([hpaConditionOf("AbleToScale", "False", "FailedGetScale")]);
    const hpas = [...Array.from({ length: 2_000 }, () => hpa()), problem];
    const { pods: told = [], hpas: states = [], omitted_pods, omitted_hpas } = answer(pods, hpas, moment);

    expect(bytesOf(told)).toBeLessThan(65_000);
    expect(bytesOf(states)).toBeLessThan(45_000);
    expect(told[0]?.name).toBe("web-0");
    expect(told.length).toBeGreaterThan(50);
    expect(told.length + (omitted_pods ?? 0)).toBe(1_500);
    expect(states[0]?.conditions[2]).toMatchObject({ type: "AbleToScale", status: "False" });
    expect(states.length + (omitted_hpas ?? 0)).toBe(2_001);
  });
});

describe("the findings of a scan of 1,000 failing workloads and 1,000 failing HPAs", () => {
  const NO_STORM = { storm: { min_workloads: 1_000_000 } };
  let api: ApiServer;
  beforeEach(async () => {
    api = await ApiServer.start();
    const pods = Array.from({ length: 1_000 }, (_, index) => {
      const pod = imagePullPod(LONG);
      const owner = controlledBy("StatefulSet", `a-database-with-a-rather-long-name-${index}`);
      pod.metadata = { name: `a-database-with-a-rather-long-name-${index}-0`, namespace: "shop", ...owner };
      return pod;
    });
    const hpas = Array.from({ length: 1_000 }, (_, index): Hpa => {
      const broken = hpaWith([hpaConditionOf("AbleToScale", "False", "FailedGetScale")]);
      return {
        ...broken,
        metadata: { name: `hpa-${index}`, namespace: "shop" },
        spec: { ...broken.spec, scaleTargetRef: { kind: "Deployment", name: `deployment-${index}` } },
      };
    });
    serve(api, { pods, hpas });
  });
  afterEach(() => api.stop());

  const count = ({ incidents, omitted }: Detection) => incidents.length + omitted;

  it("stay small enough for an execution, and say how many are left out", async () => {
    const detection = await scanned(api, { policy: policy(NO_STORM) });

    expect(bytesOf(detection)).toBeLessThan(200_000);
    expect(detection).toMatchObject({ status: "failing", failing_pods: 1_000 });
    expect(count(detection)).toBe(2_000);
    expect(detection.omitted).toBeGreaterThan(1_000);
  });

  it("are bounded by the policy, too", async () => {
    const detection = await scanned(api, { policy: policy({ ...NO_STORM, max_incidents: 7 }) });

    expect(detection).toMatchObject({ omitted: 1_993, failing_pods: 1_000 });
    expect(detection.incidents).toHaveLength(7);
  });

  it("stay small enough with the pods and the HPAs that detect_failures answers", async () => {
    const detection = await scanned(api, { findingsOnly: true, policy: policy({ ...NO_STORM, max_incidents: 500 }) });

    expect(bytesOf(detection)).toBeLessThan(STATE_LIMIT);
    expect(count(detection)).toBe(2_000);
    expect((detection.pods?.length ?? 0) + (detection.omitted_pods ?? 0)).toBe(1_000);
    expect((detection.hpas?.length ?? 0) + (detection.omitted_hpas ?? 0)).toBe(1_000);
    expect(detection.omitted_pods).toBeGreaterThan(0);
    expect(detection.omitted_hpas).toBeGreaterThan(0);
  });
});
