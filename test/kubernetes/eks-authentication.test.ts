import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HttpCluster } from "../../functions/shared/cluster/http-cluster.ts";
import {
  startSts,
  startTokenWebhook,
  writeAccessEntries,
  type Server,
  type TokenWebhook,
  type WebhookOptions,
} from "../../local/cluster/authenticator.ts";
import { startCluster, type RunningCluster } from "../../local/cluster/control-plane.ts";
import {
  CLUSTER,
  detect,
  ended,
  ENTRIES,
  newcomer,
  person,
  PRINCIPALS,
  rewritten,
  sessionOf,
  stranger,
  tokenOf,
  urlIn,
  verbose,
  verify,
} from "./eks-principals.ts";
import { review, send, serveAws, type Answer } from "./eks-requests.ts";

const execute = promisify(execFile);
const RBAC = fileURLToPath(new URL("../../infra/rbac.yaml", import.meta.url));
/** Long enough to build the binaries the first time. */
const START_MS = 15 * 60_000;

let parent: string;
let sts: Server;
let webhook: TokenWebhook;
let cluster: RunningCluster;
const started: Pick<Server, "stop">[] = [];

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), "eks-authentication-"));
  const progress = (line: string) => {
    console.log(line);
  };
  sts = keep(await startSts({ directory: parent, principals: PRINCIPALS, progress }));
  webhook = await startWebhook("webhook");
  const authentication = { webhookConfig: webhook.webhookConfig };
  cluster = keep(await startCluster({ directory: join(parent, "cluster"), controllers: false, authentication }));
  await execute(cluster.kubectl, ["--kubeconfig", cluster.kubeconfig, "apply", "-f", RBAC]);
}, START_MS);
afterAll(async () => {
  for (const server of started.toReversed()) await server.stop();
  rmSync(parent, { recursive: true, force: true });
});

function keep<T extends Pick<Server, "stop">>(server: T): T {
  started.push(server);
  return server;
}

/** A webhook of the cluster, with a directory of its own. */
async function startWebhook(name: string, options: Partial<WebhookOptions> = {}): Promise<TokenWebhook> {
  const directory = join(parent, name);
  mkdirSync(directory);
  return keep(
    await startTokenWebhook({ directory, ...CLUSTER, stsEndpoint: sts.url, accessEntries: ENTRIES, ...options }),
  );
}

async function askApiServer(token: string, path: string, method = "GET", body?: unknown): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return await send(cluster.server + path, { method, headers, ca: cluster.ca }, body);
}

interface UserInfo {
  username: string;
  groups: string[];
  extra: Record<string, string[]>;
}

/** Whom the API server takes the token's bearer for. */
async function whoIs(token: string): Promise<UserInfo> {
  const question = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
  const answer = await askApiServer(token, "/apis/authentication.k8s.io/v1/selfsubjectreviews", "POST", question);
  expect(answer.status, answer.body).toBe(201);
  return (JSON.parse(answer.body) as { status: { userInfo: UserInfo } }).status.userInfo;
}

async function statusFor(token: string): Promise<number> {
  return (await askApiServer(token, "/version")).status;
}

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

async function withParameter(name: string, value: string): Promise<string> {
  return rewritten(await tokenOf(detect), ({ searchParams }) => {
    searchParams.set(name, value);
  });
}

async function onHost(host: string): Promise<string> {
  return rewritten(await tokenOf(detect), (url) => {
    url.host = host;
  });
}

