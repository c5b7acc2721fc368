import type { ControllerRevision, Event as ApiEvent, ResourceQuota } from "../types.ts";
import type { ApiObject } from "../api-object.ts";
import { ageCell } from "./age.ts";
import { columns, nameOf, type Printer } from "./printer.ts";

const age = ({ metadata }: ApiObject, now: Date) => ageCell(metadata?.creationTimestamp, now);

export const EVENT_PRINTER: Printer<Partial<ApiEvent>> = {
  columns: [
    ...columns("Last Seen, Type, Reason, Object | Subobject, Source"),
    ...columns("Message | First Seen, Count, Name"),
  ],
  cells: (event, now) => {
    const { involvedObject, firstTimestamp, eventTime } = event;
    const first = firstTimestamp ?? eventTime;
    return [
      ageCell(event.lastTimestamp ?? first, now),
      event.type ?? "",
      event.reason ?? "",
      `${(involvedObject?.kind ?? "").toLowerCase()}/${involvedObject?.name ?? ""}`,
      involvedObject?.fieldPath ?? "",
      sourceOf(event),
      (event.message ?? "").trim(),
      ageCell(first, now),
      event.count ?? 1,
      nameOf(event),
    ];
  },
};

function sourceOf({ source, reportingComponent, reportingInstance }: Partial<ApiEvent>): string {
  const who = [source?.component ?? reportingComponent, source?.host ?? reportingInstance];
  return who.filter((part) => part !== undefined && part !== "").join(", ");
}

export const CONFIG_MAP_PRINTER: Printer<ApiObject> = {
  columns: columns("Name, Data, Age"),
  cells: (object, now) => [nameOf(object), sizeOf(object["data"]), age(object, now)],
};

export const SECRET_PRINTER: Printer<ApiObject & { type?: string }> = {
  columns: columns("Name, Type, Data, Age"),
  cells: (secret, now) => [nameOf(secret), secret.type ?? "Opaque", sizeOf(secret["data"]), age(secret, now)],
};

export const QUOTA_PRINTER: Printer<ResourceQuota> = {
  columns: columns("Name, Request, Limit, Age"),
  cells: (quota, now) => {
    const { hard = {}, used = {} } = quota.status ?? {};
    const amounts = Object.keys(hard).sort();
    const told = (names: string[]) =>
      names.map((name) => `${name}: ${used[name] ?? "0"}/${hard[name] ?? "0"}`).join(", ");
    return [
      nameOf(quota),
      told(amounts.filter((name) => !name.startsWith("limits."))),
      told(amounts.filter((name) => name.startsWith("limits."))),
      ageCell(quota.metadata?.creationTimestamp, now),
    ];
  },
};

export const CONTROLLER_REVISION_PRINTER: Printer<Partial<ControllerRevision>> = {
  columns: columns("Name, Controller, Revision, Age"),
  cells: (revision, now) => {
    const owner = revision.metadata?.ownerReferences?.find(({ controller }) => controller === true);
    const group = owner?.apiVersion.split("/").slice(0, -1).join("") ?? "";
    const kind = `${owner?.kind.toLowerCase() ?? ""}${group === "" ? "" : `.${group}`}`;
    return [
      nameOf(revision),
      owner === undefined ? "<none>" : `${kind}/${owner.name}`,
      revision.revision ?? 0,
      ageCell(revision.metadata?.creationTimestamp, now),
    ];
  },
};

function sizeOf(data: unknown): number {
  return typeof data === "object" && data !== null ? Object.keys(data).length : 0;
}
