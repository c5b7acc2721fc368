import { describe, expect, it } from "vitest";
import { errorFromResponse, type ApiStatus } from "../../../../functions/shared/cluster/api-errors.ts";

const CALL = "PATCH /apis/apps/v1/namespaces/shop/deployments/web";
const budget = (reason: string) => ({ details: { causes: [{ reason }] } });

describe("an answer of the API server", () => {
  it.each<[number, ApiStatus, string]>([
    [400, { message: "the body is malformed" }, "WriteRefused"],
    [401, { message: "Unauthorized" }, "Unauthorized"],
    [403, { message: "deployments.apps is forbidden" }, "Forbidden"],
    [404, { message: "deployments.apps not found" }, "NotFound"],
    [409, { message: "the object has been modified" }, "ObjectChanged"],
    [422, { message: "the server rejected our request due to an error in our request" }, "ObjectChanged"],
    [422, { message: "Deployment is invalid: spec.replicas: Invalid value: -1" }, "WriteRefused"],
    [429, { message: "Too many requests, please try again later." }, "ClusterThrottled"],
    [429, { message: "Cannot evict pod", ...budget("DisruptionBudget") }, "DisruptionBudgetExhausted"],
    [429, { message: "Too many requests", ...budget("Overload") }, "ClusterThrottled"],
    [500, { message: "Internal error occurred" }, "ClusterUnavailable"],
    [503, {}, "ClusterUnavailable"],
  ])("%i %o is the error %s", (status, body, name) => {
    expect(errorFromResponse("prod", CALL, status, body).name).toBe(name);
  });

  it("is told with the cluster, the call, and what the server said", () => {
    const { message } = errorFromResponse("prod", CALL, 403, { message: "User cannot patch deployments" });

    expect(message).toContain(`prod: ${CALL} answered 403: User cannot patch deployments.`);
  });
});
