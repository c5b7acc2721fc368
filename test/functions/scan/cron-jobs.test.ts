import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CronJob, ObjectMeta } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer } from "../../support/api-server.ts";
import { ago, policy } from "../../support/objects.ts";
import { asked, FORBIDDEN, incidentsOf, scanned } from "../../support/scans.ts";
import { NO_TABLES, serve, type Objects } from "../../support/served-cluster.ts";
import { failedJob } from "../../support/workload-objects.ts";

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

const DAY = 86_400;
/** The moment of a scan is noon. */
const HOURS_SINCE_TWO = 10;

interface Told {
  spec?: Partial<CronJob["spec"]>;
  status?: CronJob["status"];
  metadata?: ObjectMeta;
}

/** A CronJob `shop/backup` for two in the morning, 30 days old, that last made a Job yesterday. */
function backup({ spec = {}, status = {}, metadata = {} }: Told = {}): CronJob {
  return {
    metadata: { name: "backup", namespace: "shop", creationTimestamp: ago(30 * DAY), ...metadata },
    spec: { schedule: "0 2 * * *", jobTemplate: {}, ...spec },
    status: { lastScheduleTime: ago(DAY + HOURS_SINCE_TWO * 3_600), ...status },
  };
}

/** Who wrote a field of its spec so long ago. */
function written(field: string, secondsAgo: number): ObjectMeta {
  const fieldsV1 = { "f:spec": { [`f:${field}`]: {} } };
  return { managedFields: [{ manager: "kubectl-edit", operation: "Update", time: ago(secondsAgo), fieldsV1 }] };
}

/** What people are told of these CronJobs. */
async function told(cronJobs: CronJob[], objects: Objects = {}): Promise<string[]> {
  serve(api, { ...objects, cronJobs });
  const { incidents } = await scanned(api);
  return incidents.map(({ workload: { kind, namespace, name }, failures }) => {
    return `${kind} ${namespace}/${name}: ${failures[0]?.message ?? ""}`;
  });
}

const DUE = ago(HOURS_SINCE_TWO * 3_600);
const YESTERDAY = ago(DAY + HOURS_SINCE_TWO * 3_600);
const MISSED = `CronJob shop/backup: A Job of it was due by its schedule (0 2 * * *, UTC) at ${DUE}, and its last one is that of ${YESTERDAY}.`;
const active = [{ kind: "Job", namespace: "shop", name: "backup-29671320" }];

