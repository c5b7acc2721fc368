import { describe, expect, it } from "vitest";
import { addressIn } from "../../../../functions/notify/deliver/address.ts";
import type { Destination } from "../../../../functions/notify/deliver/destinations.ts";

const KEY = "R0123456789ABCDEF0123456789ABCDE";

describe("the secret of a destination", () => {
  it.each<[Destination, string, string]>([
    [
      "slack",
      "https://hooks.slack.com/services/T0/B0/secretsecret\n",
      "https://hooks.slack.com/services/T0/B0/secretsecret",
    ],
    [
      "teams",
      "https://prod-1.westeurope.logic.azure.com/workflows/1?sig=s",
      "https://prod-1.westeurope.logic.azure.com/workflows/1?sig=s",
    ],
    ["teams", "https://a.00.environment.api.powerplatform.com/x", "https://a.00.environment.api.powerplatform.com/x"],
    ["pagerDuty", KEY, "https://events.pagerduty.com/v2/enqueue"],
    ["pagerDuty", `{"routing_key": "${KEY}", "region": "eu"}`, "https://events.eu.pagerduty.com/v2/enqueue"],
  ])("of %s leads where its messages go", (destination, secret, url) => {
    const address = addressIn(secret, destination);

    expect(address.url.href).toBe(url);
    expect(address.routingKey).toBe(destination === "pagerDuty" ? KEY : undefined);
  });

  it.each<[Destination, string]>([
    ["slack", ""],
    ["slack", "http://hooks.slack.com/services/T0/B0/secretsecret"],
    ["slack", "https://hooks.slack.com.evil.example/services/secretsecret"],
    ["slack", "https://evil.example/hooks.slack.com/secretsecret"],
    ["slack", "https://hooks.slack.com@evil.example/secretsecret"],
    ["slack", "https://user:secretsecret@hooks.slack.com/services"],
    ["slack", "https://hooks.slack.com:8443/services/secretsecret"],
    ["slack", "https://169.254.169.254/latest/secretsecret"],
    ["slack", "https://x.webhook.office.com/secretsecret"],
    ["teams", "https://webhook.office.com/secretsecret"],
    ["teams", "https://evil-logic.azure.com.example/secretsecret"],
    ["teams", "https://xlogic.azure.com/secretsecret"],
    ["pagerDuty", "https://events.pagerduty.com/secretsecret"],
    ["pagerDuty", '{"routing_key": "secretsecret"}'],
    ["pagerDuty", `{"routing_key": "${KEY}", "host": "evil.example/secretsecret"}`],
    ["pagerDuty", "{secretsecret"],
  ])("of %s leads nowhere else, and is not told: %s", (destination, secret) => {
    const told = (() => {
      try {
        return addressIn(secret, destination);
      } catch (error) {
        return error as Error;
      }
    })();

    expect(told).toMatchObject({ name: "DeliveryRefused" });
    expect((told as Error).message).not.toContain("secretsecret");
  });
});
