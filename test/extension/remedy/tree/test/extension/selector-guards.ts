import { classify } from "../../functions/classify/classify.ts";
import { refuseRemedy } from "../../functions/classify/guards.ts";
import { openCase } from "../../functions/facts/case.ts";
import type { Evidence } from "../../functions/facts/evidence.ts";
import { undoCommands } from "../../functions/notify/commands.ts";
import { remedyNamed } from "../../functions/remedies/remedies.ts";
import { serviceRef, type Service } from "../../functions/remedies/service-selector/plan.ts";
import type { SelectorPlan } from "../../functions/remedies/service-selector/contract.ts";
import { remedyStep } from "../../functions/remedies/step.ts";
import { Writer } from "../../functions/remedies/writer.ts";
import type { WorkloadRun } from "../../functions/run/contracts.ts";
import { parseRequest } from "../../functions/run/request.ts";
import type { Environment } from "../../functions/run/step.ts";
import { handlerOf, STEP_NAMES } from "../../infra/functions.ts";
import { ApiServer, found } from "../support/api-server.ts";
import { crashingPod, deployment, evidence, incident, NOW, policy, WEB } from "../support/objects.ts";
import { claimedRun, claimOf, diagnosis, remedyResult, serveClaim } from "../support/runs.ts";

/** Prints how the remedy is guarded, as JSON. */

const PLAN: SelectorPlan = {
  action: "restore-selector",
  service: "web",
  before: { app: "wbe" },
  after: { app: "web" },
};
const AUTOMATIC = { actions: { "restore-selector": "automatic" } };
const CONTROLLER = { apiVersion: "shop.example.org/v1", uid: "shop-uid", controller: true };
const OPTED_OUT = { "eks-remediation/enabled": "false" };

function service(metadata: object = {}): Service {
  return {
    metadata: { name: "web", namespace: "shop", resourceVersion: "5", ...metadata },
    spec: { selector: PLAN.before },
  };
}

function seen(metadata: object = {}, overrides: Partial<Evidence> = {}): Evidence {
  const others = [{ ref: serviceRef("shop", "web"), object: service(metadata) }];
  const pods = [crashingPod({ name: "web-1-a", startedAgo: 95, restarts: 3 })];
  return evidence({ incident: incident(), workload: deployment(), pods, others, ...overrides });
}

const diagnosed = (about: Evidence, rules: object = AUTOMATIC) => classify(about, policy(rules));
const requested = { action: "restore-selector", service: "web" } as const;

/** What the remedy's step ends with on a server that answers like that, and what it writes. */
async function stepped(input: object, run: Partial<WorkloadRun> = {}, present = service()): Promise<object> {
  const api = await ApiServer.start();
  const made = claimedRun({ diagnosis: diagnosis({ remedy: PLAN, workload_uid: "uid" }), ...run });
  const SERVICE = "/api/v1/namespaces/shop/services/web";
  api
    .on("GET", SERVICE, found(present))
    .on("PATCH", SERVICE, found({}))
    .on("GET", "/apis/apps/v1/namespaces/shop/deployments/web", found(deployment()))
    .on("GET", "/api/v1/namespaces/shop", found({ metadata: { name: "shop" } }))
    .on("POST", "/api/v1/namespaces/shop/events", found({}));
  serveClaim(api, claimOf(made));
  const environment: Environment = {
    connect: () => Promise.resolve(api.cluster()),
    policy: () => policy(AUTOMATIC),
    now: () => NOW,
    measure: () => undefined,
  };
  const answer = await remedyStep(remedyNamed("restore-selector"))(environment)({ run: made, ...input }).catch(
    ({ name }: Error) => ({ error: name }),
  );
  const writes = api.writes.map(({ method, path: to, query }) => [method, to, ...Object.keys(query)].join(" "));
  const events = api.writes.flatMap(({ path: to, body }) =>
    to.endsWith("/events") ? (body as { reason: string }).reason : [],
  );
  await api.stop();
  return { answer, writes, events };
}

/** Which error a write to something else ends with. */
async function elsewhere(): Promise<string> {
  const api = await ApiServer.start();
  const targets = remedyNamed("restore-selector").writes(PLAN, WEB);
  const writer = new Writer({
    cluster: api.cluster(),
    workload: WEB,
    dryRun: false,
    targets,
    fields: () => [],
    begin: () => Promise.resolve(),
    goOn: () => Promise.resolve(),
  });
  const ended = await writer
    .patch(serviceRef("shop", "other"), () => [{ op: "add", path: "/spec/selector", value: {} }])
    .then(
      () => "written",
      ({ name }: Error) => name,
    );
  const { requests } = api;
  await api.stop();
  return `${ended} after ${requests.length} requests`;
}

const results = {
  chosen: diagnosed(seen()),
  argo: diagnosed(seen({ annotations: { "argocd.argoproj.io/tracking-id": "shop" } })).remedy,
  flux: diagnosed(seen({ labels: { "kustomize.toolkit.fluxcd.io/name": "shop" } })).remedy,
  helm: diagnosed(seen({ annotations: { "meta.helm.sh/release-name": "shop" } })).remedy,
  controlled: diagnosed(seen({ ownerReferences: [{ ...CONTROLLER, kind: "Shop", name: "shop" }] })).remedy,
  beingDeleted: diagnosed(seen({ deletionTimestamp: NOW.toISOString() })).remedy,
  workloadOut: diagnosed(seen({}, { workload: { ...deployment(), metadata: { annotations: OPTED_OUT } } })).remedy,
  namespaceOut: diagnosed(seen({}, { namespace: { metadata: { name: "shop", annotations: OPTED_OUT } } })).remedy,
  serviceOut: diagnosed(seen({ annotations: OPTED_OUT })).remedy,
  unread: refuseRemedy(openCase(seen({}, { others: [] }), policy()), PLAN),
  byDefault: diagnosed(seen(), {}).remedy,
  off: diagnosed(seen(), { actions: { "restore-selector": "off" } }).remedy,
  inVain: diagnosed(seen({}, { tried: ["restore-selector"], triesMade: 1 })).remedy,
  asked: diagnosed(seen({}, { incident: incident({ requested }) })).remedy,
  askedForNone: diagnosed(seen({}, { incident: incident({ requested: { ...requested, service: "api" } }) })).remedy,
  request: parseRequest({
    ...{ action: "restore_selector", cluster_name: "prod", namespace: "shop" },
    ...{ deployment_name: "web", service_name: "web" },
  }),
  applied: await stepped({}),
  dryRun: await stepped({}, { dry_run: true }),
  claimExpired: await stepped({}, { claim: { status: "claimed", lease: "l", expires_at: NOW.toISOString() } }),
  outMeanwhile: await stepped({}, {}, service({ annotations: OPTED_OUT })),
  elsewhere: await elsewhere(),
  commands: ["wbe", "w'be", "w\nbe", "w".repeat(1_000)].map((app) => {
    const change = { kind: "restore-selector", service: "web", before: { app }, after: PLAN.after } as const;
    return undoCommands(WEB, remedyResult({ change }));
  }),
  functions: STEP_NAMES.map((name) => [name, handlerOf(name)]),
};
process.stdout.write(JSON.stringify(results));
