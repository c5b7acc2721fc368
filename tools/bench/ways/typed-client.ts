import { CoreV1Api, KubeConfig, setHeaderOptions, type V1Pod } from "@kubernetes/client-node";
import { readConnection, report } from "./connection.ts";
import { failingAmong } from "./pods.ts";

// The generated client, page by page, as its examples do it.
const { kubeconfig, compressed } = readConnection();
const config = new KubeConfig();
config.loadFromFile(kubeconfig);
const core = config.makeApiClient(CoreV1Api);
const options = compressed ? undefined : setHeaderOptions("accept-encoding", "identity");
const pods: V1Pod[] = [];
let token: string | undefined;
do {
  const part = { limit: 500, ...(token === undefined ? {} : { _continue: token }) };
  const page = await core.listPodForAllNamespaces(part, options);
  pods.push(...page.items);
  token = page.metadata?._continue;
} while (token !== undefined && token !== "");
report(failingAmong(pods));
