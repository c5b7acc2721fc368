import { describe, expect, it } from "vitest";
import { podFacts } from "../../../functions/scan/pod-facts.ts";
import { container, pod } from "../../support/objects.ts";

const BACK_OFF = 'Back-off pulling image "shop/model:7": ErrImagePull: not found';

/** A pod whose app mounts an image as a volume, beside a sidecar that is started and not ready. */
const failing = (state: object) =>
  pod({
    spec: {
      initContainers: [{ name: "proxy", image: "shop/proxy:1", restartPolicy: "Always" }],
      containers: [{ name: "app", image: "shop/web:1", volumeMounts: [{ name: "model", mountPath: "/model" }] }],
      volumes: [{ name: "model", image: { reference: "shop/model:7" } }],
    },
    status: {
      phase: "Pending",
      initContainerStatuses: [container({ name: "proxy", ready: false, started: true })],
      containerStatuses: [container({ ready: false, state })],
    },
  });

describe("the image of a pod that fails", () => {
  it("is that of the container that cannot be started, whatever sidecar is not ready", () => {
    expect(podFacts(failing({ waiting: { reason: "CrashLoopBackOff" } })).image).toBe("shop/web:1");
  });

  it("is that of a volume, where the kubelet cannot pull that one", () => {
    expect(podFacts(failing({ waiting: { reason: "ImagePullBackOff", message: BACK_OFF } })).image).toBe(
      "shop/model:7",
    );
  });

  it("is that of the first container that is not ready where all of them run", () => {
    expect(podFacts(failing({ running: {} })).image).toBe("shop/proxy:1");
  });
});
