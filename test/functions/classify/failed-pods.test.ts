import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Evidence } from "../../../functions/facts/evidence.ts";
import { NO_SURROUNDINGS } from "../../../functions/facts/surroundings.ts";
import type { KubernetesEvent } from "../../../functions/run/event.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import {
  ago,
  container,
  deployment,
  evidence,
  incident,
  ofRevision,
  pod,
  policy,
  replicaSet,
  template,
} from "../../support/objects.ts";
import { AGENT, agent, controllerRevision } from "../../support/set-objects.ts";

const STORAGE = "Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. ";
const MEMORY = "The node was low on resource: memory. Threshold quantity: 100Mi, available: 42Mi. ";

/** A pod that was made and failed for good so many seconds ago. */
function failed(
  madeAgo: number,
  failedAgo: number,
  { reason = "Evicted", message = STORAGE, revision = 2, node = "node-1" } = {},
): Pod {
  const name = `web-${revision}-${madeAgo}-${failedAgo}`;
  const made = pod({
    name,
    metadata: { name, uid: `${name}-uid`, creationTimestamp: ago(madeAgo) },
    spec: { nodeName: node, containers: [] },
    status: {
      phase: "Failed",
      reason,
      message,
      startTime: ago(madeAgo),
      conditions: [{ type: "Ready", status: "False", lastTransitionTime: ago(failedAgo) }],
      containerStatuses: [],
    },
  });
  return ofRevision(revision, made);
}

/** Revision 2 was completely rolled out so many seconds ago, and its pods failed like this; two run now. */
function after(leftovers: Pod[], rolledOutAgo = 3_000, overrides: Partial<Evidence> = {}): Evidence {
  const progressing = { status: "True", reason: "NewReplicaSetAvailable", lastUpdateTime: ago(rolledOutAgo) };
  const now = ["a", "b"].map((end) => ofRevision(2, pod({ name: `web-2-${end}` })));
  return evidence({
    workload: deployment({ template: template("shop/web:2"), progressing }),
    holders: [
      replicaSet(2, { available: 2, created: ago(rolledOutAgo + 20) }),
      replicaSet(1, { created: ago(rolledOutAgo + 90_000) }),
    ],
    pods: [...now, ...leftovers],
    ...overrides,
  });
}

/** Three pods in a row, each of which lived 900 s, the first of them from the rollout on. */
const loop = (options = {}) => [
  failed(3_010, 2_100, options),
  failed(2_098, 1_200, options),
  failed(1_198, 300, options),
];

