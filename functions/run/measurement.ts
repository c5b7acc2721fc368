import type { Outcome } from "./contracts.ts";

/** The metrics of the workflow, each with the dimension `cluster` and those named here. */
interface Dimensions {
  /** How long a scan took, in milliseconds. */
  ScanTime: object;
  PodsSeen: object;
  /** This and the next two have a value only where it is not zero. */
  FailingPods: object;
  /** Failing workloads that a scan left alone: claimed, cooling down, or left to a person. */
  Resting: object;
  /** Parts of the cluster that a scan could not look at. */
  UnseenParts: object;
  /** Workloads that were diagnosed. */
  Incidents: { cause: string };
  /** Remedies that were carried out. */
  Remedies: { action: string; outcome: Outcome };
  Outcomes: { outcome: Outcome };
  /** From the first sign of a failure to its verified end, in seconds. */
  TimeToVerifiedFix: object;
  /** Alarms, alerts and events by which a look was not started, by why. */
  EventsIgnored: { why: string };
  /** Steps that met the switch that stops everything. */
  Stopped: object;
  /** Steps that could not use what is set at run time. */
  SettingsUnreadable: object;
  /** Outcomes that a person has to look at. */
  NeedsPerson: object;
  /** Outcomes that people were told, and of which no record was kept. */
  RecordsNotKept: object;
}

export type MetricName = keyof Dimensions;

/** One value of one metric. */
export type Measurement = {
  [Name in MetricName]: { name: Name; value: number; dimensions?: Dimensions[Name] };
}[MetricName];

/** The unit of the metrics that are not plain counts. */
export const UNITS: Readonly<Partial<Record<MetricName, "Milliseconds" | "Seconds">>> = {
  ScanTime: "Milliseconds",
  TimeToVerifiedFix: "Seconds",
};
