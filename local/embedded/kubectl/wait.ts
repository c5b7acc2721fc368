import type { ApiObject } from "../api-object.ts";
import { fieldAt } from "../api/fields.ts";
import type { Arguments } from "./arguments.ts";
import { printedName, type Client } from "./client.ts";
import { objectsOf } from "./targets.ts";

const DEFAULT_SECONDS = 30;

/** `kubectl wait pod/web --for=condition=Ready[=False] | --for=delete` */
export async function wait(client: Client, args: Arguments, words: readonly string[]): Promise<string> {
  const found = await objectsOf(client, args, words);
  if (found.length === 0) throw new Error("error: no matching resources found");
  const wanted = args.option("for") ?? "";
  const seconds = args.seconds("timeout", DEFAULT_SECONDS);
  for (const { path, object } of found) {
    await client.until(async () => holds(await client.find(path), object, wanted), seconds);
  }
  return found
    .map(({ resource, object }) => `${printedName(resource, object.metadata?.name ?? "")} condition met\n`)
    .join("");
}

function holds(now: ApiObject | undefined, before: ApiObject, wanted: string): boolean {
  if (wanted === "delete") return now?.metadata?.uid !== before.metadata?.uid;
  const [, type = "", status = "True"] = /^condition=([^=]+)(?:=(.*))?$/.exec(wanted) ?? [];
  if (type === "") throw new Error(`error: unrecognized condition: ${JSON.stringify(wanted)}`);
  return conditionsOf(now).some(
    (condition) =>
      condition.type.toLowerCase() === type.toLowerCase() && condition.status.toLowerCase() === status.toLowerCase(),
  );
}

function conditionsOf(object: ApiObject | undefined): { type: string; status: string }[] {
  const conditions = fieldAt(object, ["status", "conditions"]);
  return Array.isArray(conditions) ? (conditions as { type: string; status: string }[]) : [];
}
