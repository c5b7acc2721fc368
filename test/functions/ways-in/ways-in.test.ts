import { describe, expect, it } from "vitest";
import type { Measurement } from "../../../functions/run/measurement.ts";
import { originOf, parseRequest, type ScanRequest } from "../../../functions/run/request.ts";
import { waysIn } from "../../../functions/ways-in/ways-in.ts";
import { alarmEvent, alertsMessage, snsEvent } from "./messages.ts";

const NOW = new Date("2026-06-01T12:04:50Z");
const POD = { alertname: "KubePodCrashLooping", namespace: "shop", pod: "web-1" };
const alerts = (...all: Parameters<typeof alertsMessage>) => snsEvent(alertsMessage(...all));

/** What the function does with messages that come in one after the other. */
async function given(events: unknown[], now = NOW) {
  const started = new Map<string, ScanRequest>();
  const measured: Measurement[] = [];
  const answers = [];
  for (const event of events) {
    const answer = await waysIn(event, {
      clusterName: "prod",
      now: () => now,
      start: (name, request) => {
        const isAlready = started.has(name);
        if (!isAlready) started.set(name, request);
        return Promise.resolve({ isAlready });
      },
      measure: (_cluster, measurements) => measured.push(...measurements),
    });
    answers.push(answer);
  }
  return { requests: [...started.values()], names: [...started.keys()], answers, measured };
}

const look = (namespace: string | undefined, reason: string) => ({
  cluster_name: "prod",
  ...(namespace === undefined ? {} : { namespace }),
  origin: "event",
  reason,
});

