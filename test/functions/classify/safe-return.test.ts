import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import { refuseRemedy } from "../../../functions/classify/guards.ts";
import { openCase } from "../../../functions/facts/case.ts";
import type { Evidence } from "../../../functions/facts/evidence.ts";
import { NO_SURROUNDINGS } from "../../../functions/facts/surroundings.ts";
import type {
  DisruptionBudget,
  Pod,
  PodTemplate,
  ResourceQuota,
  Service,
} from "../../../functions/shared/kubernetes/types.ts";
import {
  ago,
  container,
  crashingPod,
  deployment,
  evidence,
  hpa,
  incident,
  ofRevision,
  pod,
  policy,
  replicaSet,
  template,
} from "../../support/objects.ts";
import { controllerRevision, DB, db, dbPod } from "../../support/set-objects.ts";

const V1 = template("shop/web:1");
const V2 = template("shop/web:2");

function labelled(made: PodTemplate, labels: Record<string, string>): PodTemplate {
  return { ...made, metadata: { ...made.metadata, labels: { app: "web", ...labels } } };
}

function withPort(made: PodTemplate, name: string): PodTemplate {
  const [app] = made.spec?.containers ?? [];
  return {
    ...made,
    spec: { containers: [{ name: "app", image: app?.image ?? "", ports: [{ name, containerPort: 80 }] }] },
  };
}

const service = (selector: Record<string, string>, targetPort: string | number = 80): Service => ({
  metadata: { name: "web", namespace: "shop" },
  spec: { selector, ports: [{ port: 80, targetPort }] },
});

/** Pods of revision 2 crash since that was rolled out; revision 1 was well. */
function broken(before: PodTemplate, now: PodTemplate, more: Partial<Evidence> = {}, pods = [crashingPod({})]) {
  return classify(
    evidence({
      workload: deployment({ template: now, progressing: { status: "False", reason: "ProgressDeadlineExceeded" } }),
      holders: [
        replicaSet(2, { template: now, replicas: 1, created: ago(900) }),
        replicaSet(1, { template: before, available: 2, created: ago(90_000) }),
      ],
      pods: pods.map((one) => ofRevision(2, one)),
      ...more,
    }),
    policy(),
  ).remedy;
}

const messageOf = (remedy: ReturnType<typeof broken>) =>
  remedy.action === "none" ? `${remedy.refusal}: ${remedy.message}` : remedy.action;

describe("a way back that would take the pods from a Service", () => {
  const [blue, green] = [labelled(V1, { version: "v1" }), labelled(V2, { version: "v2" })];

  it("is left to people, with the Service's name", () => {
    const said = messageOf(broken(blue, green, { services: [service({ app: "web", version: "v2" })] }));

    expect(said).toContain("NoSafeRemedy: Not rolled back: Service web reaches the present pods");
    expect(said).toContain("the pods of revision 1 do not have");
  });

  it.each<[string, Service[]]>([
    ["select what both have", [service({ app: "web" })]],
    ["select the earlier pods", [service({ app: "web", version: "v1" })]],
    ["select other pods", [service({ app: "shop", version: "v2" })]],
    ["select nothing, and have endpoints of their own", [service({})]],
    ["reach another port of no name", [service({ app: "web" }, 8080)]],
  ])("is none where Services %s", (_what, services) => {
    expect(messageOf(broken(blue, green, { services }))).toBe("rollback");
  });

  it("is one where a port's name is new", () => {
    const [before, now] = [withPort(V1, "web"), withPort(V2, "http")];

    expect(messageOf(broken(before, now, { services: [service({ app: "web" }, "http")] }))).toContain("Service web");
    expect(messageOf(broken(before, now, { services: [service({ app: "web" }, "web")] }))).toBe("rollback");
  });

  it("is not known where Services may not be listed, and is none where the pods are reached alike", () => {
    expect(messageOf(broken(blue, green, { services: "forbidden" }))).toContain("may not be listed");
    expect(messageOf(broken(V1, V2, { services: "forbidden" }))).toBe("rollback");
  });

  it("is gone by whoever asks for exactly that", () => {
    const asked = incident({ requested: { action: "rollback", revision: 1 } });
    const services = [service({ app: "web", version: "v2" })];

    expect(messageOf(broken(blue, green, { services, incident: asked }))).toBe("rollback");
  });
});

