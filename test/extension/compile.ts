import { execFileSync } from "node:child_process";
import { Copy } from "./copy.ts";

/** `npm run build`: compiles the tree with the additions that the tests make, which is when these are compiled, too. */

const copy = new Copy();
try {
  for (const addition of ["cause", "remedy", "kind"]) copy.add(addition);
  execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "--noEmit"], {
    cwd: copy.directory,
    stdio: "inherit",
  });
} catch (error) {
  process.stderr.write(`The tree with test/extension in it does not compile: ${(error as Error).message}\n`);
  process.exitCode = 1;
} finally {
  copy.remove();
}
