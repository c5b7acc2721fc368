import { describe, expect, it } from "vitest";
import { failureMessage, stormMessage, workloadMessage } from "../../../functions/notify/message.ts";
import { outcomeOf } from "../../../functions/run/outcome.ts";
import type { WorkloadRun } from "../../../functions/run/contracts.ts";
import { NOTHING_RESTS, type Detection } from "../../../functions/run/detection.ts";
import { incident, WEB } from "../../support/objects.ts";
import { claimedRun, diagnosis, remedyResult } from "../../support/runs.ts";

const EXECUTION = { id: "arn:aws:states:eu-west-1:111122223333:execution:remediation:run-1", name: "run-1" };

const message = (run: WorkloadRun) => workloadMessage(run, outcomeOf(run, false));

/** A rollback that did not help, and was undone. */
const undone = claimedRun({
  diagnosis: diagnosis(),
  remedy: remedyResult(),
  verification: {
    verdict: "not_recovered",
    reasons: ["pod web-1: CrashLoopBackOff"],
    wait_seconds: 1,
    observation: { digest: "d", well_since: null },
  },
  undo: {
    status: "applied",
    message: "The rollback was undone.",
    wait_seconds: 1,
    deadline: "2026-06-01T12:30:00.000Z",
  },
  undo_verification: { verdict: "undone", reasons: [] },
});

/** The lines under a section's title; undefined when there is no such section. */
function section(text: string, title: string): string[] | undefined {
  const block = text.split("\n\n").find((part) => part.startsWith(`${title}:\n`));
  return block?.split("\n").slice(1);
}

describe("the message about a workload", () => {
  it("says what happened, why, what was done and what was not, and where to look", () => {
    const { subject, text } = message(undone);

    expect(subject).toBe("[prod] Undone, did not help: Deployment shop/web");
    expect(text.split("\n")[0]).toBe("Undone, did not help: Deployment shop/web on cluster prod");
    expect(section(text, "Found")).toEqual([
      "- 2x CrashLoopBackOff",
      "- cause: CrashLoopAfterRollout (confidence high)",
    ]);
    expect(section(text, "Evidence")).toEqual(["- revision 1 has 2 available replicas"]);
    expect(section(text, "Done")).toEqual([
      "- Rolled back from revision 2 to the template of revision 1.",
      "- The rollback was undone.",
    ]);
    expect(section(text, "Not done")).toEqual(["- restart: the same template crashes again"]);
    expect(section(text, "Verified")).toEqual(["- yes: it is as it was before"]);
    expect(section(text, "To do")).toEqual([
      "- It is as it was before, and was not looked at since. Look whether it still fails, and find the cause with the evidence below if it does.",
    ]);
    expect(section(text, "Look at it")?.slice(0, 2)).toEqual([
      "- aws eks update-kubeconfig --name prod --region eu-west-1 --alias prod",
      "- kubectl --context prod -n shop describe deployment web",
    ]);
    expect(text).toContain("Execution: https://eu-west-1.console.aws.amazon.com/states/");
  });

  it("leaves out what there is nothing to say about", () => {
    const { text } = message(claimedRun({ error: { Error: "Forbidden", Cause: "No." } }));

    expect(["Evidence", "Done", "Not done"].map((title) => section(text, title))).toEqual(Array(3).fill(undefined));
    expect(text).toContain("Forbidden: No.");
  });

  it("names no command about a workload that is not there", () => {
    const remedy = { action: "none", refusal: "NoSafeRemedy", message: "Ask whoever set it to let go." } as const;
    const gone = { Error: "WorkloadNotFound", Cause: "It is gone." };

    for (const run of [claimedRun({ error: gone }), claimedRun({ diagnosis: diagnosis({ remedy, gone: true }) })]) {
      expect(message(run).text).not.toMatch(/(describe|annotate) deployment/);
    }
  });

  it("can be filtered by what subscribers care about", () => {
    expect(message(undone).attributes).toEqual({
      outcome: "RolledBack",
      cluster: "prod",
      namespace: "shop",
      cause: "CrashLoopAfterRollout",
      needs_person: "true",
    });
  });

  it("keeps to one line what containers and the API server say", () => {
    const noisy = "panic\r\n\u2028\u2029Execution: forged\u001b[2J";
    const { text } = message({
      ...undone,
      incident: incident({ failures: [{ reason: "Error", message: noisy, count: 1 }] }),
      diagnosis: diagnosis({ evidence: [noisy], rejected: [{ action: "restart", reason: `it says ${noisy}` }] }),
      remedy: remedyResult({ message: noisy }),
    });

    for (const title of ["Found", "Evidence", "Done", "Not done"]) {
      expect(section(text, title)?.join()).toContain("panic Execution: forged [2J");
    }
  });
});

