import { existsSync } from "node:fs";
import nodeModule from "node:module";
import { dirname, join } from "node:path";
import { cacheFolder } from "../cache-folder.ts";

// A run needs some two thousand modules. What Node makes of each is kept, so that it is not made anew by every command: in a folder of
// the user's own, since whoever can write to it says what is run. Nothing is kept for who has no home, nor by Node before 22.
const cache = cacheFolder();
if ("enableCompileCache" in nodeModule && existsSync(dirname(dirname(cache)))) {
  nodeModule.enableCompileCache(join(cache, "compiled"));
}

await import("./commands.ts");
