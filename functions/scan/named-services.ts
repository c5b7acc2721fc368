import { endsByItself } from "../kinds/job/kind.ts";
import type { Service } from "../shared/kubernetes/types.ts";
import type { Counted } from "./extent.ts";
import { inTurn } from "./fair.ts";
import { servicesOf } from "./hosts.ts";
import { workloadKey } from "./incidents.ts";

/** Of how many Services it is asked what is ready behind them, of those of each namespace in turn. */
const MAX_IN_QUESTION = 40;

/** What is known of the names by which workloads are reached. */
export interface Names {
  /** The Services that are known, by `namespace/name`. */
  services: ReadonlyMap<string, Service>;
  /** The failing workloads by `namespace/name` of their Services. */
  failing: ReadonlyMap<string, readonly Counted[]>;
}

/**
 * The failing workloads by `namespace/name` of their Services. A Service that is known is of those alone that it selects. Others
 * may have the name of a workload, or of what its pods are labelled with; a workload of that very name hides others. A Job
 * serves nobody.
 */
export function namesOf(found: readonly Counted[], services: readonly Service[]): Names {
  const serving = found.filter(({ incident: { workload } }) => !endsByItself(workload));
  const guessed = new Map<string, Counted[]>();
  const add = (counted: Counted, names: readonly string[]) => {
    const { namespace } = counted.incident.workload;
    for (const name of new Set(names)) {
      const key = `${namespace}/${name}`;
      guessed.set(key, [...(guessed.get(key) ?? []), counted]);
    }
  };
  for (const counted of serving) add(counted, [counted.incident.workload.name]);
  const exact = new Set(guessed.keys());
  for (const counted of serving) {
    const { namespace } = counted.incident.workload;
    const others = counted.pods.flatMap(({ facts }) => facts?.aliases ?? []);
    add(
      counted,
      others.filter((name) => !exact.has(`${namespace}/${name}`)),
    );
  }
  const servingIn = Map.groupBy(serving, ({ incident }) => incident.workload.namespace);
  const known = services.map((service): [string, Counted[]] => {
    const key = serviceKey(service);
    const here = servingIn.get(service.metadata?.namespace ?? "") ?? [];
    const selected = hasSelector(service) ? here.filter((counted) => selects(service, counted)) : [];
    // What has no pods can be told by its name alone.
    const unseen = hasSelector(service) ? (guessed.get(key) ?? []).filter(({ pods }) => pods.length === 0) : [];
    return [key, [...selected, ...unseen]];
  });
  return {
    services: new Map(services.map((service) => [serviceKey(service), service])),
    failing: new Map([...guessed, ...known]),
  };
}

/**
 * The Services that a host may stand for, by `namespace/name`: where a Service of that name is known, it alone, or what it is
 * another name for.
 * Source: kubernetes.io/docs/concepts/services-networking/service, ExternalName
 */
export function keysOf(host: string, namespace: string, { services }: Pick<Names, "services">): string[] {
  const refs = servicesOf(host, namespace);
  const [first] = refs;
  const known = first === undefined ? undefined : services.get(`${first.namespace}/${first.name}`);
  if (known?.spec?.type === "ExternalName") {
    const target = (known.spec.externalName ?? "").toLowerCase().replace(/\.$/, "");
    // It is a name of DNS as it stands, which no search domain is put behind.
    return target.includes(".svc") ? servicesOf(target, "").map(keyOfRef) : [];
  }
  return (known === undefined ? refs : refs.slice(0, 1)).map(keyOfRef);
}

/** The Services that failing workloads name in their last words, or by which they name another one. */
export function inQuestion(found: readonly Counted[], names: Names): Service[] {
  const services = new Set<Service>();
  for (const { incident, pods } of found) {
    const own = workloadKey(incident.workload);
    const isOther = (root: Counted) => workloadKey(root.incident.workload) !== own;
    for (const { host, where } of pods.flatMap(({ facts }) => facts?.hosts ?? [])) {
      for (const key of keysOf(host, incident.workload.namespace, names)) {
        const service = names.services.get(key);
        const isAsked = where === "last words" || names.failing.get(key)?.some(isOther) === true;
        if (service !== undefined && isAsked) services.add(service);
      }
    }
  }
  return inTurn([...services], ({ metadata }) => metadata?.namespace ?? "").slice(0, MAX_IN_QUESTION);
}

export function serviceKey({ metadata }: Service): string {
  return `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;
}

function keyOfRef({ namespace, name }: { namespace: string; name: string }): string {
  return `${namespace}/${name}`;
}

function hasSelector({ spec }: Service): boolean {
  return spec?.type !== "ExternalName" && Object.keys(spec?.selector ?? {}).length > 0;
}

/** Whether a Service sends to pods that fail of a workload of its namespace. */
function selects(service: Service, { pods }: Counted): boolean {
  const selector = Object.entries(service.spec?.selector ?? {});
  return pods.some(({ facts }) => selector.every(([label, value]) => facts?.labels?.[label] === value));
}
