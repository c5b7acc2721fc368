import type { KeptLook } from "../../functions/shared/looks.ts";
import { signWords } from "../../functions/shared/signs.ts";
import { duration } from "../../functions/shared/text.ts";
import type { Came } from "./discovered.ts";
import { columns } from "../record/text.ts";

/** What nobody has to look at. */
const AT_REST: ReadonlySet<string> = new Set(["healthy", "storm over", "works again"]);

/** Whether somebody has to look at the cluster, or at why it was not looked at. */
export function needsPerson({ status, unseen = 0 }: KeptLook): boolean {
  return !AT_REST.has(status) || unseen > 0;
}

/** One line for each cluster: those that somebody has to look at first, of them the one first that was seen longest ago. */
export function fleetTable(looks: readonly (KeptLook & { came_by?: Came })[], now: Date): string {
  if (looks.length === 0)
    return "No look is kept: the schedule is off, or has not begun, or its function cannot keep what it sees (record_error in its log).";
  const sorted = [...looks].sort(
    (a, b) => Number(needsPerson(b)) - Number(needsPerson(a)) || (a.at < b.at ? -1 : a.at > b.at ? 1 : 0),
  );
  const header = ["CLUSTER", "SEEN", "STATUS", "FAILING PODS", "RESTING", "UNSEEN PARTS", "MAY AT MOST", "CAME BY"];
  const number = (value: number | undefined) => (value === undefined ? "?" : String(value));
  const rows = sorted.map((look) => [
    look.cluster_name,
    `${duration(Math.max(0, (now.getTime() - Date.parse(look.at)) / 1_000))} ago`,
    look.status,
    number(look.failing_pods),
    number(look.resting),
    number(look.unseen),
    look.allowed ?? "?",
    look.came_by ?? "?",
  ]);
  const common = inCommon(looks);
  return [columns(header, rows), ...(common.length === 0 ? [] : ["", ...common])].join("\n");
}

/** How many signs that clusters have in common are told. */
const MOST_SIGNS = 5;

/** In which ways several clusters fail alike at their latest looks, those first that most show. */
function inCommon(looks: readonly KeptLook[]): string[] {
  const shown = Map.groupBy(
    looks.flatMap(({ signs = [] }) => [...new Set(signs)]),
    (sign) => sign,
  );
  return [...shown]
    .filter(([, times]) => times.length > 1)
    .toSorted((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1))
    .slice(0, MOST_SIGNS)
    .map(([sign, times]) => `At the latest looks at ${times.length} of them, ${signWords(sign)}.`);
}
