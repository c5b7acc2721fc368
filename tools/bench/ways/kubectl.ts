import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { peakOf, readConnection, report, usedBySelf } from "./connection.ts";
import { failingAmong } from "./pods.ts";

// What a shell script does: everything as JSON through kubectl, parsed as a whole.
const { kubectl, kubeconfig, compressed } = readConnection();
const child = spawn(
  kubectl,
  [
    ...["--kubeconfig", kubeconfig, `--disable-compression=${String(!compressed)}`],
    ...["get", "pods", "--all-namespaces", "--output", "json"],
  ],
  { stdio: ["ignore", "pipe", "inherit"] },
);
/** Of a process that has ended nobody tells what it took, so that it is asked while it runs. */
const used = { cpuSeconds: 0, peakBytes: 0 };
const TICKS_A_SECOND = 100;
const asking = setInterval(() => {
  try {
    const fields =
      readFileSync(`/proc/${child.pid ?? 0}/stat`, "utf8")
        .split(") ")[1]
        ?.split(" ") ?? [];
    used.cpuSeconds = (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
    used.peakBytes = Math.max(used.peakBytes, peakOf(child.pid ?? 0) ?? 0);
  } catch {
    // It has ended, or this system has no /proc.
  }
}, 20);
const chunks: Buffer[] = [];
child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
  child.once("close", (...how) => {
    resolve(how);
  }),
);
clearInterval(asking);
if (code !== 0) throw new Error(`kubectl ended with ${signal ?? `exit code ${code ?? "none"}`}`);
const { items } = JSON.parse(Buffer.concat(chunks).toString("utf8")) as { items: Parameters<typeof failingAmong>[0] };
const told = failingAmong(items);
const { peakBytes, cpuSeconds } = usedBySelf();
report(told, {
  requests: undefined,
  peakBytes: peakBytes + used.peakBytes,
  cpuSeconds: cpuSeconds + used.cpuSeconds,
});
