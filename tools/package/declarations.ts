import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { pathTo } from "../../infra/packaged.ts";

/** The construct's source, whose declarations an app sees. */
const ENTRY = "infra/eks-remediation.d.ts";

/** Writes the declarations of the construct, and of what they need, into a folder, beside an `index.d.ts` for all of them. */
export function writeDeclarations(folder: string): void {
  const emitted = mkdtempSync(join(tmpdir(), "declarations-"));
  try {
    execFileSync(process.execPath, [
      pathTo("node_modules/typescript/bin/tsc"),
      ...["--project", pathTo("tools/package/declarations.json"), "--outDir", emitted],
    ]);
    const needed = new Set([join(emitted, ENTRY)]);
    for (const file of needed) {
      const text = readFileSync(file, "utf8");
      for (const [, path = ""] of text.matchAll(/(?:from |import\()"(\.[^"]+)\.ts"/g)) {
        needed.add(join(dirname(file), `${path}.d.ts`));
      }
      write(join(folder, relative(emitted, file)), text.replace(/((?:from |import\()"\.[^"]+)\.ts"/g, '$1.js"'));
    }
  } finally {
    rmSync(emitted, { recursive: true });
  }
  write(join(folder, "index.d.ts"), `export * from "./${ENTRY.replace(".d.ts", ".js")}";\n`);
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
