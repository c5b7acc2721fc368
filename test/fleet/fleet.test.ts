import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, inject } from "vitest";
import { rollOutWeb } from "../kubernetes/web.ts";
import { aws } from "../deployed/account.ts";
import { run } from "../deployed/commands.ts";
import { about, it } from "../deployed/deployed.ts";
import { say } from "../deployed/command-line.ts";
import { allExecutions, ended, execute, startExecution, type Ended } from "../deployed/executions.ts";
import { commandsFor } from "../../functions/notify/discovery/words.ts";
import { parseDiscovered } from "../../functions/shared/discovered.ts";
import {
  arnOf,
  asOther,
  DISCOVERED_ROLES,
  ELSEWHERE,
  EXTERNAL_ID,
  PARAMETER,
  PLACE,
  QUIET,
  SHOP,
  type FleetSite,
} from "./places.ts";

const NAMESPACE = "fleet-shop";
const site = () => inject("site") as FleetSite;

/** Writes the hub's list, as its owner does. Nothing is deployed. */
async function list(clusters: readonly object[], externalId = EXTERNAL_ID, discover: object[] = []): Promise<void> {
  const value = JSON.stringify({ external_id: externalId, clusters, discover });
  await aws("ssm", "put-parameter", "--name", PARAMETER, "--type", "String", "--overwrite", "--value", value);
}

/** Runs until a run ends as it is to end: a list is read again after some seconds. */
async function eventually(request: object, wanted: (run: Ended) => boolean): Promise<Ended> {
  for (let attempt = 1; ; attempt++) {
    const end = await execute(request);
    if (wanted(end) || attempt >= 30) return end;
    await sleep(2_000);
  }
}

async function inOther(...args: string[]): Promise<string> {
  return await run([...site().awsCli, ...args, "--output", "json"], { env: asOther() });
}

async function kubectlOfShop(args: string[], input?: string): Promise<string> {
  const { kubectl, shop } = site();
  return await run([kubectl, "--kubeconfig", shop.kubeconfig, ...args], input === undefined ? {} : { input });
}

/** Who has asked the API server of `shop`, by their names in its audit log. */
function usersOfShop(): string[] {
  const lines = readFileSync(site().shop.auditLog, "utf8").trim().split("\n");
  return lines.map((line) => (JSON.parse(line) as { user?: { username?: string } }).user?.username ?? "");
}

/** Makes rounds until one has gone as it is to go: a list is read again after some seconds. */
async function roundOf(id: string, wanted: (answer: { looked: number }) => boolean): Promise<void> {
  const payload = { id, time: new Date().toISOString().replace(/\.\d+Z$/, "Z") };
  await untilInvoked<{ looked: number }>("Has the clusters of the hub's list", payload, wanted);
}

/** Looks for tagged clusters until that has gone as it is to go. */
async function discover(wanted: (answer: Discovered) => boolean): Promise<void> {
  await untilInvoked<Discovered>("Looks which clusters of other accounts have", {}, wanted);
}

interface Discovered {
  places: number;
  failed: number;
  clusters: number;
}

/** Invokes the function whose description begins so until it answers as it is to. */
async function untilInvoked<Answer>(
  begins: string,
  payload: object,
  wanted: (answer: Answer) => boolean,
): Promise<void> {
  const { Functions } = await aws<{ Functions: { FunctionName: string; Description: string }[] }>(
    "lambda",
    "list-functions",
  );
  const name = Functions.find(({ Description }) => Description.startsWith(begins))?.FunctionName ?? "";
  let last: Answer | undefined;
  for (let attempt = 1; attempt <= 30; attempt++) {
    last = await invoked<Answer>(name, JSON.stringify(payload));
    if (wanted(last)) return;
    await sleep(2_000);
  }
  throw new Error(`${begins}: it last answered ${JSON.stringify(last)}.`);
}

/** What the command `fleet` says of all clusters. */
async function fleetSays(): Promise<string> {
  const shown = run(["node", "local/command-line/main.ts", "fleet", "--table", site().RecordTableName]);
  return await shown.catch((error: unknown) => (error as Error).message);
}

/** What the table of records has under a key. */
async function itemsUnder<Item>(key: string): Promise<Item[]> {
  const query = ["dynamodb", "query", "--table-name", site().RecordTableName];
  const where = ["--key-condition-expression", "execution = :key"];
  const values = ["--expression-attribute-values", JSON.stringify({ ":key": { S: key } })];
  return (await aws<{ Items: Item[] }>(...query, ...where, ...values)).Items;
}

