import { clusterOfArn } from "../../functions/shared/cluster-name.ts";
import { entriesFor, type SettingsHere } from "../../functions/shared/settings-here.ts";
import type { FleetStorm } from "../../functions/shared/fleet-storms.ts";
import { parseSettings, parseSwitch, type Settings, type Switch } from "../../functions/shared/settings.ts";

/** What is set at run time in a scenario, as two parameters hold it in AWS. */
export class SetAtRunTime {
  /** What the names of the parameters would begin with. */
  static readonly path = "/eks-remediation/played";
  #settings: string | undefined;
  #stop: string | undefined;
  #fleetStorm: string | undefined;
  #taken: string | undefined;

  /** Sets it, as JSON or as somebody has written it. @param filled replaces placeholders */
  settings(settings: Settings | string, filled: (text: string) => string): void {
    this.#settings = filled(typeof settings === "string" ? settings : JSON.stringify(settings));
  }

  /** Stops everything for a reason, or lets it go on. */
  stop(reason: string | false): void {
    const who = { by: "somebody", at: "2026-06-01T12:00:00Z" };
    const value: Switch = reason === false ? { stopped: false, ...who } : { stopped: true, ...who, reason };
    this.#stop = JSON.stringify(value);
  }

  /** Has three other clusters fail alike by a sign, of which one is remedied first. @param filled replaces placeholders */
  fleetStorm(sign: string, filled: (text: string) => string): void {
    this.#fleetStorm = filled(sign);
  }

  /** Has other clusters take all places that there are for a sign. @param filled replaces placeholders */
  fleetPlaces(sign: string, filled: (text: string) => string): void {
    this.#taken = filled(sign);
  }

  /** Whether there is a place for a sign. */
  fleetPlace(sign: string): boolean {
    return sign !== this.#taken;
  }

  /** In which ways clusters fail alike at a moment. */
  fleetStorms(now: Date): FleetStorm[] {
    if (this.#fleetStorm === undefined) return [];
    const [at, clusters] = [now.toISOString(), ["alpha", "beta", "gamma"]];
    return [{ sign: this.#fleetStorm, since: at, at, clusters, mended: [], let_on: ["alpha"], told: at }];
  }

  /** What a step reads; undefined where the scenario sets nothing. */
  read(clusterName: string): SettingsHere | undefined {
    if (this.#settings === undefined && this.#stop === undefined) return undefined;
    const { path } = SetAtRunTime;
    const stopped = parseSwitch(this.#stop);
    const place = clusterOfArn(clusterName) ?? { name: clusterName, account: "111122223333", region: "eu-central-1" };
    try {
      return { path, stopped, entries: entriesFor(parseSettings(this.#settings), place) };
    } catch (error) {
      return { path, stopped, entries: [], unreadable: `They are malformed: ${(error as Error).message}` };
    }
  }
}
