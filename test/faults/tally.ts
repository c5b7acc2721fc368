import { markdownTable } from "../../tools/docs/markdown-table.ts";

/** What one run adds to a table. */
export interface Tallied {
  row: string;
  column: string;
  /** Whether it ended as it does when nothing goes wrong. */
  asClean: boolean;
  violations: number;
}

interface Cell {
  runs: number;
  asClean: number;
  violations: number;
}

/** A table of `runs/as clean **violations**`, with sums; rows and columns in the order of their first run. */
export function tallyTable(corner: string, runs: readonly Tallied[]): string {
  const columns = [...new Set(runs.map(({ column }) => column))];
  const rows = [...new Set(runs.map(({ row }) => row))];
  const cells = (of: readonly Tallied[]) => [
    ...columns.map((column) => cellText(of.filter((run) => run.column === column))),
    cellText(of),
  ];
  return markdownTable([
    [corner, ...columns, "all"],
    ...rows.map((row) => [row, ...cells(runs.filter((run) => run.row === row))]),
    ["all", ...cells(runs)],
  ]).join("\n");
}

function cellText(runs: readonly Tallied[]): string {
  const { runs: count, asClean, violations } = sum(runs);
  if (count === 0) return "";
  return `${count}/${asClean}${violations === 0 ? "" : ` **${violations}**`}`;
}

function sum(runs: readonly Tallied[]): Cell {
  return {
    runs: runs.length,
    asClean: runs.filter(({ asClean }) => asClean).length,
    violations: runs.reduce((total, { violations }) => total + violations, 0),
  };
}
