import type { EndpointSlice } from "../types.ts";
import { ageCell } from "./age.ts";
import { columns, nameOf, type Printer } from "./printer.ts";

/** How many ports and endpoints a row names. */
const MAX_NAMED = 3;

/** Source: kubernetes pkg/printers/internalversion/printers.go, printEndpointSlice */
export const ENDPOINT_SLICE_PRINTER: Printer<Partial<EndpointSlice>> = {
  columns: columns("Name, AddressType, Ports, Endpoints, Age"),
  cells: (slice, now) => [
    nameOf(slice),
    slice.addressType ?? "",
    listed((slice.ports ?? []).map(({ port, name }) => String(port ?? name ?? "*"))),
    listed((slice.endpoints ?? []).flatMap(({ addresses }) => addresses)),
    ageCell(slice.metadata?.creationTimestamp, now),
  ],
};

/** The first few, and how many more. */
function listed(items: readonly string[]): string {
  if (items.length === 0) return "<unset>";
  const more = items.length - MAX_NAMED;
  return `${items.slice(0, MAX_NAMED).join(",")}${more > 0 ? ` + ${more} more...` : ""}`;
}