describe("a way back to a template that the namespace refuses by now", () => {
  const enforce = "pod-security.kubernetes.io/enforce";
  const at = (level: string, setAgo = 1_800): Partial<Evidence> => ({
    namespace: {
      metadata: {
        name: "shop",
        labels: { [enforce]: level },
        managedFields: [{ fieldsV1: { "f:metadata": { "f:labels": { [`f:${enforce}`]: {} } } }, time: ago(setAgo) }],
      },
    },
  });
  const like = (image: string, privileged: boolean): PodTemplate => ({
    metadata: { labels: { app: "web" } },
    spec: { containers: [{ name: "app", image, securityContext: { privileged } }] },
  });
  const [open, tight] = [like("shop/web:1", true), like("shop/web:2", false)];
  const made = (revision: number, privileged: boolean, madeAgo = 90_000): Pod => {
    const one = ofRevision(
      revision,
      pod({ name: `web-${revision}-old`, metadata: { creationTimestamp: ago(madeAgo) } }),
    );
    return { ...one, spec: like("", privileged).spec ?? { containers: [] } };
  };
  const failing = ofRevision(2, { ...crashingPod({ startedAgo: 800 }), spec: tight.spec ?? { containers: [] } });

  it("is left to people, with the level and what violates it", () => {
    const said = messageOf(broken(open, tight, at("baseline")));

    expect(said).toContain("NoSafeRemedy: Not rolled back: its namespace enforces the Pod Security level baseline");
    expect(said).toContain("which the template of revision 1 violates (a privileged container)");
  });

  it("is none to whoever asks for it either", () => {
    const asked = incident({ requested: { action: "rollback", revision: 1 } });

    expect(messageOf(broken(open, tight, { ...at("baseline"), incident: asked }))).toContain("Pod Security level");
  });

  it.each<[string, PodTemplate, Partial<Evidence>]>([
    ["its template meets the level", V1, at("baseline")],
    ["the level forbids nothing", open, at("privileged")],
    ["pods like its own were let in under it", open, { ...at("baseline"), pods: [failing, made(1, true, 900)] }],
    ["something mends its pods when they are made", open, { ...at("baseline"), pods: [failing, made(1, false)] }],
  ])("is gone where %s", (_what, before, more) => {
    expect(messageOf(broken(before, tight, more))).toBe("rollback");
  });

  it("is left where its pods are older than the level", () => {
    expect(messageOf(broken(open, tight, { ...at("baseline"), pods: [failing, made(1, true)] }))).toContain("level");
  });
});

describe("a way back to a template that reads a key which is gone", () => {
  type Env = NonNullable<NonNullable<PodTemplate["spec"]>["containers"][number]["env"]>;
  const reading = (image: string, env: Env): PodTemplate => ({
    metadata: { labels: { app: "web" } },
    spec: { containers: [{ name: "app", image, env }] },
  });
  const from = (key: string, optional = false): Env => [
    { name: "URL", valueFrom: { configMapKeyRef: { name: "web", key, optional } } },
  ];
  const now = reading("shop/web:2", from("url"));
  const holding = (...keys: string[]): Partial<Evidence> => ({
    config: [
      {
        ...{ kind: "ConfigMap", name: "web", optional: false, state: "there" },
        metadata: {
          managedFields: [
            { manager: "helm", fieldsV1: { "f:data": Object.fromEntries(keys.map((key) => [`f:${key}`, {}])) } },
          ],
        },
      },
    ],
  });

  it("is left to people, with the key and the object", () => {
    const said = messageOf(broken(reading("shop/web:1", from("dsn")), now, holding("url", "mode")));

    expect(said).toContain("NoSafeRemedy: Not rolled back: pods of revision 1 need key dsn of ConfigMap web");
  });

  it("is none to whoever asks for it either", () => {
    const asked = incident({ requested: { action: "rollback", revision: 1 } });

    expect(
      messageOf(broken(reading("shop/web:1", from("dsn")), now, { ...holding("url"), incident: asked })),
    ).toContain("need key dsn of ConfigMap web");
  });

  it.each<[string, Env, Partial<Evidence>]>([
    ["the key is there", from("dsn"), holding("url", "dsn")],
    ["its pods start without it", from("dsn", true), holding("url")],
    ["the present pods need the same", from("url"), holding("mode")],
    ["nothing tells which keys there are", from("dsn"), holding()],
    ["the object was not read", from("dsn"), {}],
  ])("is gone where %s", (_what, env, more) => {
    expect(messageOf(broken(reading("shop/web:1", env), now, more))).toBe("rollback");
  });
});

