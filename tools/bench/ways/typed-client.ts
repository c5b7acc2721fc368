import { CoreV1Api, KubeConfig, type V1Pod } from "@kubernetes/client-node";
import { readConnection, report } from "./connection.ts";

// The generated client, page by page, as its examples do it.
const config = new KubeConfig();
config.loadFromFile(readConnection().kubeconfig);
const core = config.makeApiClient(CoreV1Api);
const pods: V1Pod[] = [];
let token: string | undefined;
do {
  const page = await core.listPodForAllNamespaces({ limit: 500, ...(token === undefined ? {} : { _continue: token }) });
  pods.push(...page.items);
  token = page.metadata?._continue;
} while (token !== undefined && token !== "");
report(
  pods.filter((pod) => pod.status?.containerStatuses?.some((status) => status.state?.waiting !== undefined)).length,
);