describe("pods that fail for good, and so do those that take their place", () => {
  it("are rolled back when each exceeds a limit of its own since the rollout, though each lived longer than the stable time", () => {
    const diagnosis = classify(after(loop()), policy());

    expect(diagnosis).toMatchObject({ cause: "ReplacementLoop", remedy: { action: "rollback" } });
    expect(diagnosis.summary).toContain(
      "3 pods failed for good (Evicted, on node-1), at least 2 of them in the place of one that had failed before, and all since revision 2 was rolled out.",
    );
  });

  it.each([
    'Usage of EmptyDir volume "cache" exceeds the limit "1Gi". ',
    'Container app exceeded its local ephemeral storage limit "1Gi". ',
    STORAGE,
  ])("have a limit of their own where the kubelet says: %s", (message) => {
    expect(classify(after(loop({ message })), policy()).remedy.action).toBe("rollback");
  });

  it("are rolled back when their nodes forbid a sysctl that came with the rollout, and not when it was there before", () => {
    const asking = (image: string, ...sysctls: string[]) => {
      const plain = template(image);
      const securityContext = { sysctls: sysctls.map((name) => ({ name, value: "1" })) };
      return { ...plain, spec: { containers: [], ...plain.spec, securityContext } };
    };
    const message = 'forbidden sysctl: "net.core.somaxconn" not allowlisted';
    const refused = [300, 200, 100].map((ago) => failed(ago, ago - 1, { reason: "SysctlForbidden", message }));
    const now = asking("shop/web:2", "net.core.somaxconn");
    const from = (...before: string[]) =>
      classify(
        evidence({
          workload: deployment({ template: now, progressing: { status: "False", reason: "ProgressDeadlineExceeded" } }),
          holders: [
            replicaSet(2, { template: now, replicas: 1, created: ago(900) }),
            replicaSet(1, { template: asking("shop/web:1", ...before), available: 2, created: ago(93_000) }),
          ],
          pods: [...["a", "b"].map((end) => ofRevision(1, pod({ name: `web-1-${end}` }))), ...refused],
        }),
        policy(),
      ).remedy;

    expect(from()).toMatchObject({ action: "rollback" });
    expect(from("net.core.somaxconn")).toMatchObject({
      action: "none",
      message: expect.stringContaining("Revision 1 asks for the same sysctls") as unknown,
    });
  });

  it.each([
    ["AppArmor", { securityContext: { appArmorProfile: { type: "Localhost", localhostProfile: "web" } } }],
    ["SupplementalGroupsPolicyNotSupported", { securityContext: { supplementalGroupsPolicy: "Strict" } }],
    ["PodLevelResourcesNotSupported", { resources: { limits: { memory: "1Gi" } } }],
  ])("are rolled back when their nodes refuse them for what came with the rollout: %s", (reason, spec) => {
    const asking = (image: string, own: object) => {
      const plain = template(image);
      return { ...plain, spec: { containers: [], ...plain.spec, ...own } };
    };
    const refused = [300, 200, 100].map((ago) => failed(ago, ago - 1, { reason, message: "not here" }));
    const from = (before: object) =>
      classify(
        evidence({
          workload: deployment({
            template: asking("shop/web:2", spec),
            progressing: { status: "False", reason: "ProgressDeadlineExceeded" },
          }),
          holders: [
            replicaSet(2, { template: asking("shop/web:2", spec), replicas: 1, created: ago(900) }),
            replicaSet(1, { template: asking("shop/web:1", before), available: 2, created: ago(93_000) }),
          ],
          pods: [...["a", "b"].map((end) => ofRevision(1, pod({ name: `web-1-${end}` }))), ...refused],
        }),
        policy(),
      ).remedy;

    expect(from({})).toMatchObject({ action: "rollback" });
    expect(from(spec)).toMatchObject({
      action: "none",
      message: expect.stringContaining("Revision 1 asks for the same") as unknown,
    });
  });

  it("are rolled back when their containers end with an error, and by their own restart policy are not started again", () => {
    const ended = (madeAgo: number, restartPolicy?: string) => {
      const made = failed(madeAgo, madeAgo - 20, { message: "" });
      const { reason: _reason, ...status } = made.status ?? {};
      const app = { name: "app", ...(restartPolicy === undefined ? {} : { restartPolicy }) };
      const end = { exitCode: 1, reason: "Error", finishedAt: ago(madeAgo - 20) };
      return {
        ...made,
        spec: { nodeName: "node-1", restartPolicy: "Always", containers: [app] },
        status: { ...status, containerStatuses: [container({ ready: false, state: { terminated: end } })] },
      };
    };
    const looping = (restartPolicy?: string) => [3_010, 200, 100].map((ago) => ended(ago, restartPolicy));

    expect(classify(after(looping("Never")), policy())).toMatchObject({
      cause: "ReplacementLoop",
      remedy: { action: "rollback" },
    });
    expect(classify(after(looping()), policy()).remedy.action).toBe("none");
  });

  it.each<[string, Evidence]>([
    ["their node is short of something", after(loop({ message: MEMORY }))],
    ["the node refuses them", after(loop({ reason: "UnexpectedAdmissionError", message: "no devices left" }))],
    ["the revision ran well for long before", after([failed(90_000, 2_100), ...loop().slice(1)], 89_990)],
    ["what the rollout made is not among them", after(loop(), 9_000)],
    ["pods of the revision before exceeded it, too", after([failed(9_000, 4_000, { revision: 1 }), ...loop()])],
    ["no earlier revision is known to have been healthy", { ...after(loop()), holders: [replicaSet(2)] }],
  ])("are reported when %s, and what is left of them stays", (_what, facts) => {
    const { cause, remedy, rejected } = classify(facts, policy());

    expect({ cause, remedy }).toMatchObject({
      cause: "ReplacementLoop",
      remedy: { action: "none", refusal: "NoSafeRemedy" },
    });
    expect(rejected.map(({ action }) => action)).toContain("restart");
  });

  it("are a loop also while a replacement is not ready yet", () => {
    const short = deployment({ template: template("shop/web:2"), status: { readyReplicas: 1 } });

    expect(classify({ ...after(loop({ message: MEMORY })), workload: short }, policy()).cause).toBe("ReplacementLoop");
  });

  it("are a loop no more when it has been silent for twice as long as any of them lived", () => {
    const silent = (seconds: number) =>
      after([
        failed(seconds + 1_810, seconds + 905, { message: MEMORY }),
        failed(seconds + 900, seconds, { message: MEMORY }),
      ]);

    expect(classify(silent(1_790), policy()).cause).toBe("ReplacementLoop");
    expect(classify(silent(1_810), policy())).toMatchObject({ cause: "FailedPods", remedy: { mode: "clean_up" } });
  });
});

