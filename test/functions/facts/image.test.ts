import { describe, expect, it } from "vitest";
import { IMAGE_REASONS, imageMeaning } from "../../../functions/facts/image.ts";
import { statusSayings } from "../../../functions/facts/sayings.ts";
import { podFailures } from "../../../functions/kinds/failing/pod-failures.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import { imagePullPod } from "../../support/objects.ts";

const problem = (...pods: Pod[]) => {
  const failing = pods.map((pod) => ({ pod, failures: podFailures(pod) }));
  return imageMeaning(statusSayings(failing, IMAGE_REASONS))?.name ?? "unknown";
};
const RESOLVE = 'failed to pull and unpack image "shop/web:2": failed to resolve reference "shop/web:2":';

describe("the problem with an image", () => {
  it.each([
    ["not_found", `${RESOLVE} docker.io/shop/web:2: not found`],
    ["not_found", "manifest for shop/web:2 not found: manifest unknown: Requested image not found"],
    ["not_found", `${RESOLVE} unexpected status from HEAD request to https://registry.example/v2/: 404 Not Found`],
    ["absent_or_denied", "pull access denied, repository does not exist or may require authorization"],
    ["unauthorized", `${RESOLVE} unexpected status from HEAD request to https://registry.example/v2/: 403 Forbidden`],
    ["no_credentials", "no basic auth credentials: denied: Your authorization token has expired. Reauthenticate"],
    ["unauthorized", "server message: insufficient_scope: authorization failed"],
    ["unauthorized", "authentication required"],
    ["throttled", `${RESOLVE} unexpected status code https://registry.example/v2/: 429 Too Many Requests`],
    ["throttled", "toomanyrequests: You have reached your unauthenticated pull rate limit"],
    ["unreachable", `${RESOLVE} dial tcp: lookup registry.example: no such host`],
    ["unreachable", `${RESOLVE} dial tcp 10.0.0.1:443: i/o timeout`],
    ["untrusted", `${RESOLVE} tls: failed to verify certificate: x509: certificate signed by unknown authority`],
    ["unreachable", `${RESOLVE} unexpected status from HEAD request: 503 Service Unavailable`],
    ["unknown", 'Back-off pulling image "shop/web:2"'],
  ])("is %s when the kubelet says: %s", (expected, message) => {
    expect(problem(imagePullPod(message))).toBe(expected);
    expect(problem(imagePullPod(message, "ErrImagePull"))).toBe(expected);
  });

  it.each([
    ["InvalidImageName", "invalid_name"],
    ["ErrImageNeverPull", "never_pulled"],
    ["RegistryUnavailable", "unreachable"],
  ])("is known from the reason %s alone", (reason, expected) => {
    expect(problem(imagePullPod("", reason))).toBe(expected);
  });

  it("is read from the first pod whose message says anything", () => {
    const silent = imagePullPod('Back-off pulling image "shop/web:2"');

    expect(problem(silent, imagePullPod("manifest unknown"), imagePullPod("i/o timeout"))).toBe("not_found");
  });

  it("is not read from what a crashing container says", () => {
    expect(problem(imagePullPod("config file not found", "CrashLoopBackOff"))).toBe("unknown");
  });
});

describe("the image's own name and tag", () => {
  it.each([
    [
      "not_found",
      'failed to resolve reference "docker.io/shop/authentication:2": docker.io/shop/authentication:2: not found',
    ],
    ["not_found", 'failed to resolve reference "docker.io/shop/web:429": docker.io/shop/web:429: not found'],
    ["unreachable", 'failed to resolve reference "registry.example/shop/web:404": dial tcp 10.0.0.1:443: i/o timeout'],
  ])("are no words of the registry's: %s for %s", (expected, message) => {
    expect(problem(imagePullPod(message))).toBe(expected);
  });
});
