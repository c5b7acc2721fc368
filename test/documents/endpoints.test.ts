import { globSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** The endpoint that a client of the AWS SDK calls, where its name is another one. */
const ENDPOINTS: Readonly<Record<string, string>> = {
  eventbridge: "events",
  "secrets-manager": "secretsmanager",
  sfn: "states",
};

it("docs/deploy.md names the endpoint of each service that a function calls, and no other", () => {
  const sources = globSync("functions/**/*.ts").map((file) => readFileSync(file, "utf8"));
  const clients = sources.flatMap((text) =>
    [...text.matchAll(/@aws-sdk\/client-([\w-]+)"/g)].map(([, name = ""]) => name),
  );
  const [, table = ""] = readFileSync("docs/deploy.md", "utf8").split("| endpoint of the VPC");
  const [rows = ""] = table.split("\n\n");

  const named = [...rows.matchAll(/^\| `([\w-]+)`/gm)].map(([, name]) => name);
  expect(named.sort()).toEqual([...new Set(clients.map((name) => ENDPOINTS[name] ?? name))].sort());
});
