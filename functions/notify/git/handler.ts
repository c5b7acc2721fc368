import { setTimeout as sleep } from "node:timers/promises";
import { lastKnownGood } from "../../lambda/last-known-good.ts";
import { observed } from "../../lambda/lambda.ts";
import { readSecretValue } from "../../lambda/secret.ts";
import { readSecret } from "../deliver/secret.ts";
import { deployedOf } from "./deployed.ts";
import { githubServer } from "./github.ts";
import { gitlabServer } from "./gitlab.ts";
import { ledgerIn } from "./ledger.ts";
import { GitRepository, idOf } from "./settings.ts";
import { tellGit, type GitEnvironment } from "./tell.ts";
import { tokenIn } from "./token.ts";
import { basisOf, webhookServer } from "./webhook.ts";

/** How long a secret is used before it is read again, in seconds. */
const SECRET_SECONDS = 60;

const repository = GitRepository.parse(JSON.parse(process.env["GIT_REPOSITORY"] ?? "{}"));
const secret = lastKnownGood(() => readSecret(repository.secret, readSecretValue), SECRET_SECONDS);
const ledger = ledgerIn(process.env["RECORD_TABLE"] ?? "", idOf(repository));

const server: GitEnvironment["server"] = async (document) => {
  const token = tokenIn(await secret());
  switch (repository.kind) {
    case "github":
      return githubServer(repository, token);
    case "gitlab":
      return gitlabServer(repository, token);
    case "webhook": {
      const deployed = deployedOf(document);
      return webhookServer(repository, token, basisOf(document, "unsure" in deployed ? undefined : deployed));
    }
  }
};

/** Tells the topic's outcomes in the repository in `GIT_REPOSITORY`, and remembers what it told in the table `RECORD_TABLE`. */
export const handler = observed(
  async (event) => await tellGit(event, { repository, ledger, server, now: () => new Date(), sleep }),
);
