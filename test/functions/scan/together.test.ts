import { describe, expect, it } from "vitest";
import type { Incident } from "../../../functions/run/contracts.ts";
import type { Counted, Serving } from "../../../functions/scan/extent.ts";
import type { NamedHost } from "../../../functions/scan/pod-facts.ts";
import { workloadKey } from "../../../functions/scan/incidents.ts";
import type { Service } from "../../../functions/shared/kubernetes/types.ts";
import { namesOf } from "../../../functions/scan/named-services.ts";
import { together, withExplained, type Served } from "../../../functions/scan/together.ts";
import { marked } from "../../../functions/scan/waiting.ts";
import { ago } from "../../support/objects.ts";

interface Options {
  namespace?: string;
  kind?: string;
  since?: number;
  restarts?: number;
  ran?: boolean;
  hosts?: NamedHost[];
  aliases?: string[];
  labels?: Record<string, string>;
  message?: string;
}

/** A workload of which one pod fails. */
function failing(name: string, options: Options = {}): Counted {
  const {
    namespace = "shop",
    kind = "Deployment",
    since = 600,
    restarts = 0,
    ran = true,
    hosts = [],
    message,
  } = options;
  const workload = { kind, namespace, name };
  const failure = {
    reason: "CrashLoopBackOff",
    since: ago(since),
    restarts,
    ...(message === undefined ? {} : { message }),
  };
  const facts = {
    leftover: false,
    revision: `${name}-1`,
    ran,
    hosts,
    aliases: [name, ...(options.aliases ?? [])],
    labels: options.labels ?? {},
  };
  return {
    incident: { workload, failures: [{ ...failure, count: 1 }], failing_pods: 1, sample_pods: [] },
    pods: [{ name: `${name}-x`, node: "node-0", workload, failures: [failure], facts }],
  };
}

const service = (name: string, selector: Record<string, string>, namespace = "shop"): Service => ({
  metadata: { namespace, name },
  spec: { selector },
});

const env = (host: string): NamedHost[] => [{ host, where: "environment" }];
const said = (host: string): NamedHost[] => [{ host, where: "last words" }];
const db = (options: Options = {}) => failing("ledger-db", { kind: "StatefulSet", ...options });
const NOTHING_SERVES: Serving = { serving: new Set(), failedRollouts: new Set() };
const keyOf = (counted: Counted | undefined) => (counted === undefined ? "" : workloadKey(counted.incident.workload));
const only = (counted: Counted) => new Set([workloadKey(counted.incident.workload)]);

function bondsOf(
  found: Counted[],
  served: Partial<Served> = {},
  lookedAfter = found,
  services: readonly Service[] = [],
) {
  const keys = new Set(lookedAfter.map(({ incident }) => workloadKey(incident.workload)));
  return together(found, keys, { ...NOTHING_SERVES, names: namesOf(found, services), ...served });
}

/** Who waits for whom: `api > ledger-db`. */
function waits(found: Counted[], served: Partial<Served> = {}, services: readonly Service[] = []): string[] {
  const bonds = bondsOf(found, served, found, services);
  return [...bonds].map(([key, { root }]) => `${key.split("/").at(-1) ?? ""} > ${root.incident.workload.name}`).sort();
}