describe("a way back that would take the last pod from a claim which somebody has deleted", () => {
  const using = (one: Pod): Pod => ({
    ...one,
    spec: { containers: [], volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] },
  });
  const asked = incident({ requested: { action: "rollback", revision: 1 } });

  it.each([undefined, asked])("is left to people, whoever asks for it", (incident) => {
    const more = { goingClaims: ["data"], ...(incident === undefined ? {} : { incident }) };

    expect(messageOf(broken(V1, V2, more, [using(crashingPod({}))]))).toContain(
      "NoSafeRemedy: Not rolled back: claim data of its pods is being deleted",
    );
  });

  it("is left to people where a pod has it that is well, and would be replaced with the one that fails", () => {
    const well = using(pod({ name: "web-2-b" }));

    expect(messageOf(broken(V1, V2, { goingClaims: ["data"] }, [crashingPod({}), well]))).toContain("claim data");
  });

  it("is gone where a pod of the earlier revision has it, which stays", () => {
    const pods = [ofRevision(2, crashingPod({})), ofRevision(1, using(pod({ name: "web-1-b" })))];

    expect(messageOf(broken(V1, V2, { goingClaims: ["data"], pods }))).toBe("rollback");
  });
});

describe("a way back to a template that a LimitRange does not allow any more", () => {
  const of = (image: string, memory: string): PodTemplate => ({
    ...template(image),
    spec: { containers: [{ name: "app", image, resources: { limits: { memory } } }] },
  });
  const [before, now] = [of("shop/web:1", "1Gi"), of("shop/web:2", "256Mi")];
  const atMost = (memory: string): Partial<Evidence> => ({
    surroundings: {
      ...NO_SURROUNDINGS,
      limitRanges: [{ metadata: { name: "bounds" }, spec: { limits: [{ type: "Container", max: { memory } }] } }],
    },
  });
  const asked = incident({ requested: { action: "rollback", revision: 1 } });
  const pods = (memory: string): Pod[] => [
    { ...crashingPod({}), spec: of("shop/web:2", memory).spec ?? { containers: [] } },
  ];

  it.each([undefined, asked])("is left to people, whoever asks for it", (incident) => {
    const more = { ...atMost("512Mi"), ...(incident === undefined ? {} : { incident }) };
    expect(messageOf(broken(before, now, more, pods("256Mi")))).toBe(
      "NoSafeRemedy: Not rolled back: LimitRange bounds allows a container at most 512Mi of memory, and container app asks for 1Gi in revision 1: none of its pods is made. Have the LimitRange changed first and ask for the rollback then, or roll forward with a mended template.",
    );
  });

  describe("for whole pods", () => {
    const pair = (image: string, memory: string, initial?: string, others = memory): PodTemplate => ({
      ...template(image),
      spec: {
        ...(initial === undefined
          ? {}
          : { initContainers: [{ name: "init", image, resources: { requests: { memory: initial } } }] }),
        containers: Object.entries({ app: memory, log: others }).map(([name, amount]) => ({
          ...{ name, image, resources: { limits: { memory: amount } } },
        })),
      },
    });
    const made = (from: PodTemplate): Pod[] => [{ ...crashingPod({}), spec: from.spec ?? { containers: [] } }];
    const later = pair("shop/web:2", "100Mi");
    const way = (earlier: PodTemplate, memory: string) =>
      messageOf(
        broken(
          earlier,
          later,
          {
            surroundings: {
              ...NO_SURROUNDINGS,
              limitRanges: [{ metadata: { name: "bounds" }, spec: { limits: [{ type: "Pod", max: { memory } }] } }],
            },
          },
          made(later),
        ),
      );

    it("is left to people where its containers ask for more together, or one of them before these", () => {
      expect(way(pair("shop/web:1", "512Mi"), "1000Mi")).toContain(
        "Not rolled back: LimitRange bounds allows a pod at most 1000Mi of memory, and more is asked for by app (512Mi), log (512Mi) in revision 1:",
      );
      expect(way(pair("shop/web:1", "100Mi", "1Gi"), "512Mi")).toContain(
        "LimitRange bounds allows a pod at most 512Mi of memory, and more is asked for by init (1Gi) in revision 1:",
      );
    });

    it("is gone where they ask for exactly as much, however it is added up", () => {
      expect(way(pair("shop/web:1", "512Mi", "1Gi"), "1Gi")).toBe("rollback");
      expect(way(pair("shop/web:1", "100m", undefined, "200m"), "300m")).toBe("rollback");
    });
  });

  it("is gone where the LimitRange allows it, or something gives pods other amounts than their template names", () => {
    expect(messageOf(broken(before, now, atMost("1Gi"), pods("256Mi")))).toBe("rollback");
    expect(messageOf(broken(before, now, atMost("512Mi"), pods("128Mi")))).toBe("rollback");
  });
});

