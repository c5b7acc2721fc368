/** An environment of a function: until when it is busy, and until when it has credentials for each account's role. */
interface Environment {
  busyUntil: number;
  credentials: Map<string, number>;
  listReadAt: number;
  settingsReadAt: number;
}

/** How long credentials, a list and settings are used, in seconds. Source: functions/lambda */
const CREDENTIALS_SECONDS = 3_600;
const LIST_SECONDS = 15;
const SETTINGS_SECONDS = 10;

/** What one invocation asked of AWS. */
export interface Asked {
  assumed: number;
  /** Reads of parameters: the list, with its further parameters, and both of what is set at run time. */
  reads: number;
}

/**
 * The environments of one function, of which Lambda is taken to choose the one that was busy last; how it chooses is not
 * documented. An environment that was idle for ten minutes is taken to be gone.
 */
export class Pool {
  private readonly environments: Environment[] = [];
  /** How many new ones were made. */
  made = 0;

  /**
   * Invokes the function.
   * @param session whose credentials it needs; undefined for none
   * @param settings whether it reads what is set at run time
   */
  invoke(at: number, seconds: number, session: string | undefined, settings: boolean): Asked {
    const idle = this.environments
      .filter(({ busyUntil }) => busyUntil <= at && at - busyUntil < 600)
      .reduce<Environment | undefined>(
        (last, each) => (last === undefined || each.busyUntil > last.busyUntil ? each : last),
        undefined,
      );
    const environment = idle ?? this.make();
    environment.busyUntil = at + seconds;
    const asked = { assumed: 0, reads: 0 };
    if (at - environment.listReadAt >= LIST_SECONDS) {
      environment.listReadAt = at;
      asked.reads += 2;
    }
    if (settings && at - environment.settingsReadAt >= SETTINGS_SECONDS) {
      environment.settingsReadAt = at;
      asked.reads += 2;
    }
    if (session !== undefined && (environment.credentials.get(session) ?? -1) <= at) {
      environment.credentials.set(session, at + CREDENTIALS_SECONDS);
      asked.assumed = 1;
    }
    return asked;
  }

  private make(): Environment {
    this.made++;
    const environment = { busyUntil: 0, credentials: new Map(), listReadAt: -Infinity, settingsReadAt: -Infinity };
    this.environments.push(environment);
    return environment;
  }
}

/** How many of something there were in all, and at most in one second. */
export class Rate {
  private readonly seconds = new Map<number, number>();
  total = 0;

  add(at: number, number = 1): void {
    const second = Math.floor(at);
    this.total += number;
    if (number > 0) this.seconds.set(second, (this.seconds.get(second) ?? 0) + number);
  }

  get most(): number {
    return [...this.seconds.values()].reduce((most, number) => Math.max(most, number), 0);
  }
}

/** How many of what begins and ends are there at once, at most. */
export class AtOnce {
  private readonly changes: [at: number, by: number][] = [];

  add(at: number, seconds: number): void {
    this.changes.push([at, 1], [at + seconds, -1]);
  }

  get most(): number {
    let [now, most] = [0, 0];
    for (const [, by] of this.changes.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
      now += by;
      most = Math.max(most, now);
    }
    return most;
  }
}
