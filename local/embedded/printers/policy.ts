import type { DisruptionBudget, Lease } from "../types.ts";
import { ageCell } from "./age.ts";
import { columns, nameOf, type Printer } from "./printer.ts";

export const DISRUPTION_BUDGET_PRINTER: Printer<DisruptionBudget> = {
  columns: columns("Name, Min Available, Max Unavailable, Allowed Disruptions, Age", {
    "Allowed Disruptions": "integer",
  }),
  cells: (budget, now) => {
    // Numbers or percentages, whatever their type says.
    const { minAvailable = "N/A", maxUnavailable = "N/A" } = (budget.spec ?? {}) as Record<string, string | number>;
    return [
      nameOf(budget),
      `${minAvailable}`,
      `${maxUnavailable}`,
      budget.status?.disruptionsAllowed ?? 0,
      ageCell(budget.metadata?.creationTimestamp, now),
    ];
  },
};

export const LEASE_PRINTER: Printer<Lease> = {
  columns: columns("Name, Holder, Age"),
  cells: (lease, now) => [
    nameOf(lease),
    lease.spec?.holderIdentity ?? "",
    ageCell(lease.metadata?.creationTimestamp, now),
  ],
};
