import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readWorkload } from "../../../functions/kinds/workloads.ts";
import { ApiServer } from "../../support/api-server.ts";
import { WEB } from "../../support/objects.ts";

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

describe("a workload", () => {
  it("that is gone is named", async () => {
    await expect(readWorkload(api.cluster(), WEB)).rejects.toMatchObject({
      name: "WorkloadNotFound",
      message: expect.stringContaining("Deployment shop/web does not exist on prod") as string,
    });
  });

  it("of a kind that is not handled is not asked for", async () => {
    expect(await readWorkload(api.cluster(), { ...WEB, kind: "Job" })).toBeUndefined();
    expect(api.requests).toEqual([]);
  });
});