describe("a workload waits for a failing one", () => {
  it.each<[string, Options]>([
    ["in its environment", { hosts: env("ledger-db") }],
    ["by its last words", { hosts: said("ledger-db.shop.svc") }],
    ["in another namespace", { namespace: "blog", hosts: env("ledger-db.shop") }],
    ["as one pod of it", { hosts: env("ledger-db-0.ledger-db.shop.svc.cluster.local") }],
  ])("that it names %s", (_how, options) => {
    expect(waits([db(), failing("api", options)])).toEqual(["api > ledger-db"]);
  });

  it("that it names by the Service of its pods", () => {
    expect(waits([db({ aliases: ["ledger"] }), failing("api", { hosts: env("ledger") })])).toEqual(["api > ledger-db"]);
  });

  it("that a Service which it names sends to, whatever the Service is called", () => {
    const store = db({ labels: { role: "store" } });
    const api = failing("api", { hosts: env("payments-store") });

    expect(waits([store, api], {}, [service("payments-store", { role: "store" })])).toEqual(["api > ledger-db"]);
    expect(waits([store, api], {}, [service("payments-store", { role: "cache" })])).toEqual([]);
    expect(waits([store, api], {}, [service("payments-store", { role: "store" }, "blog")])).toEqual([]);
    expect(waits([store, api], {}, [service("payments-store", {})])).toEqual([]);
  });

  it("whose name a Service has only while that sends to no other's pods", () => {
    const api = failing("api", { hosts: env("ledger-db") });

    expect(waits([db({ labels: { app: "ledger-db" } }), api], {}, [service("ledger-db", { app: "copy" })])).toEqual([]);
    expect(waits([{ ...db(), pods: [] }, api], {}, [service("ledger-db", { app: "ledger-db" })])).toEqual([
      "api > ledger-db",
    ]);
  });

  it("that failed a little later, or flaps for long", () => {
    expect(waits([db({ since: 400 }), failing("api", { since: 600, hosts: env("ledger-db") })])).toHaveLength(1);
    expect(
      waits([db({ since: 10, restarts: 9 }), failing("api", { since: 900, hosts: env("ledger-db") })]),
    ).toHaveLength(1);
  });

  it.each<[string, Counted[], Partial<Serving>?]>([
    ["of another namespace", [db({ namespace: "data" }), failing("api", { hosts: env("ledger-db") })]],
    ["that failed much later", [db({ since: 10 }), failing("api", { since: 3_600, hosts: env("ledger-db") })]],
    ["when it never ran itself", [db(), failing("api", { ran: false, hosts: env("ledger-db") })]],
    ["of a kind that is never written to", [db(), failing("api", { kind: "Pod", hosts: env("ledger-db") })]],
    ["that is itself", [failing("api", { hosts: env("api") })]],
    ["that still serves", [db(), failing("api", { hosts: env("ledger-db") })], { serving: only(db()) }],
    [
      "when its own rollout is what failed",
      [db(), failing("api", { hosts: env("ledger-db") })],
      { failedRollouts: only(failing("api")) },
    ],
  ])("but not one %s", (_which, found, served = {}) => {
    expect(waits(found, served)).toEqual([]);
  });

  it("but not one that is reached by a Service behind which another pod is ready, whatever its last words name", () => {
    const store = db({ labels: { app: "ledger" } });
    const services = [service("ledger-db", { app: "ledger" })];
    const behind = (...names: string[]) => ({ ready: new Map([["shop/ledger-db", names]]), serving: only(db()) });

    for (const hosts of [env("ledger-db"), said("ledger-db")]) {
      const found = [store, failing("api", { hosts })];
      expect(waits(found, behind("ledger-db-1"), services)).toEqual([]);
      // What its status counts as ready is not what answers.
      expect(waits(found, behind(), services)).toEqual(["api > ledger-db"]);
      expect(waits(found, { serving: only(db()) }, services)).toEqual([]);
    }
  });

  it("but not a Job, which serves nobody", () => {
    const labels = { app: "report" };
    const services = [service("report", labels)];

    for (const kind of ["Job", "CronJob"]) {
      const job = failing("report", { kind, labels });
      expect(waits([job, failing("api", { hosts: said("report") })], {}, services)).toEqual([]);
      expect(waits([job, failing("api", { hosts: said("report") })])).toEqual([]);
    }
  });

  it("but not one that is only called as a Service without a selector, or in another namespace than the one that is meant", () => {
    const api = failing("api", { hosts: said("db.data") });
    const data = failing("data", { labels: { app: "data" } });
    const elsewhere = service("db", { app: "db" }, "data");

    expect(waits([data, api], {}, [elsewhere, service("data", { app: "data" })])).toEqual([]);
    expect(
      waits([{ ...db(), pods: [] }, failing("api", { hosts: env("ledger-db") })], {}, [service("ledger-db", {})]),
    ).toEqual([]);
  });

  it("that a Service is another name for", () => {
    const alias = (externalName: string): Service => ({
      metadata: { namespace: "shop", name: "ledger-db" },
      spec: { type: "ExternalName", externalName },
    });
    const far = db({ namespace: "data" });
    const found = [far, db(), failing("api", { hosts: env("ledger-db") })];
    const root = (services: Service[]) => bondsOf(found, {}, found, services).get(keyOf(found.at(-1)))?.root;

    expect(root([alias("ledger-db.data.svc.cluster.local")])).toBe(far);
    expect(root([alias("ledger.example.com")])).toBeUndefined();
  });

  it("along a chain, and never in a circle: of two that name each other, the one that failed first is the root", () => {
    const chain = [db(), failing("api", { hosts: env("ledger-db") }), failing("web", { hosts: env("api") })];
    expect(waits(chain)).toEqual(["api > ledger-db", "web > api"]);

    const a = failing("a", { since: 500, hosts: env("b") });
    const b = failing("b", { since: 600, hosts: env("a") });
    expect(waits([a, b])).toEqual(["a > b"]);
    expect(waits([b, a])).toEqual(["a > b"]);
  });
});

