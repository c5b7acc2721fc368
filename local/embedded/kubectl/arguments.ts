/** Options with a value, by each of their names. */
const WITH_VALUE: Readonly<Record<string, string>> = {
  "-n": "namespace",
  "--namespace": "namespace",
  "-o": "output",
  "--output": "output",
  "-p": "patch",
  "--patch": "patch",
  "--type": "type",
  "-f": "filename",
  "--filename": "filename",
  "-l": "selector",
  "--selector": "selector",
  "--field-selector": "field-selector",
  "--replicas": "replicas",
  "--timeout": "timeout",
  "--for": "for",
  "--image": "image",
  "--hard": "hard",
  "--from-literal": "from-literal",
  "--grace-period": "grace-period",
  "--to-revision": "to-revision",
  "--field-manager": "field-manager",
  "--subresource": "subresource",
};

/** Options that are on or off. */
const SWITCHES: Readonly<Record<string, string>> = {
  "--all": "all",
  "-A": "all-namespaces",
  "--all-namespaces": "all-namespaces",
  "--wait": "wait",
  "--ignore-not-found": "ignore-not-found",
  "--overwrite": "overwrite",
  "--force": "force",
  "--server-side": "server-side",
  "--force-conflicts": "force-conflicts",
};

/** The arguments of a kubectl command, taken apart. */
export class Arguments {
  /** What is no option: the command's words first. */
  readonly words: string[] = [];
  readonly #options = new Map<string, string[]>();

  /** @throws Error for an option that is not known here */
  constructor(args: readonly string[]) {
    const rest = [...args];
    for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
      if (!arg.startsWith("-") || arg === "-") {
        this.words.push(arg);
        continue;
      }
      const [, option = "", given] = /^([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
      const valued = WITH_VALUE[option];
      const name = valued ?? SWITCHES[option];
      if (name === undefined) throw new Error(`error: unknown option ${option} of kubectl ${args.join(" ")}`);
      const value = given ?? (valued === undefined ? "true" : rest.shift());
      if (value === undefined) throw new Error(`error: ${option} needs a value: kubectl ${args.join(" ")}`);
      this.#options.set(name, [...(this.#options.get(name) ?? []), value]);
    }
  }

  /** The last value of an option. */
  option(name: string): string | undefined {
    return this.options(name).at(-1);
  }

  /** Every value of an option that may be given more than once. */
  options(name: string): string[] {
    return this.#options.get(name) ?? [];
  }

  isOn(name: string, otherwise = false): boolean {
    const value = this.option(name);
    return value === undefined ? otherwise : value === "true";
  }

  /** A duration option such as `60s` or `2m`, in seconds. */
  seconds(name: string, otherwise: number): number {
    const [, amount, unit = "s"] = /^(\d+)([smh]?)$/.exec(this.option(name) ?? "") ?? [];
    if (amount === undefined) return otherwise;
    return Number(amount) * ({ s: 1, m: 60, h: 3_600 }[unit] ?? 1);
  }

  /** What a write is to be known by: what `--field-manager` says, or else what kubectl calls this command. */
  manager(command: string): string {
    return this.option("field-manager") ?? `kubectl-${command}`;
  }

  get namespace(): string {
    return this.option("namespace") ?? "default";
  }
}
