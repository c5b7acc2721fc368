import nodeModule from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

// A run needs some two thousand modules. What Node makes of each is kept, so that it is not made anew by every command: in a folder of
// the user's own, since whoever can write to it says what is run. Node before 22 keeps nothing.
const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
if ("enableCompileCache" in nodeModule) nodeModule.enableCompileCache(join(cache, "eks-remediation", "compiled"));

await import("./commands.ts");
