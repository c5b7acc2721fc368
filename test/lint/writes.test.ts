import { fileURLToPath } from "node:url";
import { ESLint } from "eslint";
import tseslint from "typescript-eslint";
import { describe, expect, it } from "vitest";

/** Lints without types, which these rules do not need. */
const eslint = new ESLint({
  cwd: fileURLToPath(new URL("../..", import.meta.url)),
  overrideConfig: [{ files: ["**/*.ts"], ...tseslint.configs.disableTypeChecked }],
});

/** What the linter says of the imports of a file that holds this text. */
async function saidOf(filePath: string, text: string): Promise<string[]> {
  const results = await eslint.lintText(text, { filePath });
  return results
    .flatMap(({ messages }) => messages)
    .filter(({ ruleId }) => ruleId?.endsWith("no-restricted-imports") === true)
    .map(({ message }) => message);
}

const CLUSTER = 'import type { Cluster } from "../../shared/cluster/cluster.ts";\n';

describe("the methods by which a cluster is written to", () => {
  it.each([
    ["a remedy", "functions/remedies/scale/carry-out.ts", CLUSTER],
    ["a kind", "functions/kinds/job/kind.ts", CLUSTER],
    ["what knows facts", "functions/facts/state.ts", 'import { type Cluster } from "../shared/cluster/cluster.ts";\n'],
    ["a scan", "functions/scan/view.ts", 'export type { Cluster } from "../shared/cluster/cluster.ts";\n'],
    ["a step", "functions/verify/verify.ts", 'import type { Cluster as C } from "../shared/cluster/cluster.ts";\n'],
    ["a new folder", "functions/new/new.ts", 'import type * as all from "../shared/cluster/cluster.ts";\n'],
    [
      "a remedy",
      "functions/remedies/scale/carry-out.ts",
      'import { HttpCluster } from "../../shared/cluster/http-cluster.ts";\n',
    ],
  ])("are not for %s: %s", async (_whose, file, text) => {
    expect(await saidOf(file, text)).toEqual([expect.stringContaining("functions/remedies/writer.ts")]);
  });

  it("are not needed to read, and to say what is to be patched", async () => {
    const text = 'import type { JsonPatchOperation, Reader } from "../../shared/cluster/cluster.ts";\n';

    expect(await saidOf("functions/remedies/scale/carry-out.ts", text)).toEqual([]);
  });

  it.each(["functions/remedies/writer.ts", "functions/claim/claim.ts", "functions/run/stored-lease.ts"])(
    "are there for %s",
    async (file) => {
      expect(await saidOf(file, 'import type { Cluster } from "../shared/cluster/cluster.ts";\n')).toEqual([]);
    },
  );
});
