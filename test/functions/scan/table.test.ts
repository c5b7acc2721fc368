import { describe, expect, it } from "vitest";
import { cellsOf, type Table } from "../../../functions/scan/table.ts";

function table(columns: string[], ...rows: unknown[][]): Table {
  return {
    kind: "Table",
    columnDefinitions: columns.map((name) => ({ name })),
    rows: rows.map((cells) => ({ cells })),
  };
}

describe("the cells of a Table", () => {
  it("are found by their columns' names, in the order of the names", () => {
    const pods = table(["Name", "Ready", "Status", "Restarts"], ["web-1", "1/1", "Running", "0"]);

    expect(cellsOf(pods, ["Status", "Name"])).toEqual([["Running", "web-1"]]);
  });

  it("are found wherever their columns stand, and however these are capitalised", () => {
    const pods = table(["STATUS", "Owner", "name", "Cost", "rEADY"], ["Running", "shop", "web-1", "3 EUR", "1/1"]);

    expect(cellsOf(pods, ["Name", "Ready", "Status"])).toEqual([["web-1", "1/1", "Running"]]);
  });

  it("are never those of a column whose name only begins alike", () => {
    const nodes = table(["Name", "Status Reason", "Not Ready"], ["node-0", "KubeletStopped", "3"]);

    expect(cellsOf(nodes, ["Name", "Status"])).toBeUndefined();
    expect(cellsOf(nodes, ["Name", "Ready"])).toBeUndefined();
  });

  it("are undefined when a column is missing, and when the answer is no Table", () => {
    const list = { kind: "PodList", items: [], metadata: {} } as unknown as Table;

    expect(cellsOf(table(["Name", "Ready"], ["web-1", "1/1"]), ["Name", "Ready", "Status"])).toBeUndefined();
    expect(cellsOf(list, ["Name"])).toBeUndefined();
  });

  it("are none when there are no rows, in each of the ways in which a server says so", () => {
    const { kind, columnDefinitions } = table(["Name"]);

    expect(cellsOf({ kind, columnDefinitions }, ["Name"])).toEqual([]);
    expect(cellsOf({ kind, columnDefinitions, rows: null }, ["Name"])).toEqual([]);
    expect(cellsOf({ kind, columnDefinitions, rows: [] }, ["Name"])).toEqual([]);
  });

  it("are texts: numbers as they are written, anything else as nothing", () => {
    const sets = table(["Name", "Desired", "Current", "Ready", "Age"], ["agent", 0, 12, null, { at: 1 }], ["short"]);

    expect(cellsOf(sets, ["Name", "Desired", "Current", "Ready", "Age"])).toEqual([
      ["agent", "0", "12", "", ""],
      ["short", "", "", "", ""],
    ]);
  });
});