describe("a way back to a template that does not name what a quota wants by now", () => {
  const limited = (image: string, memory?: string): PodTemplate => ({
    ...template(image),
    spec: {
      containers: [{ name: "app", image, ...(memory === undefined ? {} : { resources: { limits: { memory } } }) }],
    },
  });
  const around = (amount: string, spec: ResourceQuota["spec"] = {}): Partial<Evidence> => ({
    surroundings: {
      ...NO_SURROUNDINGS,
      quotas: [{ metadata: { name: "team" }, spec: { ...spec, hard: { [amount]: "10Gi" } } }],
    },
  });
  const [before, now] = [limited("shop/web:1"), limited("shop/web:2", "1Gi")];
  const made = (from: PodTemplate, memory: string | undefined): Pod => ({
    ...crashingPod({}),
    spec: limited(from.spec?.containers[0]?.image ?? "", memory).spec ?? { containers: [] },
  });

  it("is left to people, as none of its pods may be made", () => {
    expect(messageOf(broken(before, now, around("limits.memory"), [made(now, "1Gi")]))).toContain(
      "NoSafeRemedy: Not rolled back: quota team has every container name limits.memory, and not every one of revision 1 does",
    );
  });

  it("is gone for whoever asks for it", () => {
    const asked = incident({ requested: { action: "rollback", revision: 1 } });

    expect(messageOf(broken(before, now, { ...around("limits.memory"), incident: asked }))).toBe("rollback");
  });

  it("is left where the quota is for pods that are not best effort, as those of the template are", () => {
    const notBest = around("limits.memory", { scopes: ["NotBestEffort"] });
    const requesting: PodTemplate = {
      ...before,
      spec: { containers: [{ name: "app", image: "shop/web:1", resources: { requests: { cpu: "1" } } }] },
    };

    expect(messageOf(broken(requesting, now, notBest, [made(now, "1Gi")]))).toContain("quota team");
    expect(messageOf(broken(before, now, notBest, [made(now, "1Gi")]))).toBe("rollback");
  });

  it.each([
    ["is gone where the quota wanted it before the revision was made, whose pods were let in", 99_000, "rollback"],
    ["is left where the quota wants it since", 80_000, "quota team"],
  ])("%s", (_what, setAgo, said) => {
    const fieldsV1 = { "f:spec": { "f:hard": { "f:limits.memory": {} } } };
    const { surroundings } = around("limits.memory");
    const [quota] = surroundings?.quotas ?? [];
    const metadata = { name: "team", managedFields: [{ manager: "helm", time: ago(setAgo), fieldsV1 }] };
    const more = { surroundings: { ...NO_SURROUNDINGS, quotas: [{ ...quota, metadata }] } };

    expect(messageOf(broken(before, now, more, [made(now, "1Gi")]))).toContain(said);
  });

  it("is gone where the quota wants something else, or what lacks is given to each pod", () => {
    expect(messageOf(broken(before, now, around("pods"), [made(now, "1Gi")]))).toBe("rollback");
    const unnamed = limited("shop/web:2");
    expect(messageOf(broken(before, unnamed, around("limits.memory"), [made(unnamed, "512Mi")]))).toBe("rollback");
  });
});