describe("pods that failed for good, and whose replacements run", () => {
  const once = [failed(90_000, 400, { message: MEMORY }), failed(90_000, 390, { message: MEMORY, node: "node-2" })];

  it("are cleaned up once none has failed for a while, each named with its node and reason", () => {
    const { cause, summary, evidence: lines, remedy } = classify(after(once, 95_000), policy());

    expect({ cause, remedy }).toMatchObject({ cause: "FailedPods", remedy: { action: "restart", mode: "clean_up" } });
    expect(summary).toBe("2 pods failed for good (Evicted, on node-1, node-2); the replacements are ready.");
    expect(lines).toEqual([
      `web-2-90000-400 on node node-1: Evicted: ${MEMORY.trim()}`,
      `web-2-90000-390 on node node-2: Evicted: ${MEMORY.trim()}`,
    ]);
  });

  it("stay until then, and it is said for how long", () => {
    const recent = [failed(90_000, 299, { message: MEMORY })];

    expect(classify(after(recent, 95_000), policy()).remedy).toEqual({
      action: "none",
      refusal: "MayPass",
      message:
        "The last one failed 299 s ago; the leftovers stay until none has failed for 300 s, for whoever looks into it.",
    });
    expect(classify(after(recent, 95_000), policy({ restart: { quiet_seconds: 60 } })).remedy.action).toBe("restart");
  });

  it("took nobody's place when they were made together, or their nodes were shut down one after the other", () => {
    const together = [failed(20, 19, { message: MEMORY }), failed(18, 17, { message: MEMORY })];
    const shutDown = { reason: "Terminated", message: "Pod was terminated in response to imminent node shutdown." };

    expect(classify(after(together), policy()).cause).toBe("FailedPods");
    expect(classify(after(loop(shutDown)), policy())).toMatchObject({ cause: "FailedPods" });
  });

  it("are no loop with what failed longer ago than remedies are counted", () => {
    const rare = [failed(260_000, 172_800, { message: MEMORY }), failed(172_000, 100, { message: MEMORY })];

    expect(classify(after(rare, 270_000), policy()).cause).toBe("FailedPods");
  });

  it("are no part of a loop when they were made from an earlier revision", () => {
    expect(classify(after(loop({ revision: 1 })), policy()).cause).toBe("FailedPods");
  });
});

describe("pods of a DaemonSet that fail on the same node again and again", () => {
  const left = (reason = "Evicted"): Pod => {
    const made = failed(200, 190, { reason, message: MEMORY });
    return { ...made, metadata: { ...made.metadata, name: "agent-z", labels: { "controller-revision-hash": "r1" } } };
  };
  const deletion = (name: string, seconds: number, { node = "node-1", uid = "agent-uid" } = {}): KubernetesEvent => ({
    metadata: { name, namespace: "shop" },
    involvedObject: { kind: "DaemonSet", namespace: "shop", name: "agent", uid },
    reason: "FailedDaemonPod",
    message: `Found failed daemon pod shop/${name} on node ${node}, will try to kill it`,
    lastTimestamp: ago(seconds),
  });
  const seen = (events: KubernetesEvent[], pods = [left()]) => {
    const made = agent();
    return classify(
      evidence({
        incident: incident({ workload: AGENT }),
        workload: { ...made, metadata: { ...made.metadata, uid: "agent-uid" } },
        holders: [controllerRevision(1, { of: "agent", created: ago(90_000) })],
        pods,
        surroundings: { ...NO_SURROUNDINGS, events },
      }),
      policy(),
    );
  };

  it("are a loop that is reported, though its controller has deleted all but the last", () => {
    const diagnosis = seen([deletion("agent-x", 900), deletion("agent-y", 500), deletion("agent-z", 10)]);

    expect(diagnosis).toMatchObject({
      cause: "ReplacementLoop",
      summary: `1 pod failed for good (Evicted, on node-1), and at least 2 others on the same node before it. The first of those was deleted by its controller at ${new Date(ago(900)).toISOString()}.`,
      remedy: { action: "none", refusal: "NoSafeRemedy" },
    });
    expect(diagnosis.evidence).toContain("deleted on node-1 after it had failed: agent-x, agent-y");
  });

  it.each<[string, KubernetesEvent[], Pod[]?]>([
    ["there was one before", [deletion("agent-x", 900)]],
    ["they come and go while a node starts", [deletion("agent-x", 290), deletion("agent-y", 280)]],
    ["the others were on other nodes", [deletion("agent-x", 900, { node: "node-2" }), deletion("agent-y", 500)]],
    ["the others were another DaemonSet's", ["agent-x", "agent-y"].map((name) => deletion(name, 900, { uid: "b" }))],
    ["their node was shut down", [deletion("agent-x", 900), deletion("agent-y", 500)], [left("NodeShutdown")]],
  ])("are no loop where %s", (_what, events, pods) => {
    expect(seen(events, pods).cause).toBe("FailedPods");
  });
});