describe("an API server that authenticates EKS tokens with the reference verifier", () => {
  it("takes a function for the session of its role, in the groups of its access entry", async () => {
    const { username, groups, extra } = await whoIs(await tokenOf(detect));

    expect(username).toBe("arn:aws:sts::111122223333:assumed-role/detect/a-function");
    expect(groups).toEqual(["eks-remediation:detect", "system:authenticated"]);
    expect(extra).toMatchObject({
      canonicalArn: ["arn:aws:iam::111122223333:role/detect"],
      sessionName: ["a-function"],
    });
  });

  it("takes the user name from the access entry, also of a role with a path", async () => {
    const { username, groups } = await whoIs(await tokenOf(verify));

    expect(username).toBe("eks-remediation:a-function");
    expect(groups).toEqual(["eks-remediation:verify", "shop:readers", "system:authenticated"]);
  });

  it("takes tokens of long-term credentials, which have no session token", async () => {
    const { username, groups } = await whoIs(await tokenOf(person));

    expect(username).toBe("arn:aws:iam::111122223333:user/person");
    expect(groups).toEqual(["shop:readers", "system:authenticated"]);
  });

  it("still takes a token when it is used for the last time", async () => {
    expect(await statusFor(await tokenOf(detect, { now: minutesAgo(14) }))).toBe(200);
  });

  it("gives the group the permissions of infra/rbac.yaml, and no other", async () => {
    const token = await tokenOf(detect);
    const authenticate = () => Promise.resolve({ authorization: `Bearer ${token}` });
    const client = new HttpCluster({ name: "prod", server: cluster.server, tls: { ca: cluster.ca }, authenticate });

    expect(await client.list("/api/v1/pods")).toEqual([]);
    const deletion = await askApiServer(token, "/api/v1/namespaces/default/pods/web-1", "DELETE");

    expect(deletion.status).toBe(403);
    expect(deletion.body).toMatch(/assumed-role\/detect\/a-function\S* cannot delete resource \S*pods/);
  });

  it("is told apart from another cluster's by its certificate, and found again when the cluster is looked up anew", async () => {
    const token = await tokenOf(detect);
    const authenticate = () => Promise.resolve({ authorization: `Bearer ${token}` });
    const stale = { name: "prod", server: cluster.server, authenticate };
    const renew = () => Promise.resolve({ ...stale, tls: { ca: cluster.ca } });

    await expect(new HttpCluster(stale).list("/api/v1/pods")).rejects.toMatchObject({
      name: "ClusterUnreachable",
      message: expect.stringContaining("has no certificate of this cluster") as string,
    });
    expect(await new HttpCluster({ ...stale, renew }).list("/api/v1/pods")).toEqual([]);
  });

  it("takes and refuses a role from the moment in which its access entry is made and deleted", async () => {
    const directory = join(parent, "webhook");
    const principalArn = "arn:aws:iam::111122223333:role/newcomer";
    const token = await tokenOf(newcomer);

    expect(await statusFor(token)).toBe(401);
    writeAccessEntries(directory, [...ENTRIES, { principalArn, kubernetesGroups: ["shop:readers"] }]);
    expect((await whoIs(token)).groups).toContain("shop:readers");
    writeAccessEntries(directory, ENTRIES);
    // A token that was accepted is not reviewed again for ten seconds.
    expect(await statusFor(await tokenOf(newcomer, { now: minutesAgo(1) }))).toBe(401);
  });

  const SIGNATURE = "was made for another cluster than prod, or changed afterwards";
  const aSecondAgo = () => new Date(Date.now() - 1_000).toISOString().replace(/[-:]|\.\d+/g, "");
  it.each<[what: string, token: () => Promise<string>, reason: string]>([
    ["of 16 minutes ago", () => tokenOf(detect, { now: minutesAgo(16) }), "The token is expired"],
    ["of ten minutes from now", () => tokenOf(detect, { now: minutesAgo(-10) }), "The token is not valid yet"],
    ["for another cluster", () => tokenOf(detect, { clusterName: "staging" }), SIGNATURE],
    ["with another signature", () => withParameter("X-Amz-Signature", "0".repeat(64)), SIGNATURE],
    ["with another date", () => withParameter("X-Amz-Date", aSecondAgo()), SIGNATURE],
    ["with another expiry", () => withParameter("X-Amz-Expires", "900"), SIGNATURE],
    ["with another action", () => withParameter("Action", "GetSessionToken"), "unexpected action parameter"],
    ["with one more parameter", () => withParameter("Marker", "1"), "non-whitelisted query parameter"],
    ["with a cut signature", async () => (await tokenOf(detect)).slice(0, -8), SIGNATURE],
    ["cut in the middle", async () => (await tokenOf(detect)).slice(0, 400), "The token is malformed"],
    ["for a host that is not STS", () => onHost("sts.eu-west-1.example.com"), "unexpected hostname"],
    ["for another partition", () => onHost("sts.cn-north-1.amazonaws.com.cn"), "does not support hostname"],
    ["for another region", () => onHost("sts.us-east-1.amazonaws.com"), SIGNATURE],
    ["without a URL", () => Promise.resolve("k8s-aws-v1.none"), "The token is malformed"],
    ["of another kind", () => Promise.resolve("eyJhbGciOiJSUzI1NiJ9.e30.x"), 'expected "k8s-aws-v1." prefix'],
    ["over 4,096 bytes", () => tokenOf(verbose), "token is too large"],
    ["of a wrong secret key", () => tokenOf({ ...detect, secretAccessKey: "guessed" }), SIGNATURE],
    ["of unknown credentials", () => tokenOf(sessionOf("unknown")), "STS does not know the credentials"],
    ["without its session token", () => tokenOf({ ...person, accessKeyId: detect.accessKeyId }), "STS does not know"],
    ["of credentials that have ended", () => tokenOf(ended), "credentials that the token was made with are expired"],
    [
      "of a role without an access entry",
      () => tokenOf(stranger),
      "no access entry for arn:aws:iam::111122223333:role/",
    ],
  ])("refuses a token %s with HTTP 401, and the webhook says why", async (_what, make, reason) => {
    const token = await make();

    expect(await statusFor(token)).toBe(401);
    const { authenticated, error, user } = await review(token, webhook);
    expect(authenticated).not.toBe(true);
    expect(user).toEqual({});
    expect(error).toContain(reason);
  });
});

