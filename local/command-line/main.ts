import { existsSync } from "node:fs";
import nodeModule from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

// A run needs some two thousand modules. What Node makes of each is kept, so that it is not made anew by every command: in a folder of
// the user's own, since whoever can write to it says what is run. Nothing is kept for who has no home, nor by Node before 22.
const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
if ("enableCompileCache" in nodeModule && existsSync(dirname(cache))) {
  nodeModule.enableCompileCache(join(cache, "eks-remediation", "compiled"));
}

await import("./commands.ts");
