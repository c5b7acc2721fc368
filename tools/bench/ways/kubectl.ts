import { spawn } from "node:child_process";
import { readConnection, report } from "./connection.ts";

// What a shell script does: everything as JSON through kubectl, parsed as a whole.
const { kubectl, kubeconfig } = readConnection();
const child = spawn(kubectl, ["--kubeconfig", kubeconfig, "get", "pods", "--all-namespaces", "--output", "json"], {
  stdio: ["ignore", "pipe", "inherit"],
});
const chunks: Buffer[] = [];
child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
  child.once("close", (...how) => {
    resolve(how);
  }),
);
if (code !== 0) throw new Error(`kubectl ended with ${signal ?? `exit code ${code ?? "none"}`}`);
interface Pods {
  items: { status?: { containerStatuses?: { state?: { waiting?: object } }[] } }[];
}
const { items } = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Pods;
report(
  items.filter(({ status }) => status?.containerStatuses?.some(({ state }) => state?.waiting !== undefined)).length,
);