describe("the reference verifier of a partition", () => {
  it.each([
    ["aws", "eu-west-1"],
    ["aws-cn", "cn-north-1"],
    ["aws-us-gov", "us-gov-west-1"],
    ["aws-eusc", "eusc-de-east-1"],
    ["aws-iso", "us-iso-east-1"],
    ["aws-iso-b", "us-isob-east-1"],
    ["aws-iso-e", "eu-isoe-west-1"],
    ["aws-iso-f", "us-isof-south-1"],
  ])("%s accepts a token of %s", async (partition, region) => {
    const local = await startWebhook(partition, { partition, region });

    expect(await review(await tokenOf(detect, { region }), local)).toMatchObject({ authenticated: true });
  });
});

describe("the webhook", () => {
  it("reads access entries from an EKS API, page by page", async () => {
    const eks = keep(
      await serveAws("eks", {
        "/clusters/prod/access-entries": { accessEntries: ["arn:aws:iam::1:role/other"], nextToken: "second" },
        "/clusters/prod/access-entries?nextToken=second": { accessEntries: ["arn:aws:iam::111122223333:role/detect"] },
        "/clusters/prod/access-entries/arn:aws:iam::111122223333:role%2Fdetect": {
          accessEntry: { kubernetesGroups: ["eks-remediation:detect"], username: "detect" },
        },
      }),
    );
    const ofEks = await startWebhook("eks", { accessEntries: { eksEndpoint: eks.url } });

    const accepted = await review(await tokenOf(detect), ofEks);
    const refused = await review(await tokenOf(stranger), ofEks);

    expect(accepted).toMatchObject({ authenticated: true });
    expect(accepted.user).toMatchObject({ username: "detect", groups: ["eks-remediation:detect"] });
    expect(refused.error).toContain("no access entry");
  });

  it("refuses everybody while STS or the access entries cannot be reached, and says so", async () => {
    const nowhere = "http://127.0.0.1:1";
    const withoutSts = await startWebhook("without-sts", { stsEndpoint: nowhere });
    const withoutEks = await startWebhook("without-eks", { accessEntries: { eksEndpoint: nowhere } });
    const token = await tokenOf(detect);

    expect((await review(token, withoutSts)).error).toContain("could not be verified");
    expect((await review(token, withoutEks)).error).toContain("access entries of cluster prod could not be read");
  });
});

describe("the stand-in STS", () => {
  /** Sends what is in a token as a client of STS would, which reads XML. */
  async function askSts({ clusterName = "prod", without = "", now = new Date() } = {}): Promise<Answer> {
    const { host, searchParams } = urlIn(await tokenOf(detect, { now }));
    searchParams.delete(without);
    return await send(`${sts.url}/?${searchParams.toString()}`, { headers: { host, "x-k8s-aws-id": clusterName } });
  }

  it("tells who presigned the request", async () => {
    const { status, body } = await askSts();

    expect(status).toBe(200);
    expect(body).toContain("<Arn>arn:aws:sts::111122223333:assumed-role/detect/a-function</Arn>");
  });

  it.each([
    ["that says another cluster's name than the signed one", { clusterName: "staging" }, "SignatureDoesNotMatch"],
    ["of 16 minutes ago", { now: minutesAgo(16) }, "SignatureDoesNotMatch"],
    ["without the session token", { without: "X-Amz-Security-Token" }, "InvalidClientTokenId"],
    ["without the signature", { without: "X-Amz-Signature" }, "IncompleteSignature"],
  ])("refuses a request %s", async (_what, request, code) => {
    const { status, body } = await askSts(request);

    expect(status).toBe(403);
    expect(body).toContain(`<Code>${code}</Code>`);
  });
});