describe("what comes in from outside", () => {
  it.each([
    [
      "an alarm on a pod's metric",
      alarmEvent([{ ClusterName: "prod", Namespace: "shop", PodName: "web" }]),
      [look("shop", "CloudWatch alarm restarts")],
    ],
    [
      "an alarm on a service's metric",
      alarmEvent([{ ClusterName: "prod", Namespace: "shop", Service: "web" }]),
      [look("shop", "CloudWatch alarm restarts")],
    ],
    [
      "an alarm on the cluster's metric",
      alarmEvent([{ ClusterName: "prod" }]),
      [look(undefined, "CloudWatch alarm restarts")],
    ],
    [
      "an alarm on metrics of two namespaces, and of another cluster",
      alarmEvent([
        { ClusterName: "prod", Namespace: "shop" },
        { ClusterName: "prod", Namespace: "pay" },
        { ClusterName: "test", Namespace: "other" },
      ]),
      [look("shop", "CloudWatch alarm restarts"), look("pay", "CloudWatch alarm restarts")],
    ],
    ["an alert about a pod", alerts({ labels: POD }), [look("shop", "alert KubePodCrashLooping")]],
    [
      "an alert of a metric whose exporter is elsewhere",
      alerts({ labels: { ...POD, namespace: "monitoring", exported_namespace: "shop", deployment: "web" } }),
      [look("shop", "alert KubePodCrashLooping")],
    ],
    ["an alert without a namespace", alerts({ labels: { alertname: "Nodes" } }), [look(undefined, "alert Nodes")]],
    [
      "two alerts in one namespace, and one that is over",
      alerts({ labels: POD }, { labels: POD }, { labels: { ...POD, namespace: "pay" }, status: "resolved" }),
      [look("shop", "alert KubePodCrashLooping")],
    ],
    [
      "alerts in more namespaces than are looked at one by one",
      alerts(...Array.from({ length: 11 }, (_, at) => ({ labels: { ...POD, namespace: `team-${at}` } }))),
      [look(undefined, "alerts in 11 namespaces")],
    ],
    [
      "what a rule makes of its event",
      { cluster_name: "prod", namespace: "shop", reason: "a node is going away" },
      [look("shop", "a node is going away")],
    ],
  ])("starts a look for %s", async (_what, event, expected) => {
    const { requests, answers } = await given([event]);

    expect(requests).toEqual(expected);
    expect(answers).toMatchObject([{ started: expected.length, repeated: 0 }]);
  });

  it.each([
    ["an alarm that is over", alarmEvent([{ ClusterName: "prod", Namespace: "shop" }], "OK"), "NotFiring"],
    ["an alarm of another cluster", alarmEvent([{ ClusterName: "test", Namespace: "shop" }]), "OtherCluster"],
    ["an alarm of no cluster", alarmEvent([{ InstanceId: "i-12345678901234567" }]), "NamesNoCluster"],
    [
      "a composite alarm",
      { ...alarmEvent([]), detail: { alarmName: "a", state: { value: "ALARM" } } },
      "NamesNoCluster",
    ],
    ["an alarm on a namespace that is none", alarmEvent([{ ClusterName: "prod", Namespace: "../x" }]), "MalformedName"],
    ["another event of CloudWatch's", { ...alarmEvent([]), "detail-type": "Other" }, "NotUnderstood"],
    ["an alert that is over", alerts({ labels: POD, status: "resolved" }), "NotFiring"],
    ["an alert of another cluster", alerts({ labels: { ...POD, cluster: "test" } }), "OtherCluster"],
    ["an alert in a namespace that is none", alerts({ labels: { ...POD, namespace: "Shop\n" } }), "MalformedName"],
    ["Alertmanager's own text", snsEvent("[FIRING:1] KubePodCrashLooping"), "NotUnderstood"],
    ["a message that is longer than any", snsEvent(`{"alerts": ["${"x".repeat(262_144)}"]}`), "TooLarge"],
    ["a rule's event about another cluster", { cluster_name: "test", namespace: "shop" }, "OtherCluster"],
    ["a request with an action", { cluster_name: "prod", namespace: "shop", action: "remediate" }, "NotUnderstood"],
    ["a request of a person", { cluster_name: "prod", namespace: "shop", origin: "person" }, "NotUnderstood"],
    ["nothing", null, "NotUnderstood"],
    ["records of another service", { Records: [{ EventSource: "aws:s3" }] }, "NotUnderstood"],
  ])("ignores %s, and counts it", async (_what, event, why) => {
    const { requests, answers, measured } = await given([event]);

    expect(requests).toEqual([]);
    expect(answers).toMatchObject([{ started: 0, ignored: { [why]: 1 } }]);
    expect(measured).toEqual([{ name: "EventsIgnored", value: 1, dimensions: { why } }]);
  });

  it("counts the alerts of a group that are past its limit", async () => {
    const { answers } = await given([alerts(...Array.from({ length: 203 }, () => ({ labels: POD })))]);

    expect(answers).toMatchObject([{ started: 1, ignored: { TooMany: 3 } }]);
  });

  it("starts one look for a burst, whatever it comes by, and another one after five minutes", async () => {
    const alarm = alarmEvent([{ ClusterName: "prod", Namespace: "shop", PodName: "web" }]);
    const event = { cluster_name: "prod", namespace: "shop" };
    const later = { ...event, time: "2026-06-01T12:05:00Z" };

    const { names, answers } = await given(
      [alarm, alerts({ labels: POD }), event, later],
      new Date("2026-06-01T12:05:00Z"),
    );

    expect(names).toHaveLength(2);
    expect(names).toEqual([
      expect.stringMatching(/^event-shop-\w{16}-20260601T1200$/),
      expect.stringMatching(/T1205$/),
    ]);
    expect(answers.map(({ started, repeated }) => [started, repeated])).toEqual([
      [1, 0],
      [0, 1],
      [1, 0],
      [0, 1],
    ]);
  });

  it("takes no other time for the present than one of the last hour", async () => {
    const at = (time: string) => ({ cluster_name: "prod", namespace: "shop", time });

    const { names } = await given([
      at("2027-06-01T12:04:50Z"),
      at("2026-06-01T11:00:00Z"),
      at("+275760-09-13T00:00:00Z"),
      at("soon"),
    ]);

    expect(names).toEqual([expect.stringMatching(/-20260601T1200$/)]);
  });

  it("tells places apart whose names begin alike", async () => {
    const long = "a".repeat(60);
    const { names } = await given(["b", "c"].map((end) => ({ cluster_name: "prod", namespace: `${long}${end}` })));

    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name.length).toBeLessThanOrEqual(80);
  });

  it("asks for what the workflow finds by itself, and for nothing more", async () => {
    const { requests } = await given([alerts({ labels: POD })]);

    expect(originOf(parseRequest(requests[0]))).toBe("found");
    expect(requests[0]).not.toHaveProperty("action");
  });
});
