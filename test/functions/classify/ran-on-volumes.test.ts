import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Pod, PodTemplate } from "../../../functions/shared/kubernetes/types.ts";
import {
  ago,
  container,
  crashingPod,
  deployment,
  evidence,
  ofRevision,
  pod,
  policy,
  replicaSet,
  template,
} from "../../support/objects.ts";

const CLAIM = { name: "data", persistentVolumeClaim: { claimName: "web-data" } };
const MOUNT = { name: "data", mountPath: "/data" };

/** The template with these volumes, which its container mounts so. */
function mounting(image: string, volumes: object[] = [CLAIM], mounts: object[] = [MOUNT]): PodTemplate {
  const { metadata, spec } = template(image);
  const containers = (spec?.containers ?? []).map((one) => ({ ...one, volumeMounts: mounts }));
  return { metadata, spec: { ...spec, containers, volumes } } as PodTemplate;
}

/** What is done about a Deployment whose one pod of revision 2 fails since its rollout. */
function after(
  failing: Pod,
  now: PodTemplate,
  { before = mounting("shop/web:1"), old = [] as Pod[] } = {},
): string | undefined {
  const workload = deployment({
    replicas: 1,
    template: now,
    progressing: { status: "False", reason: "ProgressDeadlineExceeded" },
    status: { replicas: 1, updatedReplicas: 1, readyReplicas: old.length, availableReplicas: old.length },
  });
  const holders = [
    replicaSet(2, { template: now, replicas: 1, created: ago(900) }),
    replicaSet(1, { template: before, replicas: old.length, available: old.length, created: ago(900_000) }),
  ];
  const { remedy } = classify(evidence({ workload, holders, pods: [...old, failing] }), policy());
  return remedy.action === "none" ? remedy.message : remedy.action;
}
const labelled = (made: PodTemplate): PodTemplate => ({ ...made, metadata: { labels: { app: "web", version: "2" } } });
const crashing = ofRevision(2, crashingPod({ startedAgo: 880, restarts: 6 }));
const READ_ONLY = { name: "data", persistentVolumeClaim: { claimName: "web-data", readOnly: true } };

describe("a newer image that has run on a claim that the template names", () => {
  it("is left to people: the earlier one may not be able to read what is there", () => {
    expect(after(crashing, mounting("shop/web:2"))).toContain(
      "Not rolled back: its newer image has run on volumes that stay as they are (PersistentVolumeClaim web-data)",
    );
  });

  it("is none where a pod of the earlier revision is ready on the same claim", () => {
    expect(after(crashing, mounting("shop/web:2"), { old: [ofRevision(1, pod({ name: "old" }))] })).toBe("rollback");
  });

  it.each<[string, PodTemplate]>([
    ["the image is the same", labelled(mounting("shop/web:1"))],
    ["it cannot write to the claim", mounting("shop/web:2", [READ_ONLY])],
    ["it mounts the claim to read alone", mounting("shop/web:2", [CLAIM], [{ ...MOUNT, readOnly: true }])],
    ["the container that runs it does not mount the claim", mounting("shop/web:2", [CLAIM], [])],
    ["what it writes to goes with the pod", mounting("shop/web:2", [{ name: "data", emptyDir: {} }])],
  ])("is none where %s", (_what, now) => {
    expect(after(crashing, now, { before: mounting("shop/web:1") })).toBe("rollback");
  });

  it("is none where its program could not be started", () => {
    const message = 'exec: "/bin/serev": stat /bin/serev: no such file or directory';
    const end = { exitCode: 128, reason: "StartError", message };
    const containerStatuses = [
      container({
        ready: false,
        restartCount: 5,
        state: { waiting: { reason: "CrashLoopBackOff" } },
        lastState: { terminated: { ...end, startedAt: "1970-01-01T00:00:00Z", finishedAt: ago(20) } },
      }),
    ];
    const never = ofRevision(2, { ...crashing, status: { ...crashing.status, containerStatuses } });

    expect(after(never, mounting("shop/web:2"))).toBe("rollback");
  });
});