describe("fewer replicas of a StatefulSet", () => {
  const scaled = (whenScaled: string | undefined, replicas: number) => {
    const retention = whenScaled === undefined ? {} : { persistentVolumeClaimRetentionPolicy: { whenScaled } };
    const { remedy } = classify(
      evidence({
        incident: incident({ workload: DB, requested: { action: "scale", replicas } }),
        workload: db({ spec: retention }),
        holders: [controllerRevision(2)],
        pods: [dbPod(0, 2), dbPod(1, 2), dbPod(2, 2)],
        hpa: hpa(),
      }),
      policy(),
    );
    return messageOf(remedy);
  };

  it("are left to people where the claims of the others go with them, whoever asks", () => {
    expect(scaled("Delete", 2)).toContain(
      "NoSafeRemedy: Not scaled: with fewer replicas, the claims of the pods that go are deleted with what is on their volumes",
    );
  });

  it.each([
    ["Retain", 2],
    [undefined, 2],
    ["Delete", 4],
  ])("are set otherwise (%s, %i)", (whenScaled, replicas) => {
    expect(scaled(whenScaled, replicas)).toBe("scale");
  });
});

describe("a memory limit that something gives to pods", () => {
  const sized = (image: string, memory?: string): PodTemplate => ({
    metadata: { labels: { app: "web" } },
    spec: {
      containers: [{ name: "app", image, ...(memory === undefined ? {} : { resources: { limits: { memory } } }) }],
    },
  });
  const made = (from: PodTemplate, one: Pod): Pod => ({
    ...one,
    ...(from.spec === undefined ? {} : { spec: from.spec }),
  });

  /** The limits: of the present template and its pod, of the earlier template and its pod, if there is one. */
  interface Limits {
    own?: string;
    killedAt?: string;
    then?: string;
    before?: string;
    reason?: "Error";
    more?: Partial<Evidence>;
  }
  function way({ own, killedAt, then, before, reason, more = {} }: Limits): string {
    const [earlier, present] = [sized("shop/web:1", then), sized("shop/web:2", own)];
    const crashing = made(
      sized("shop/web:2", killedAt),
      crashingPod({ startedAgo: 60, reason: reason ?? "OOMKilled", exitCode: 137 }),
    );
    const old = ofRevision(1, made(sized("shop/web:1", before), pod({ name: "web-1-old" })));
    const pods = [ofRevision(2, crashing), ...(before === "no pod" ? [] : [old])];
    return messageOf(broken(earlier, present, { pods, ...more }));
  }

  it.each<[string, Limits]>([
    ["the default of a LimitRange that is new", { killedAt: "16Mi" }],
    ["the default of a LimitRange that was higher", { killedAt: "16Mi", before: "1Gi" }],
    [
      "what an autoscaler has made of the template's",
      { own: "256Mi", killedAt: "100Mi", then: "256Mi", before: "256Mi" },
    ],
    ["the same, written otherwise", { own: "256Mi", killedAt: "100Mi", then: "268435456", before: "0.25Gi" }],
  ])("keeps from going back where it is %s", (_what, limits) => {
    expect(way(limits)).toContain(
      `NoSafeRemedy: Not rolled back: container app ran out of memory at a limit of ${limits.killedAt}, ${limits.own === undefined ? "which its template does not set" : `where its template sets ${limits.own}`}.`,
    );
  });

  it("is not said to be the only one where the templates set another", () => {
    const said = way({ own: "256Mi", killedAt: "100Mi", then: "256Mi", before: "256Mi" });

    expect(said).not.toMatch(/LimitRange|does not set|sets no other|set a limit/);
    expect(way({ killedAt: "16Mi" })).toContain(
      "as their template sets no other. Look at what gives it to pods (the default of a LimitRange",
    );
  });

  it.each<[string, Limits]>([
    ["pods that run well have it as well", { killedAt: "16Mi", before: "16Mi" }],
    ["no pod is left that tells", { killedAt: "16Mi", before: "no pod" }],
    ["it is the template's", { own: "16Mi", killedAt: "16Mi", then: "256Mi", before: "256Mi" }],
    [
      "the release took a limit away, and a default came in its place",
      { killedAt: "16Mi", then: "256Mi", before: "256Mi" },
    ],
    ["nothing ran out of memory", { killedAt: "16Mi", reason: "Error" }],
    ["it was the node's memory that ran out", {}],
    [
      "somebody asks for exactly that",
      { killedAt: "16Mi", more: { incident: incident({ requested: { action: "rollback", revision: 1 } }) } },
    ],
  ])("keeps nobody from going back where %s", (_what, limits) => {
    expect(way(limits)).toBe("rollback");
  });
});