describe("workloads that lack the same thing", () => {
  it.each([
    "couldn't find key dsn in Secret shop/db",
    'configmap "settings" not found',
    'persistentvolumeclaim "data" not found',
    'pods "x" is forbidden: exceeded quota: compute, requested: cpu=1, used: cpu=4, limited: cpu=4',
    'Internal error occurred: failed calling webhook "policy.example.com": connection refused',
  ])("wait for the first of them: %s", (message) => {
    const found = ["a", "b", "c"].map((name) => failing(name, { ran: false, message }));

    expect(waits(found)).toEqual(["b > a", "c > a"]);
  });

  it("do not where it is only called the same in two namespaces", () => {
    const message = 'secret "db" not found';

    expect(waits([failing("a", { message }), failing("b", { namespace: "blog", message })])).toEqual([]);
  });

  it.each<[string, (namespace: string) => Options]>([
    ["the same webhook", () => ({ message: 'failed calling webhook "policy.example.com": connection refused' })],
    ["another's Secret", () => ({ message: "couldn't find key dsn in Secret shop/db" })],
    ["the same host", () => ({ hosts: said("ledger.abc.rds.amazonaws.com") })],
  ])("do not wait for one of another namespace, which may only say so: %s", (_what, options) => {
    const of = (namespace: string) =>
      ["a", "b", "c"].map((name) => failing(name, { namespace, ...options(namespace) }));
    const own = waits(of("shop"));

    expect(own).toEqual(["b > a", "c > a"]);
    expect(waits([...of("evil"), ...of("shop")])).toEqual([...own, ...own].sort());
  });

  it("wait for the first of three that name a host of which nothing else is known", () => {
    const found = ["a", "b", "c"].map((name) => failing(name, { hosts: said("ledger.abc.rds.amazonaws.com") }));

    expect(waits(found)).toEqual(["b > a", "c > a"]);
    expect(waits(found.slice(1))).toEqual([]);
  });

  it("do not wait for each other where the host is a Service behind which something is ready", () => {
    const found = ["a", "b", "c"].map((name) => failing(name, { hosts: said("ledger-db") }));
    const services = [service("ledger-db", { app: "ledger" })];

    expect(waits(found, { ready: new Map([["shop/ledger-db", ["ledger-db-0"]]]) }, services)).toEqual([]);
    expect(waits(found, { ready: new Map([["shop/ledger-db", []]]) }, services)).toHaveLength(2);
  });
});

