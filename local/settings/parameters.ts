import { GetParametersCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { userInfo } from "node:os";
import { CLIENT_OPTIONS } from "../../functions/shared/aws/client-options.ts";
import { refusalOf } from "../../functions/shared/aws/refusal.ts";
import { parameterNames } from "../../functions/shared/settings.ts";
import { CommandLineError } from "../command-line/command-line-error.ts";

/** Who it is that stops everything is not worth waiting for. */
const QUICK = { requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000 }, maxAttempts: 1 } as const;

/** What is set at run time cannot be read or written: no deployment reads it there, or AWS does not let it be. */
export class SettingsUnavailable extends CommandLineError {
  override readonly name = "SettingsUnavailable";
}

/** The parameters of a deployment, as they are. */
export interface ParametersRead {
  /** The ARN of the cluster that the deployment is for. */
  of: string;
  settings?: string | undefined;
  stop?: string | undefined;
}

/** The parameters that a deployment reads. */
export interface Parameters {
  /** @throws SettingsUnavailable also where no deployment reads what is set there */
  read: () => Promise<ParametersRead>;
  /** @throws SettingsUnavailable */
  write: (which: "settings" | "stop", text: string) => Promise<void>;
  /** Who this is, as AWS knows it; as this machine does, where AWS does not say. */
  whoAmI: () => Promise<string>;
}

/**
 * The parameters of a deployed stack.
 * @param path what their names begin with: the stack's output SettingsPath
 * @param region as the AWS SDK finds it by default
 */
export function parametersAt(path: string, region: string | undefined): Parameters {
  const options = { ...CLIENT_OPTIONS, ...(region === undefined ? {} : { region }) };
  const client = new SSMClient(options);
  const names = parameterNames(path);
  return {
    async read() {
      const command = new GetParametersCommand({ Names: Object.values(names) });
      const { Parameters: found = [] } = await asking("read", () => client.send(command));
      const textOf = (name: string) => found.find(({ Name }) => Name === name)?.Value;
      const of = textOf(names.of);
      if (of === undefined) {
        throw new SettingsUnavailable(
          `No deployment in this account and region reads what is set at ${path}: ${names.of} is missing. Give --path the stack's output SettingsPath, and --region its region.`,
        );
      }
      return { of, settings: textOf(names.settings), stop: textOf(names.stop) };
    },
    async write(which, text) {
      const value = { Name: names[which], Value: text, Type: "String", Overwrite: true } as const;
      // More than a standard parameter holds makes it an advanced one, which is paid.
      await asking("written", () => client.send(new PutParameterCommand({ ...value, Tier: "Intelligent-Tiering" })));
    },
    async whoAmI() {
      try {
        const { Arn } = await new STSClient({ ...options, ...QUICK }).send(new GetCallerIdentityCommand());
        return Arn ?? userInfo().username;
      } catch {
        return userInfo().username;
      }
    },
  };
}

/** @throws SettingsUnavailable with what AWS answers */
async function asking<T>(what: "read" | "written", work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { message, cause } = refusalOf(error);
    throw new SettingsUnavailable(`What is set at run time cannot be ${what}: ${cause.name}: ${message}`, { cause });
  }
}
