import { resourceOfKind } from "../resources.ts";
import type { ApiObject } from "../api-object.ts";
import type { Arguments } from "./arguments.ts";
import { pathOf, printedName, type Client } from "./client.ts";

/** `kubectl create namespace|deployment|quota|secret generic|configmap NAME ...` */
export async function create(client: Client, args: Arguments, words: readonly string[]): Promise<string> {
  const object = objectOf(args, words);
  const resource = resourceOfKind(object.kind ?? "");
  await client.request("POST", pathOf(resource, args.namespace), { body: object, manager: args.manager("create") });
  return `${printedName(resource, object.metadata?.name ?? "")} created\n`;
}

function objectOf(args: Arguments, [what = "", ...names]: readonly string[]): ApiObject {
  const name = (what === "secret" ? names[1] : names[0]) ?? "";
  const metadata = { name };
  switch (what === "secret" ? `secret ${names[0] ?? ""}` : what) {
    case "namespace":
    case "ns":
      return { kind: "Namespace", metadata };
    case "deployment":
    case "deploy":
      return deployment(args, name);
    case "quota":
      return { kind: "ResourceQuota", metadata, spec: { hard: pairs((args.option("hard") ?? "").split(",")) } };
    case "secret generic":
      return { kind: "Secret", metadata, type: "Opaque", stringData: pairs(args.options("from-literal")) };
    case "configmap":
    case "cm":
      return { kind: "ConfigMap", metadata, data: pairs(args.options("from-literal")) };
    default:
      throw new Error(`error: kubectl create ${what} is not known to the embedded cluster`);
  }
}

function deployment(args: Arguments, name: string): ApiObject {
  const labels = { app: name };
  const containers = args.options("image").map((image) => ({ name: containerName(image), image }));
  return {
    kind: "Deployment",
    metadata: { name, labels },
    spec: {
      replicas: Number(args.option("replicas") ?? 1),
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
    },
  };
}

/** The last part of an image's name, without tag or digest. */
function containerName(image: string): string {
  return image.split("/").at(-1)?.split(/[:@]/)[0] ?? "";
}

function pairs(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [key = "", value = ""] = text.split(/=(.*)/s);
      return [key, value];
    }),
  );
}
