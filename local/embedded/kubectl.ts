import { readFileSync } from "node:fs";
import type { Clock } from "./clock.ts";
import { apply } from "./kubectl/apply.ts";
import { Arguments } from "./kubectl/arguments.ts";
import { cordon, patch, scale, setImage, setMetadata } from "./kubectl/change.ts";
import { Client } from "./kubectl/client.ts";
import { create } from "./kubectl/create.ts";
import { remove } from "./kubectl/delete.ts";
import { get } from "./kubectl/get.ts";
import { rollout } from "./kubectl/rollout.ts";
import { wait } from "./kubectl/wait.ts";

/** The commands of kubectl that people play scenarios with, for an embedded cluster. */
export class Kubectl {
  readonly #client: Client;

  /**
   * @param server the URL of the embedded API server
   * @param clock the cluster's, by which `--timeout` is measured
   */
  constructor(server: string, clock: Clock) {
    this.#client = new Client(server, clock);
  }

  /**
   * Runs a command, such as `["-n", "shop", "scale", "deployment/web", "--replicas=3"]`.
   * @param input what `-f -` reads
   * @returns what kubectl prints
   * @throws Error that says what kubectl says; also for a command or an option that is not known here
   */
  async run(args: readonly string[], input = ""): Promise<string> {
    const parsed = new Arguments(args);
    const [command = "", ...words] = parsed.words;
    const client = this.#client;
    switch (command) {
      case "apply":
        return await apply(client, parsed, manifests(parsed, input));
      case "patch":
        return await patch(client, parsed, words);
      case "annotate":
        return await setMetadata(client, parsed, words, "annotations");
      case "label":
        return await setMetadata(client, parsed, words, "labels");
      case "get":
        return await get(client, parsed, words);
      case "delete":
        return await remove(client, parsed, words);
      case "scale":
        return await scale(client, parsed, words);
      case "rollout":
        return await rollout(client, parsed, words);
      case "cordon":
      case "uncordon":
        return await cordon(client, words, command === "cordon");
      case "create":
        return await create(client, parsed, words);
      case "wait":
        return await wait(client, parsed, words);
      case "set":
        if (words[0] === "image") return await setImage(client, parsed, words.slice(1));
    }
    throw new Error(`error: kubectl ${[command, ...words.slice(0, 1)].join(" ")} is not known to the embedded cluster`);
  }
}

/** The text of the files that `-f` names, one YAML document after the other. */
function manifests(args: Arguments, input: string): string {
  return args
    .options("filename")
    .map((file) => (file === "-" ? input : readFileSync(file, "utf8")))
    .join("\n---\n");
}
