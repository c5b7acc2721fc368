import * as z from "zod";
import { ignored, lookAt, together, understood, type Found } from "./found.ts";

/** How much of a message is read, in characters: more than SNS carries is none of its messages. */
const MAX_MESSAGE = 262_144;
/** Alertmanager sends as many alerts as are in a group; so many of them are looked at. */
const MAX_ALERTS = 200;

/**
 * What Alertmanager sends to a webhook, as far as it is used. In a message of SNS it is what the template makes of it.
 * Source: prometheus.io/docs/alerting/latest/configuration, "webhook_config"
 */
const Alerts = z.object({ alerts: z.array(z.unknown()) });
const Alert = z.object({
  status: z.enum(["firing", "resolved"]),
  labels: z.record(z.string(), z.string()),
});

/** A look at each namespace in which an alert fires; at the whole cluster for one that names no namespace. */
export function readAlerts(message: string, clusterName: string): Found {
  if (message.length > MAX_MESSAGE) return ignored("TooLarge");
  return understood(Alerts, parsed(message), ({ alerts }) => {
    const read = alerts.slice(0, MAX_ALERTS).map((alert) => readAlert(alert, clusterName));
    const more = alerts.slice(MAX_ALERTS).map(() => ignored("TooMany"));
    return together([...read, ...more]);
  });
}

function readAlert(alert: unknown, clusterName: string): Found {
  return understood(Alert, alert, ({ status, labels }) => {
    const cluster = labels["cluster_name"] ?? labels["cluster"] ?? clusterName;
    if (cluster !== clusterName) return ignored("OtherCluster");
    if (status !== "firing") return ignored("NotFiring");
    // A metric about an object in another namespace than its exporter's keeps the object's under this name.
    const namespace = labels["exported_namespace"] ?? labels["namespace"];
    return lookAt(namespace, `alert ${labels["alertname"] ?? "without a name"}`);
  });
}

function parsed(message: string): unknown {
  try {
    return JSON.parse(message) as unknown;
  } catch {
    return undefined;
  }
}