describe("a CronJob that has missed its time", () => {
  it("is told with when it was due first, and when it last made a Job", async () => {
    expect(await told([backup()])).toEqual([MISSED]);
  });

  it("is told by the clocks of its time zone", async () => {
    const zoned = { timeZone: "Asia/Tokyo", schedule: "0 11 * * *" };
    const [said = ""] = await told([backup({ spec: zoned })]);
    expect(said).toContain(`(0 11 * * *, Asia/Tokyo) at ${DUE}, and`);
  });

  it("is told where it has never made one", async () => {
    const [said = ""] = await told([{ ...backup({ metadata: { creationTimestamp: ago(DAY) } }), status: {} }]);
    expect(said).toContain(`(0 2 * * *, UTC) at ${DUE}, and its status tells of none yet.`);
  });

  it("is told after a day where its last Job has not ended and forbids another", async () => {
    const forbids = { concurrencyPolicy: "Forbid" };
    expect(await told([backup({ spec: forbids, status: { active } })])).toEqual([
      `CronJob shop/backup: Its Job backup-29671320 has not ended, and its concurrencyPolicy is Forbid: another was due by its schedule (0 2 * * *, UTC) at ${DUE}.`,
    ]);
    const often = { ...forbids, schedule: "*/5 * * * *" };
    expect(await told([backup({ spec: often, status: { active, lastScheduleTime: ago(DAY - 300) } })])).toEqual([]);
  });

  it("is told where its Job had ended before that, or holds up no other", async () => {
    const ended = (seconds: number, concurrencyPolicy: string) =>
      told([backup({ spec: { concurrencyPolicy }, status: { lastSuccessfulTime: ago(seconds) } })]);
    expect(await ended(DAY, "Forbid")).toEqual([MISSED]);
    expect(await ended(3_600, "Allow")).toEqual([MISSED]);
  });

  it("is told where its rows cannot be printed", async () => {
    serve(api, { cronJobs: [backup()] }, NO_TABLES);
    expect(incidentsOf(await scanned(api))).toEqual(["CronJob shop/backup: MissedSchedule"]);
  });

  it("is told of each namespace where these are looked at one by one", async () => {
    serve(api, { namespaces: ["blog", "shop"], cronJobs: [backup()] });
    const allowed = policy({ namespaces: { allow: ["blog", "shop"], deny: ["kube-system"] } });
    expect(incidentsOf(await scanned(api, { policy: allowed }))).toEqual(["CronJob shop/backup: MissedSchedule"]);
    expect(asked(api).filter((path) => path.endsWith("/cronjobs"))).toEqual([
      "table /apis/batch/v1/namespaces/blog/cronjobs",
      "table /apis/batch/v1/namespaces/shop/cronjobs",
    ]);
  });

  it("is told by its failing Job where it has one", async () => {
    const controller = { apiVersion: "batch/v1", kind: "CronJob", name: "backup", uid: "1", controller: true };
    const jobs = [failedJob(600, { name: "backup-29671320", metadata: { ownerReferences: [controller] } })];
    serve(api, { cronJobs: [backup()], jobs });
    expect(incidentsOf(await scanned(api))).toEqual(["CronJob shop/backup: BackoffLimitExceeded"]);
  });
});

describe("a CronJob of which nothing is said", () => {
  it.each<[string, Told]>([
    ["is on time", { status: { lastScheduleTime: DUE } }],
    ["was due a moment ago", { spec: { schedule: "56 11 * * *" }, status: { lastScheduleTime: ago(DAY + 240) } }],
    [
      "has nothing due until tonight",
      { spec: { schedule: "0 23 * * *" }, status: { lastScheduleTime: ago(13 * 3_600) } },
    ],
    ["is due on no day", { spec: { schedule: "0 0 31 2 *" }, status: {} }],
    ["is suspended", { spec: { suspend: true } }],
    ["was resumed since", { metadata: written("suspend", 3_600) }],
    [
      "was held up by a Job that has ended since",
      {
        spec: { concurrencyPolicy: "Forbid", startingDeadlineSeconds: 60 },
        status: { lastSuccessfulTime: ago(3_600) },
      },
    ],
    ["has had another schedule since", { metadata: written("schedule", 3_600) }],
    ["is being deleted", { metadata: { deletionTimestamp: ago(1) } }],
    ["has opted out", { metadata: { annotations: { "eks-remediation/enabled": "false" } } }],
    ["has a schedule that is not understood", { spec: { schedule: "@every 1h" } }],
    ["has a time zone that is not known", { spec: { timeZone: "Mars/Olympus" } }],
    ["was made by another clock", { status: { lastScheduleTime: ago(DAY + 12 * 3_600) } }],
  ])("%s", async (_how, about) => {
    expect(await told([backup(about)])).toEqual([]);
  });

  it("is read in full only where its row leaves a doubt", async () => {
    serve(api, { cronJobs: [backup({ status: { lastScheduleTime: DUE } })] });
    expect(await scanned(api)).toMatchObject({ status: "healthy", unseen: [] });
    expect(asked(api).filter((path) => path.includes("cronjobs"))).toEqual(["table /apis/batch/v1/cronjobs"]);
  });

  it("is named as unseen where it may not be looked at", async () => {
    serve(api, { cronJobs: [backup()] });
    api.on("GET", "/apis/batch/v1/cronjobs", FORBIDDEN);
    expect((await scanned(api)).unseen).toMatchObject([{ what: "CronJobs", error: "Forbidden" }]);
  });
});