async function invoked<Answer>(name: string, payload: string): Promise<Answer> {
  const directory = mkdtempSync(join(tmpdir(), "remediation-round-"));
  try {
    const file = join(directory, "answer.json");
    await aws("lambda", "invoke", "--function-name", name, "--payload", payload, file);
    return JSON.parse(readFileSync(file, "utf8")) as Answer;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The executions that a round has led to, once there are as many. */
async function scheduledBy(id: string, number: number): Promise<Ended[]> {
  for (let attempt = 1; ; attempt++) {
    const started = (await allExecutions()).filter(({ name }) => name?.startsWith(`schedule-${id}-`) === true);
    if (started.length >= number) return await Promise.all(started.map(({ executionArn = "" }) => ended(executionArn)));
    if (attempt >= 60) throw new Error(`A round has led to ${JSON.stringify(started)}, not to ${number}.`);
    await sleep(2_000);
  }
}

const BAD_IMAGE = JSON.stringify({
  spec: {
    progressDeadlineSeconds: 5,
    template: {
      spec: { containers: [{ name: "api", image: "shop/web:none" }] },
      metadata: { annotations: { "simulation/failure": "image-pull" } },
    },
  },
});

const deployment = (name: string) => `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${NAMESPACE} }
spec:
  replicas: 2
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: ${name}, image: "shop/web:1" }] }
`;

/** One that is remedied on request, and cools down after it, and one that is broken. */
const WORKLOADS = `apiVersion: v1
kind: Namespace
metadata: { name: ${NAMESPACE} }
${deployment("web")}${deployment("api")}`;

describe("a hub", () => {
  beforeAll(async () => {
    await kubectlOfShop(["apply", "-f", "-"], WORKLOADS);
    for (const name of ["web", "api"]) {
      await kubectlOfShop(["-n", NAMESPACE, "rollout", "status", `deployment/${name}`, "--timeout=300s"]);
    }
  });

  it("says that its list cannot be used while it never could, and why", async () => {
    const missing = await execute({ cluster_name: SHOP.name });

    expect(missing).toMatchObject({ status: "FAILED", error: "FleetUnreadable" });
    expect(missing.cause).toContain(`The list of clusters in the parameter ${PARAMETER} cannot be used`);

    await list([{ name: SHOP.name }]);
    const malformed = await execute({ cluster_name: SHOP.name });
    expect(malformed).toMatchObject({ status: "FAILED", error: "FleetUnreadable" });
    expect(malformed.cause).toContain("account");
  });

  it("knows no cluster that its list has not", async () => {
    await list([]);
    const ended = await execute({ cluster_name: SHOP.name });

    expect(ended).toMatchObject({ status: "FAILED", error: "ClusterNotFound" });
    expect(ended.cause).toContain("neither this hub's own cluster nor one of its list");
  });

  it("looks after a cluster that gets the tag, once it lets the roles in, and no longer when the tag goes", async () => {
    const ARN = arnOf(SHOP);
    await list([], EXTERNAL_ID, [{ account: ELSEWHERE.account, regions: [ELSEWHERE.region], every_minutes: 1 }]);
    await discover(({ places, failed, clusters }) => places === 1 && failed === 0 && clusters === 0);
    const request = { cluster_name: ARN, namespace: NAMESPACE, dry_run: true };
    // The account's roles find no cluster without the tag.
    const untagged = await eventually(request, ({ error }) => error === "ClusterNotPermitted");
    expect(untagged).toMatchObject({ status: "FAILED", error: "ClusterNotPermitted" });
    expect(untagged.cause).toContain("no tag eks-remediation=on");

    await inOther("eks", "tag-resource", "--resource-arn", ARN, "--tags", "eks-remediation=on");
    await discover(({ clusters }) => clusters === 1);
    await roundOf(`round-${Date.now()}`, ({ looked }) => looked === 0);
    const waiting = await fleetSays();
    expect(waiting).toContain("shop (444455556666, us-east-1) is tagged, and not looked at");
    expect(waiting).toMatch(/no access entry for the roles of detect, .*patrol/);

    // The command of the message.
    const items = await itemsUnder<{ discovered: { S: string } }>("#discovered");
    const [kept] = items.map(({ discovered }) => parseDiscovered(discovered.S));
    const [cluster] = kept?.clusters ?? [];
    if (kept === undefined || cluster?.waits === undefined) throw new Error("Nothing waits.");
    const [command = ""] = commandsFor({ ...kept, ...cluster, waits: cluster.waits });
    await run(["sh", "-c", command.replace("aws eks", `${site().awsCli.join(" ")} eks`)], { env: asOther() });

    await discover(({ clusters }) => clusters === 1);
    const id = `round-${Date.now()}`;
    await roundOf(id, ({ looked }) => looked === 1);
    const tagged = await eventually(request, ({ status }) => status === "SUCCEEDED");
    expect(tagged.status).toBe("SUCCEEDED");
    expect(usersOfShop().some((user) => user.includes(`:assumed-role/${DISCOVERED_ROLES}-detect/`))).toBe(true);
    expect(await fleetSays()).toMatch(new RegExp(`${ARN} .* automatic +tag`));

    await inOther("eks", "tag-resource", "--resource-arn", ARN, "--tags", "eks-remediation=leaving");
    await discover(({ clusters }) => clusters === 0);
    await roundOf(`round-${Date.now()}`, ({ looked }) => looked === 0);
    expect((await execute(request)).status).toBe("SUCCEEDED");

    await inOther("eks", "untag-resource", "--resource-arn", ARN, "--tag-keys", "eks-remediation");
    await discover(({ places, failed, clusters }) => places === 1 && failed === 0 && clusters === 0);
  });

  it("looks after a cluster of another account and region that is added while it runs", async () => {
    await list([SHOP, QUIET]);

    const request = { cluster_name: SHOP.name, namespace: NAMESPACE, origin: "person" };
    const scale = { ...request, action: "scale_deployment", deployment_name: "web", replicas: 3 };
    const ended = await eventually(scale, ({ status }) => status === "SUCCEEDED");

    expect(ended).toMatchObject({ status: "SUCCEEDED", workloads: [{ outcome: "Recovered", action: "scale" }] });
    const replicas = await kubectlOfShop(["-n", NAMESPACE, "get", "deploy", "web", "-o", "jsonpath={.spec.replicas}"]);
    expect(replicas).toBe("3");
    // Its API server, and the account's trail, name the execution.
    const session = `:assumed-role/eks-remediation-shop-scale/${ended.name.slice(0, 64)}`;
    expect(usersOfShop().filter((user) => user.includes(session))).not.toEqual([]);
  });

  it("looks at a cluster of the list by itself, though another one does not answer", async () => {
    const ARN = arnOf(SHOP);
    await list([
      { ...SHOP, every_minutes: 1 },
      { ...QUIET, every_minutes: 1 },
    ]);
    const bad = ["patch", "deployment/api", "-p", BAD_IMAGE];
    await kubectlOfShop(["-n", NAMESPACE, ...bad]);
    // A scan leaves a rollout alone until its deadline.
    await kubectlOfShop([
      "-n",
      NAMESPACE,
      "wait",
      "--for=condition=Progressing=false",
      "deployment/api",
      "--timeout=300s",
    ]);
    const id = `round-${Date.now()}`;

    await roundOf(id, ({ looked }) => looked === 2);

    const looks = await scheduledBy(id, 2);
    const [own] = looks.filter(({ request }) => (request as { cluster_name: string }).cluster_name === ARN);
    const [other] = looks.filter(({ request }) => (request as { cluster_name: string }).cluster_name === arnOf(QUIET));
    expect(own).toMatchObject({ status: "SUCCEEDED", request: { cluster_name: ARN, origin: "schedule" } });
    expect(own?.workloads).not.toEqual([]);
    // While nobody knows whether many clusters fail alike, its remedy has taken a place for each sign.
    const places = await itemsUnder<{ clusters: { SS: string[] } }>("#fleet-places");
    expect([...new Set(places.flatMap(({ clusters }) => clusters.SS))]).toEqual([ARN]);
    expect(other).toMatchObject({ status: "FAILED", error: "ClusterUnreachable" });
    const said = await fleetSays();
    expect(said).toContain("ended with 2");
    expect(said).toMatch(new RegExp(`${ARN} +\\d+ s ago +failing +1 +0 +0 +automatic +list`));
    expect(said).toMatch(new RegExp(`${arnOf(QUIET)} +\\d+ s ago +look failed +\\? +\\? +\\? +automatic +list`));
    await kubectlOfShop(["-n", NAMESPACE, "rollout", "undo", "deployment/api"]);
  });

  it("stops all clusters at once: what is under way is verified, nothing is begun anywhere, and it is seen", async ({
    scenario,
  }) => {
    await list([SHOP, { ...QUIET, every_minutes: 1 }]);
    await rollOutWeb(scenario, { image: "shop/web:1" });
    const ask = { action: "scale_deployment", deployment_name: "web", origin: "person" };
    const atShop = { ...ask, cluster_name: SHOP.name, namespace: NAMESPACE };
    const desired = ["-n", NAMESPACE, "get", "deploy", "web", "-o", "jsonpath={.spec.replicas}"];
    const arn = await startExecution({ ...atShop, replicas: 2 });
    await scenario.until("it is scaled", async () => (await kubectlOfShop(desired)) === "2", 120);

    await say("stop", "--reason", "an incident of the whole fleet");
    try {
      expect((await ended(arn)).workloads).toMatchObject([{ outcome: "Recovered", action: "scale" }]);
      const refused = [
        await execute({ ...atShop, replicas: 4 }),
        await execute(about(scenario, { ...ask, replicas: 4 })),
      ];
      for (const { workloads } of refused) {
        expect(workloads).toMatchObject([{ outcome: "Skipped", reason: "Stopped" }]);
        expect(workloads[0]?.summary).toContain("an incident of the whole fleet");
      }
      expect(await kubectlOfShop(desired)).toBe("2");
      expect((await scenario.deployment()).spec?.replicas).toBe(2);
      await roundOf(`round-${Date.now()}`, ({ looked }) => looked === 1);
      expect(await fleetSays()).toMatch(new RegExp(`${arnOf(QUIET)} .* stopped`));
    } finally {
      await say("resume");
    }

    expect((await execute({ ...atShop, replicas: 3 })).workloads).toMatchObject([{ outcome: "Recovered" }]);
  });

  it("tells which cluster it was by its account and region", async ({ failedRuns }) => {
    await list([SHOP, QUIET]);
    const ended = await eventually({ cluster_name: QUIET.name }, ({ error }) => error === "ClusterUnreachable");

    expect(ended).toMatchObject({ status: "FAILED", error: "ClusterUnreachable" });
    const { document } = await failedRuns.message(({ document: { execution } }) => execution.id === ended.arn);
    expect(document.commands.join("\n")).toContain(`aws eks describe-cluster --name quiet`);
    expect(document.commands.join("\n")).toContain(`--region ${ELSEWHERE.region}`);
  });

  it("takes a cluster's ARN, and asks for it where a name is not enough", async () => {
    const twin = { ...SHOP, region: PLACE.region };
    await list([SHOP, QUIET, twin]);

    const ended = await eventually({ cluster_name: SHOP.name }, ({ error }) => error === "InvalidRequest");

    expect(ended).toMatchObject({ status: "FAILED", error: "InvalidRequest" });
    expect(ended.cause).toContain(arnOf(SHOP));
    expect(ended.cause).toContain(arnOf(twin));
    const named = await execute({ cluster_name: arnOf(SHOP), namespace: NAMESPACE, dry_run: true });
    expect(named).toMatchObject({ status: "SUCCEEDED" });
  });

  it("names a cluster that was deleted, a wrong external id and a role that is gone, and harms no other", async ({
    scenario,
  }) => {
    await inOther("eks", "delete-cluster", "--name", QUIET.name);
    const deleted = await eventually({ cluster_name: QUIET.name }, ({ error }) => error === "ClusterNotFound");
    expect(deleted.error).toBe("ClusterNotFound");
    expect(deleted.cause).toContain(arnOf(QUIET));

    await list([SHOP, QUIET], "another-id");
    const wrong = await eventually({ cluster_name: QUIET.name }, ({ error }) => error === "ClusterNotPermitted");
    expect(wrong.error).toBe("ClusterNotPermitted");
    expect(wrong.cause).toContain(`arn:aws:iam::${ELSEWHERE.account}:role/eks-remediation-quiet-detect`);

    await list([SHOP, QUIET]);
    await eventually({ cluster_name: QUIET.name }, ({ error }) => error === "ClusterNotFound");
    const role = ["--role-name", "eks-remediation-quiet-detect"];
    await inOther("iam", "delete-role-policy", ...role, "--policy-name", "cluster");
    await inOther("iam", "delete-role", ...role);
    const removed = await eventually({ cluster_name: QUIET.name }, ({ error }) => error === "ClusterNotPermitted");
    expect(removed.error).toBe("ClusterNotPermitted");

    await rollOutWeb(scenario, { image: "shop/web:1" });
    const [pod] = await scenario.pods();
    const own = await execute(about(scenario, { action: "restart_pod", pod_name: pod?.metadata?.name }));
    expect(own.workloads).toMatchObject([{ outcome: "Recovered" }]);
    const other = await execute({ cluster_name: SHOP.name, namespace: NAMESPACE });
    expect(other.status).toBe("SUCCEEDED");
  });

  it("lets no function in another account but by the role of its own name", async () => {
    const roles = await aws<{ Roles: { RoleName: string; Arn: string; Description?: string }[] }>("iam", "list-roles");
    const detect = roles.Roles.find(({ Description }) => Description === "EKS remediation: detect");
    expect(detect?.Arn).toMatch(/:role\/eks-remediation\/detect\//);
  });
});