describe("a container that something adds to each pod", () => {
  const injected = (...names: string[]): Pod => {
    const made = crashingPod({});
    const [failing] = made.status?.containerStatuses ?? [];
    const containerStatuses = names.map((name) => ({ ...(failing ?? container()), name }));
    return { ...made, status: { ...made.status, containerStatuses } };
  };

  it("is no reason to go back, where nothing else fails", () => {
    expect(messageOf(broken(V1, V2, {}, [injected("istio-proxy")]))).toContain(
      "NoSafeRemedy: Not rolled back: container istio-proxy, which fails, is in no pod template.",
    );
  });

  it("keeps nobody from going back where a container of the template fails, too", () => {
    expect(messageOf(broken(V1, V2, {}, [injected("istio-proxy", "app")]))).toBe("rollback");
  });
});

describe("two budgets for the same pods", () => {
  const budget = (name: string, labels: Record<string, string>): DisruptionBudget => ({
    metadata: { name },
    spec: { selector: { matchLabels: labels } },
    status: { disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1, expectedPods: 2 },
  });
  const crashed = (...budgets: DisruptionBudget[]) => {
    const made = crashingPod({ ranFor: 3_400 });
    const pods = [{ ...made, metadata: { ...made.metadata, labels: { app: "web" } } }];
    return messageOf(classify(evidence({ pods, surroundings: { ...NO_SURROUNDINGS, budgets } }), policy()).remedy);
  };

  it("let none of them be restarted, by name", () => {
    expect(crashed(budget("a", { app: "web" }), budget("b", { app: "web" }))).toContain(
      "NoSafeRemedy: Not restarted: PodDisruptionBudgets a and b hold the same pods",
    );
    expect(crashed(budget("a", { app: "web" }), budget("b", { app: "shop" }))).toBe("restart");
  });

  it("let a pod go that has yet to start, which no budget holds", () => {
    const waiting = crashingPod({ ranFor: 3_400 });
    const pods = [
      {
        ...waiting,
        metadata: { ...waiting.metadata, labels: { app: "web" } },
        status: { ...waiting.status, phase: "Pending" },
      },
    ];
    const budgets = [budget("a", { app: "web" }), budget("b", { app: "web" })];
    const { remedy } = classify(evidence({ pods, surroundings: { ...NO_SURROUNDINGS, budgets } }), policy());

    expect(messageOf(remedy)).toBe("restart");
  });

  it("are none where each holds pods of its own", () => {
    const made = (name: string, slot: string): Pod => {
      const crashed = crashingPod({ name, ranFor: 3_400 });
      return { ...crashed, metadata: { ...crashed.metadata, labels: { app: "web", slot } } };
    };
    const budgets = [budget("a", { slot: "a" }), budget("b", { slot: "b" })];
    const pods = [made("web-1-a", "a"), made("web-1-b", "b")];

    expect(
      messageOf(classify(evidence({ pods, surroundings: { ...NO_SURROUNDINGS, budgets } }), policy()).remedy),
    ).toBe("restart");
  });
});