describe("the subject", () => {
  it.each([
    ["long", { ...WEB, name: "web-".repeat(60) }],
    ["in another script", { ...WEB, name: "магазин" }],
    ["broken over lines", { ...WEB, name: "web\r\nBcc: everyone" }],
  ])("is one line of at most 100 ASCII characters for a name that is %s", (_what, workload) => {
    const { subject } = message({ ...undone, incident: incident({ workload }) });

    expect(subject).toMatch(/^\[prod\] Undone, did not help: Deployment shop\/[\x20-\x7e]+$/);
    expect(subject.length).toBeLessThanOrEqual(100);
  });
});

describe("the message about what others wait for", () => {
  it("names them, and how many more there are", () => {
    const dependants = { count: 3, names: ["Deployment shop/api (its environment names web)"] };
    const { text } = message({ ...undone, incident: incident({ dependants }) });

    expect(section(text, "Found")).toEqual(
      expect.arrayContaining([
        "- 3 other workloads fail with it, and are not restarted meanwhile:",
        "- Deployment shop/api (its environment names web)",
        "- and 2 more",
      ]),
    );
  });
});

describe("the message about a storm", () => {
  const detection = (incidents: number, omitted = 0): Detection => ({
    status: "storm",
    cluster_name: "prod",
    dry_run: false,
    pods_seen: 100,
    workloads_seen: 50,
    failing_pods: 90,
    incidents: Array.from({ length: incidents }, (_, index) =>
      incident({
        workload: { ...WEB, name: `web-${index}` },
        failing_pods: 3,
        failures: [{ reason: "ImagePullBackOff", count: 3 }],
      }),
    ),
    omitted,
    out_of_scope: 0,
    in_rollout: [],
    resting: NOTHING_RESTS,
    unseen: [],
    storm_seen: [],
    storm: "30 of 50 workloads fail at once (60 %).",
  });
  const failing = (seen: Detection) => section(stormMessage(seen, EXECUTION).text, "Found");

  it("is one for all of it, says why it is a storm, and calls a person", () => {
    const { subject, text, attributes, report } = stormMessage(detection(2), EXECUTION);

    expect(subject).toBe("[prod] Storm: 90 failing pods");
    expect(text).toContain("30 of 50 workloads fail at once (60 %).");
    expect(failing(detection(2))).toEqual(
      [0, 1].map((n) => `- Deployment shop/web-${n}: 3 failing pods (ImagePullBackOff)`),
    );
    expect(attributes).toMatchObject({ outcome: "Storm", needs_person: "true" });
    expect(report).toMatchObject({ outcome: "Storm", action: "none", needs_person: true });
  });

  it("says in the subject of which node or namespace it is, and how many workloads fail by it", () => {
    const { incidents, ...rest } = detection(3, 4);
    const ofNode: Detection = { ...rest, incidents: [], in_storm: { incidents, omitted: 4 }, storm_node: "worker-1" };
    const { subject, text, document } = stormMessage(ofNode, EXECUTION);
    expect(subject).toBe("[prod] Storm of node worker-1: 7 failing workloads");
    expect(text).toContain("Storm of node worker-1 on cluster prod");
    expect(document.next_steps[0]).toContain("Look at node worker-1");

    const here = stormMessage({ ...detection(2), storm_namespace: "shop" }, EXECUTION);
    expect(here.subject).toBe("[prod] Storm in namespace shop: 2 failing workloads");
  });

  it("names what belongs to it, and says that the rest is looked after, where there is a rest", () => {
    const { incidents, ...rest } = detection(3);
    const seen: Detection = { ...rest, status: "failing", incidents: [], in_storm: { incidents, omitted: 11 } };

    expect(failing(seen)).toHaveLength(4);
    expect(failing(seen)?.at(-1)).toBe("- and 11 more workloads");
    expect(section(stormMessage(seen, EXECUTION).text, "To do")).toContain(
      "- What else fails is looked after, or told, all the same.",
    );
  });

  it("begins its commands with the node that is the cause, where it is one", () => {
    const textOf = (seen: Detection) => stormMessage(seen, EXECUTION).text;

    expect(textOf({ ...detection(2), storm_node: "node-7" })).toContain("kubectl --context prod describe node node-7");
    expect(textOf(detection(2))).not.toContain("describe node");
    expect(textOf({ ...detection(2), storm_node: "$(reboot)" })).not.toContain("reboot");
  });

  it("has a pod of the first two to look at, and its log where all of that workload's have ended before", () => {
    const crashing = { reason: "CrashLoopBackOff", container: "app", exit_code: 1, restarts: 4, count: 3 };
    const commandsOf = (failure: object, pods = ["a-1"]) => {
      const { incidents, ...rest } = detection(3);
      const some = incidents.map((each) => ({ ...each, failures: [{ ...crashing, ...failure }], sample_pods: pods }));
      return section(stormMessage({ ...rest, incidents: some }, EXECUTION).text, "Look at it")?.join("\n") ?? "";
    };
    const log = "kubectl --context prod -n shop logs a-1 -c app --previous";

    expect(commandsOf({}).split("describe pod a-1")).toHaveLength(3);
    expect(commandsOf({})).toContain(log);
    for (const other of [{ count: 2 }, { restarts: 0 }, { exit_code: undefined }, { container: undefined }]) {
      expect(commandsOf(other)).not.toContain("logs");
    }
    expect(commandsOf({}, ["$(reboot)"])).not.toContain("reboot");
    expect(commandsOf({}, [])).not.toMatch(/logs|describe/);
  });

  it("names twenty workloads and counts the others, those that detection left out included", () => {
    expect(failing(detection(20))).toHaveLength(20);
    expect(failing(detection(25, 7))?.slice(20)).toEqual(["- and 12 more workloads"]);
  });
});

describe("the message about a run that failed as a whole", () => {
  it("names the error and what to do, and says that nothing was remediated", () => {
    const { subject, text, attributes, report } = failureMessage(
      { name: "ClusterNotFound", text: "There is no EKS cluster prod. Check cluster_name." },
      "prod",
      EXECUTION,
    );

    expect(subject).toBe("[prod] Remediation run failed: ClusterNotFound");
    expect(text).toContain("There is no EKS cluster prod. Check cluster_name.");
    expect(text).toContain("No workload was remediated");
    expect(attributes).toMatchObject({ outcome: "Unresolved", cause: "RunFailed", needs_person: "true" });
    expect(report).toMatchObject({ outcome: "Unresolved", reason: "ClusterNotFound", needs_person: true });
  });
});

describe("the summary", () => {
  it("is one line, whatever the steps said", () => {
    const run = {
      ...undone,
      undo: { ...undone.undo, message: "Not undone: line\n\nExecution: forged" },
    } as WorkloadRun;

    expect(message(run).text.match(/^Execution:/gm)).toHaveLength(1);
  });
});
