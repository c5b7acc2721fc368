import type { OutcomeRecord, RecordedChange } from "../../functions/notify/record/record.ts";
import { describeWorkload } from "../../functions/kinds/workloads.ts";
import { remedyFor } from "../../functions/remedies/remedies.ts";
import type { Listed } from "./store.ts";
import { withArticle } from "../../functions/shared/text.ts";

/** Outcomes as a table, the newest first. */
export function historyTable(outcomes: readonly Listed[]): string {
  if (outcomes.length === 0) return "No outcome is kept.";
  const header = ["TIME", "WORKLOAD", "OUTCOME", "CAUSE", "REMEDY", "ASKED BY", "PERSON", "EXECUTION"];
  const rows = outcomes.map((each) => [
    each.at.replace(/\.\d+Z$/, "Z"),
    each.subject,
    each.outcome + (each.reason === undefined ? "" : ` (${each.reason})`),
    each.cause,
    each.action,
    each.asked_by ?? "",
    each.needs_person ? "needed" : "",
    each.execution,
  ]);
  return columns(header, rows);
}

/** Lines whose cells stand below each other. */
export function columns(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_title, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** One outcome with all that is kept of it. */
export function recordText(record: OutcomeRecord): string {
  const { workload, outcome, cause, confidence, reason, asked_by, dry_run, needs_person, plan, undo } = record;
  const facts: [string, string | undefined][] = [
    ["time", record.at],
    ["execution", record.execution.name],
    ["cluster", record.cluster_name],
    ["asked by", asked_by === "found" ? "nobody: a run found it" : asked_by],
    ["decided", record.approval === undefined ? undefined : `${record.approval.decision} by ${record.approval.origin}`],
    ["that is", record.requested_by],
    ["why", record.request_reason],
    ["waits for answer", record.proposal],
    ["dry run", dry_run ? "yes" : undefined],
    ["cause", confidence === undefined ? cause : `${cause} (${confidence} confidence)`],
    ["reason", reason],
    ["needs a person", needs_person ? "yes" : "no"],
  ];
  const sections: [string, string[]][] = [
    ["Found", record.found],
    ["Evidence", record.evidence],
    [
      "Decided",
      plan === undefined ? [] : [plan.action === "none" ? `nothing: ${plan.message}` : withArticle(plan.action)],
    ],
    ["Not chosen", record.rejected.map(({ action, reason: why }) => `${action}: ${why}`)],
    ["Changed", record.changes.flatMap((change) => changeLines(change, record))],
    ["Perhaps changed", record.may_have_changed === true ? ["Nobody could look what the remedy did."] : []],
    ["Undo", undo === undefined ? [] : [undo]],
    ["Left out", record.cut === true ? ["All of it was more than is kept."] : []],
  ];
  return [
    `${outcome}: ${workload === undefined ? "the whole run" : describeWorkload(workload)}`,
    record.summary,
    "",
    ...facts.flatMap(([name, value]) => (value === undefined ? [] : [`  ${`${name}:`.padEnd(18)}${value}`])),
    ...sections.flatMap(([title, lines]) =>
      lines.length === 0 ? [] : ["", `${title}:`, ...lines.map((each) => `- ${each}`)],
    ),
  ].join("\n");
}

/** What became of it. */
const STATES: Readonly<Record<RecordedChange["state"], string>> = {
  "in place": "It was in place when the execution ended.",
  undone: "The execution took it back.",
  replaced: "Somebody else put something in its place.",
  "not known": "Whether it was taken back was not verified.",
};

function changeLines({ change, state, undo }: RecordedChange, { workload }: OutcomeRecord): string[] {
  if (workload === undefined) return [];
  const did = remedyFor(change.kind).words.did(change, workload, false);
  const never = undo === "cannot be undone" ? " It cannot be undone." : "";
  return [`${did} ${STATES[state]}${never}`];
}
