import type { SuspectRule } from "../../kinds/suspects.ts";
import type { EndpointSlice, ObjectMeta, Service } from "../../shared/kubernetes/types.ts";
import { SERVICE_NAME } from "../ready-behind.ts";

/** A cell without anything in it. Source: kubernetes pkg/printers/internalversion/printers.go, formatDiscoveryEndpoints */
const UNSET = "<unset>";
/** How much of a Service's name the name of a slice begins with. Source: k8s.io/apiserver pkg/storage/names, MaxGeneratedNameLength */
const MAX_BASE = 58;

/** Which slices deserve a full read: those of these Services that have no endpoint, or fewer ports than the Service. */
export function sliceSuspects(services: readonly Service[]): SuspectRule {
  const wanted = new Map<string, { service: string; ports: number }>();
  for (const { metadata, spec } of services) {
    const service = metadata?.name ?? "";
    const base = `${service}-`.slice(0, MAX_BASE);
    wanted.set(base, { service, ports: Math.max(wanted.get(base)?.ports ?? 0, spec?.ports?.length ?? 0) });
  }
  const wantedBy = (name: string) => wanted.get(name.slice(0, Math.max(0, name.length - SUFFIX)));
  return {
    columns: ["Name", "Ports", "Endpoints"],
    isSuspect: (name = "", ports = "", endpoints = "") => {
      const least = wantedBy(name)?.ports;
      return least !== undefined && (endpoints === UNSET || printedNumber(ports) < least);
    },
    // Of two Services whose long names begin alike, the slices of one come, and those of the other are looked up.
    batchesOf: (name = "") => {
      const service = wantedBy(name)?.service;
      return service === undefined ? [] : [{ label: SERVICE_NAME, value: service }];
    },
  };
}

/** How many letters the API server puts behind the base of a name that it makes. */
const SUFFIX = 5;

/** `8080,9090,http + 2 more...` */
function printedNumber(cell: string): number {
  if (cell === UNSET) return 0;
  const [named = "", more] = cell.split(" + ");
  return named.split(",").length + (more === undefined ? 0 : Number.parseInt(more, 10));
}

/** A Service that may send to no pod, or to a port that none has, by one of its slices. */
export interface Doubt {
  service: Service;
  /** Since when. */
  since: string;
}

/** The Services that these slices cast a doubt on. */
export function doubtsOf(slices: readonly EndpointSlice[], services: readonly Service[]): Doubt[] {
  const byName = new Map(services.map((service) => [keyOf(service.metadata, service.metadata?.name), service]));
  const found = new Map<Service, string>();
  for (const { metadata, endpoints, ports } of slices) {
    const service = byName.get(keyOf(metadata, metadata?.labels?.[SERVICE_NAME]));
    if (service === undefined) continue;
    const isWhole = (endpoints ?? []).length > 0 && (ports ?? []).length >= (service.spec?.ports ?? []).length;
    const since = writtenAt(metadata);
    // A Service that was written since may not have been met by its controller yet.
    const latest = [since, found.get(service) ?? "", service.metadata?.creationTimestamp ?? ""].sort().at(-1) ?? "";
    if (!isWhole) found.set(service, latest);
  }
  return [...found].map(([service, since]) => ({ service, since }));
}

/** When an object was written last, as far as it tells. */
export function writtenAt(metadata: ObjectMeta | undefined): string {
  const times = (metadata?.managedFields ?? []).flatMap(({ time }) => time ?? []);
  return [...times, metadata?.creationTimestamp ?? ""].sort().at(-1) ?? "";
}

function keyOf(metadata: ObjectMeta | undefined, name = ""): string {
  return `${metadata?.namespace ?? ""}/${name}`;
}