describe("the incidents of a run", () => {
  const clients = ["api", "web"].map((name) => failing(name, { hosts: env("ledger-db") }));
  const incidentsOf = (found: Counted[]): Incident[] => found.map(({ incident }) => incident);

  it("say what they wait for and what waits for them, the root first", () => {
    const found = [...clients, db()];
    const [root, first, second] = marked(incidentsOf(found), bondsOf(found), () => false);

    expect(root).toMatchObject({
      workload: { name: "ledger-db" },
      dependants: {
        count: 2,
        names: [
          "Deployment shop/api (its environment names ledger-db)",
          "Deployment shop/web (its environment names ledger-db)",
        ],
      },
    });
    for (const waiting of [first, second]) {
      expect(waiting?.waits_for).toEqual({ workload: db().incident.workload, why: "its environment names ledger-db" });
    }
  });

  it("let one of them tell of a root that the run does not look after, unless that is told elsewhere", () => {
    const bonds = bondsOf([db(), ...clients], {}, clients);
    const [teller, other] = marked(incidentsOf(clients), bonds, () => false);

    expect(teller).toMatchObject({ waits_for: { elsewhere: true }, dependants: { count: 1 } });
    expect(other?.waits_for).not.toHaveProperty("elsewhere");
    for (const { waits_for } of marked(incidentsOf(clients), bonds, () => true)) {
      expect(waits_for).not.toHaveProperty("elsewhere");
    }
  });

  it("come after everything that waits for nothing, so that they take nobody's place", () => {
    const found = [db(), ...clients, failing("zz")];
    const order = marked(incidentsOf(found), bondsOf(found), () => false).map(({ workload }) => workload.name);

    expect(order.slice(0, 2)).toEqual(["ledger-db", "zz"]);
    expect(order).toHaveLength(found.length);
  });

  it("name some of each namespace", () => {
    const evil = Array.from({ length: 90 }, (_, index) =>
      failing(`api-${index}`, { namespace: "evil", hosts: env("ledger-db.shop") }),
    );
    const found = [db(), ...evil, ...clients];
    const [root] = marked(incidentsOf(found), bondsOf(found), () => false);

    expect(root?.dependants?.names.filter((name) => name.startsWith("Deployment shop/"))).toHaveLength(2);
  });

  it("name few of many", () => {
    const many = Array.from({ length: 90 }, (_, index) => failing(`api-${index}`, { hosts: env("ledger-db") }));
    const found = [db(), ...many];
    const [root] = marked(incidentsOf(found), bondsOf(found), () => false);

    expect(root?.dependants?.count).toBe(90);
    expect(root?.dependants?.names).toHaveLength(20);
  });
});

describe("what counts for a storm", () => {
  const clients = (number: number) =>
    Array.from({ length: number }, (_, index) => failing(`api-${index}`, { hosts: env("ledger-db") }));

  const unexplained = (found: Counted[]) =>
    withExplained(found, bondsOf(found))
      .filter(({ isExplained }) => isExplained !== true)
      .map(({ incident }) => incident.workload.name);

  it("is the root alone where most of what fails waits for it", () => {
    const found = [db(), ...clients(27), failing("other")];

    expect(unexplained(found)).toEqual(["ledger-db", "other"]);
  });

  it("is the root alone whatever fails in another namespace", () => {
    const found = [db(), ...clients(11)];
    const evil = Array.from({ length: 90 }, (_, index) => failing(`evil-${index}`, { namespace: "evil" }));
    const all = [...evil, ...found];

    expect(unexplained(all).filter((name) => !name.startsWith("evil"))).toEqual(["ledger-db"]);
  });

  it("is everything where it explains only a part", () => {
    const others = Array.from({ length: 20 }, (_, index) => failing(`other-${index}`));
    const found = [db(), ...clients(5), ...others];

    expect(unexplained(found)).toHaveLength(26);
  });
});