describe("a quota without room", () => {
  const quota = (hard: Record<string, string>, spec = {}) => ({
    metadata: { name: "team" },
    spec,
    status: { hard, used: hard },
  });
  const atMaximum = (...quotas: ReturnType<typeof quota>[]) =>
    messageOf(
      classify(
        evidence({ hpa: hpa({ max: 4, limited: "TooManyReplicas" }), surroundings: { ...NO_SURROUNDINGS, quotas } }),
        policy(),
      ).remedy,
    );

  it("keeps an HPA's maximum where it is, where it is for pods", () => {
    expect(atMaximum(quota({ pods: "4" }))).toContain("Not scaled: quota team is used up: pods (4)");
    expect(atMaximum(quota({ "requests.memory": "4Gi" }))).toContain("requests.memory (4Gi)");
  });

  it("keeps it where it is when the quota was lowered below what is in use, and when one more pod would exceed it", () => {
    const of = (hard: string, used: string) => ({
      ...quota({}),
      status: { hard: { "requests.cpu": hard }, used: { "requests.cpu": used } },
    });
    const pods = [pod({ spec: { containers: [{ name: "app", resources: { requests: { cpu: "500m" } } }] } })];
    const atMost = (quotas: ReturnType<typeof of>[]) =>
      messageOf(
        classify(
          evidence({
            pods,
            hpa: hpa({ max: 4, limited: "TooManyReplicas" }),
            surroundings: { ...NO_SURROUNDINGS, quotas },
          }),
          policy(),
        ).remedy,
      );

    expect(atMost([of("1", "2")])).toContain("Not scaled: quota team is used up: requests.cpu (1)");
    expect(atMost([of("2", "1900m")])).toContain(
      "Not scaled: quota team has no room for one more (requests.cpu: 1900m used of 2)",
    );
    expect(atMost([of("2", "1500m")])).toBe("scale");
  });

  it("keeps the counts of a ScaledObject where they are, too", () => {
    const surroundings = { ...NO_SURROUNDINGS, quotas: [quota({ pods: "4" })] };
    const bounds = { from: { min: 2, max: 4 }, to: { min: 2, max: 6 } };
    const plan = {
      action: "keda-scale" as const,
      scale: { target: "hpa" as const, name: "web", ...bounds },
      scaled_object: { name: "web", uid: "so-uid", ...bounds },
    };
    const refusal = refuseRemedy(openCase(evidence({ surroundings }), policy()), plan);

    expect(refusal?.message).toContain("Not scaled: quota team is used up: pods (4)");
  });

  it.each([
    ["for other objects", quota({ services: "4" })],
    ["for some pods alone", quota({ pods: "4" }, { scopes: ["BestEffort"] })],
  ])("says nothing of further pods where it is %s", (_what, some) => {
    expect(atMaximum(some)).toBe("scale");
  });
});

describe("a newer image that has run on volumes that stay", () => {
  const VOLUMES = { volumeClaimTemplates: [{ metadata: { name: "data" } }] };
  /** The last pod of a set is of revision 2, and its container is in that state; the others are well. */
  const stuck = (spec: object, state: ReturnType<typeof container>["state"], restartCount: number) => {
    const last = dbPod(2, 2, { ready: false });
    const containerStatuses = [container({ ready: false, restartCount, ...(state === undefined ? {} : { state }) })];
    const pods = [dbPod(0, 1), dbPod(1, 1), { ...last, status: { ...last.status, containerStatuses } }];
    const status = { readyReplicas: 2, availableReplicas: 2, updatedReplicas: 1, currentRevision: "db-r1" };
    const workload = db({ template: template("shop/web:2"), spec, status });
    const holders = [controllerRevision(2, { created: ago(900) }), controllerRevision(1, { created: ago(900_000) })];
    return messageOf(
      classify(evidence({ incident: incident({ workload: DB }), workload, holders, pods }), policy()).remedy,
    );
  };
  const backingOff = { waiting: { reason: "CrashLoopBackOff" } };

  it("is left to people: the earlier one may not be able to read what is there", () => {
    expect(stuck(VOLUMES, backingOff, 5)).toContain("Not rolled back: its newer image has run on volumes that stay");
    expect(stuck({}, backingOff, 5)).toBe("rollback");
  });

  it("is none where it never ran", () => {
    expect(stuck(VOLUMES, { waiting: { reason: "ImagePullBackOff", message: "not found" } }, 0)).toBe("rollback");
  });
});

it("two HPAs for the same pods are told as such", () => {
  const made = hpa({ max: 4 });
  const active = {
    type: "ScalingActive",
    status: "False",
    reason: "AmbiguousSelector",
    message: "pods by selector app=web are controlled by multiple HPAs: [shop/web shop/web-by-load]",
    lastTransitionTime: ago(3_000),
  };
  const conditions = [...(made.status?.conditions ?? []).filter(({ type }) => type !== "ScalingActive"), active];
  const found = { ...made, status: { ...made.status, currentReplicas: 2, desiredReplicas: 2, conditions } };
  const diagnosis = classify(evidence({ hpa: found }), policy());

  expect(diagnosis).toMatchObject({ cause: "HpaCannotScale", remedy: { action: "none" } });
  expect(diagnosis.summary).toContain("another HPA selects the same pods, so that neither scales");
  expect(diagnosis.evidence.join()).toContain("web-by-load");
});
